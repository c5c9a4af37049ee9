"""Finished English sentences in another language: those of stores of before there were Messages, and of other programs.

The template that made a sentence is found by its fixed parts. What is stored today is a `Message` and needs none of
this.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from extractor.core.messages import PART, catalogue, fill, translate

_DEEPEST = 4
"""Sentences inside sentences that are told in the reader's language."""


def retell(text: str, language: str) -> str:
    """A finished English sentence in another language. Text that no template made stays as it is."""
    return _retell(text, language, _DEEPEST)


def _retell(text: str, language: str, depth: int) -> str:
    whole = translate(text, language)
    if whole != text or not depth:
        return whole
    for template, translated in _templates(language):
        parts = template.parts(text)
        if parts is not None:
            # A part may be a finished message itself: why an attempt was left, for instance.
            return fill(translated, {k: _retell(v, language, depth - 1) for k, v in parts.items()}, language)
    return text


@dataclass(frozen=True)
class _Template:
    """A message id taken apart: fixed texts and, between each two of them, the name of a part."""

    texts: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, source: str) -> _Template:
        pieces = PART.split(source)
        return cls(tuple(pieces[::2]), tuple(pieces[1::2]))

    def parts(self, text: str) -> dict[str, str] | None:
        """The parts from which the template made `text`, each as short as can be; None when it did not.

        Each fixed text is looked for once, where it stands first: if the rest fits anywhere, it fits behind that.
        """
        *middle, last = self.texts[1:]
        end = len(text) - len(last)
        if not text.startswith(self.texts[0]) or not text.endswith(last):
            return None
        at = len(self.texts[0])
        parts: dict[str, str] = {}
        for name, following in zip(self.names, [*middle, None], strict=True):
            stop = end if following is None else text.find(following, at + 1, end)
            part = text[at:stop]
            if stop <= at or parts.setdefault(name, part) != part:
                return None
            at = stop + len(following or "")
        return parts


@cache
def _templates(language: str) -> tuple[tuple[_Template, str], ...]:
    """Each message id with named parts, those with most fixed text first, and its translation."""
    messages = getattr(catalogue(language), "_catalog", {})
    # Only whole sentences: the pattern of “{count} failed” would take any text that ends so for its own.
    named = [source for source in messages if isinstance(source, str) and PART.search(source) and _is_sentence(source)]
    named.sort(key=lambda source: -len(PART.sub("", source)))
    # What a part looks like (`{size:.1f}`) was settled when the English text was made.
    return tuple((_Template.of(source), PART.sub(r"{\1}", messages[source])) for source in named)


def _is_sentence(source: str) -> bool:
    return "." in source or source.startswith("It ")
