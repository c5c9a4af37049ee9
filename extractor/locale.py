"""Messages in the reader's language: gettext over `config/locale/<language>/LC_MESSAGES/rightsdesk.mo`.

English text is the message id, so English needs no catalogue and a missing translation shows as English.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from .errors import RightsdeskError
from .project_files import CONFIG

FOLDER = CONFIG / "locale"
DOMAIN = "rightsdesk"
_PART = re.compile(r"\{(\w+)(?::[^{}]*)?\}")
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
    whole = translate(text, language)
    if whole != text:
        return whole
    for pattern, translated in _templates(language):
        match = pattern.fullmatch(text)
        if match:
            # A part may be a finished message itself: why an attempt was left, for instance.
            return _filled(translated, {k: retell(v, language) for k, v in match.groupdict().items()}, language)
    return text


def _filled(template: str, params: Mapping[str, Any], language: str) -> str:
    """`template` with its named parts, those translated that are messages themselves (`a PDF`)."""
    return template.format(**{k: translate(v, language) if isinstance(v, str) else v for k, v in params.items()})


@cache
def _templates(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """A pattern for each message id with named parts, those with most fixed text first, and its translation."""
    messages = getattr(catalogue(language), "_catalog", {})
    # Only whole sentences: the pattern of “{count} failed” would take any text that ends so for its own.
    named = [source for source in messages if isinstance(source, str) and _PART.search(source) and _is_sentence(source)]
    named.sort(key=lambda source: -len(_PART.sub("", source)))
    # What a part looks like (`{size:.1f}`) was settled when the English text was made.
    return tuple((_pattern(source), _PART.sub(r"{\1}", messages[source])) for source in named)


def _is_sentence(source: str) -> bool:
    return "." in source or source.startswith("It ")


def _pattern(template: str) -> re.Pattern[str]:
    seen: set[str] = set()
    parts = []
    for part in re.split(r"(\{\w+(?::[^{}]*)?\})", template):
        found = _PART.fullmatch(part)
        name = found[1] if found else ""
        if not found:
            parts.append(re.escape(part))
        elif name in seen:
            parts.append(f"(?P={name})")
        else:
            seen.add(name)
            parts.append(f"(?P<{name}>.+?)")
    return re.compile("".join(parts), re.DOTALL)
