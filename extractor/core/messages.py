"""Messages in the reader's language: gettext over `config/locale/<language>/LC_MESSAGES/rightsdesk.mo`.

English text is the message id, so English needs no catalogue and a missing translation shows as English.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from extractor.core.errors import RightsdeskError
from extractor.core.project_files import CONFIG

FOLDER = CONFIG / "locale"
DOMAIN = "rightsdesk"
_PART = re.compile(r"\{(\w+)(?::[^{}]*)?\}")
_DEEPEST = 4
"""Messages inside messages that are told in the reader's language."""
LANGUAGES = {"ko": "한국어", "en": "English"}
"""The languages of the product by code, each named in itself."""


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; an empty one (texts stay English) where there is none."""
    return gettext.translation(DOMAIN, FOLDER, [language], fallback=True)


def translate(message: str, language: str) -> str:
    """The translation of a message id; the message itself where there is none."""
    return catalogue(language).gettext(message) if message else message


def explain(error: BaseException, language: str) -> str:
    """What an error says to a person, in their language."""
    if isinstance(error, RightsdeskError):
        return _filled(translate(error.template, language), error.params, language)
    return retell(str(error), language)


def retell(text: str, language: str) -> str:
    """A finished English message, such as one kept in the store, in another language.

    The template it was made from is found by its fixed parts. Text that no template made stays as it is.
    """
    return _retell(text, language, _DEEPEST)


def _retell(text: str, language: str, depth: int) -> str:
    whole = translate(text, language)
    if whole != text or not depth:
        return whole
    for template, translated in _templates(language):
        parts = template.parts(text)
        if parts is not None:
            # A part may be a finished message itself: why an attempt was left, for instance.
            return _filled(translated, {k: _retell(v, language, depth - 1) for k, v in parts.items()}, language)
    return text


def _filled(template: str, params: Mapping[str, Any], language: str) -> str:
    """`template` with its named parts, those translated that are messages themselves (`a PDF`)."""
    return template.format(**{k: translate(v, language) if isinstance(v, str) else v for k, v in params.items()})


@dataclass(frozen=True)
class _Template:
    """A message id taken apart: fixed texts and, between each two of them, the name of a part."""

    texts: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, source: str) -> _Template:
        pieces = _PART.split(source)
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
        found: dict[str, str] = {}
        for name, following in zip(self.names, [*middle, None], strict=True):
            stop = end if following is None else text.find(following, at + 1, end)
            part = text[at:stop]
            if stop <= at or found.setdefault(name, part) != part:
                return None
            at = stop + len(following or "")
        return found


@cache
def _templates(language: str) -> tuple[tuple[_Template, str], ...]:
    """Each message id with named parts, those with most fixed text first, and its translation."""
    messages = getattr(catalogue(language), "_catalog", {})
    # Only whole sentences: the pattern of “{count} failed” would take any text that ends so for its own.
    named = [source for source in messages if isinstance(source, str) and _PART.search(source) and _is_sentence(source)]
    named.sort(key=lambda source: -len(_PART.sub("", source)))
    # What a part looks like (`{size:.1f}`) was settled when the English text was made.
    return tuple((_Template.of(source), _PART.sub(r"{\1}", messages[source])) for source in named)


def _is_sentence(source: str) -> bool:
    return "." in source or source.startswith("It ")
