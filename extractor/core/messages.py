"""Messages for a person: what is said (`code`), its English wording with named parts (`template`), and the parts.

A Message is kept and passed on as such, so that whoever shows it can say it in the reader's language: the template is
the gettext message id, over `config/locale/<language>/LC_MESSAGES/rightsdesk.mo`. English needs no catalogue, and a
missing translation shows as English.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, NoReturn

from extractor.core.message_codes import CODES
from extractor.core.project_files import CONFIG

FOLDER = CONFIG / "locale"
DOMAIN = "rightsdesk"
LANGUAGES = {"ko": "한국어", "en": "English"}
"""The languages of the product by code, each named in itself."""
OTHER = "other"
"""The code of what has none of its own: a text of another program, or of a store of before there were codes."""
PART = re.compile(r"\{(\w+)(?::[^{}]*)?\}")
"""A named part of a template, with how it is written."""

_CODE_OF = {template: code for code, template in CODES.items()}


def N_(message: str) -> str:  # noqa: N802 (gettext's own name for "translate later")
    """Mark `message` for the translation catalogue and return it unchanged."""
    return message


class Message(str):
    """What is said to a person. As a text (`str`) it is its English wording, so that logs and JSON just print it.

    `code` names what is said in the same way whatever its wording (`extractor.core.message_codes`), `template` is the
    message id and `parameters` are its named parts: texts, numbers, and Messages, which are translated too.
    Immutable. Whatever a text is made of it (`text[:80]`, `"\\n".join`) is a plain `str` again.
    """

    __slots__ = ("code", "parameters", "template")

    code: str
    template: str
    parameters: Mapping[str, Any]

    def __new__(cls, template: str, /, **parameters: Any) -> Message:
        return cls.with_code(template, parameters, _CODE_OF.get(template, OTHER))

    @classmethod
    def with_code(cls, template: str, parameters: Mapping[str, Any], code: str) -> Message:
        self = super().__new__(cls, template.format(**parameters))
        for name, value in (("code", code), ("template", template), ("parameters", parameters)):
            object.__setattr__(self, name, value)
        return self

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a Message does not change, nor does its {name}")

    def __reduce__(self) -> tuple[Any, ...]:
        return _remade, (self.template, dict(self.parameters), self.code)

    def to_json(self) -> dict[str, Any]:
        """Plain data; `from_json` reads it back. Only of what the template names: nothing is kept that is not said."""
        parameters = {name: _plain(self.parameters[name]) for name in PART.findall(self.template)}
        return {"code": self.code, "template": self.template, "parameters": parameters}


def _remade(template: str, parameters: Mapping[str, Any], code: str) -> Message:
    return Message.with_code(template, parameters, code)


def _plain(value: Any) -> Any:
    if isinstance(value, Message):
        return value.to_json()
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)


def as_json(text: str) -> str | dict[str, Any]:
    """What is kept of a text for a person: of a Message its code, template and parameters, else the text."""
    return text.to_json() if isinstance(text, Message) else text


def from_json(data: Any) -> Any:
    """The inverse of `as_json`: a Message where one was kept, else what is there (a text, a number, None)."""
    if not isinstance(data, Mapping):
        return data
    return _remade(
        data["template"], {name: from_json(value) for name, value in data["parameters"].items()}, data["code"]
    )


def code_of(text: str | None) -> str | None:
    """The code of an error or a warning: that of a Message, `OTHER` for a plain text, None when there is none."""
    return text.code if isinstance(text, Message) else text and OTHER


@cache
def catalogue(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; an empty one (texts stay English) where there is none."""
    return gettext.translation(DOMAIN, FOLDER, [language], fallback=True)


def translate(message: str, language: str) -> str:
    """A Message in a language, or the translation of a message id; the English text where there is none."""
    if isinstance(message, Message):
        return fill(_template(message, language), message.parameters, language)
    return catalogue(language).gettext(message) if message else message


def _template(message: Message, language: str) -> str:
    """The translated template. One kept in a wording of before is translated as its code is worded today."""
    translated = catalogue(language).gettext(message.template)
    today = CODES.get(message.code)
    if translated != message.template or today is None or not set(PART.findall(today)) <= set(message.parameters):
        return translated
    return catalogue(language).gettext(today) if catalogue(language).gettext(today) != today else translated


def fill(template: str, parameters: Mapping[str, Any], language: str) -> str:
    """`template` with its named parts, those translated that are messages themselves (`a PDF`)."""
    return template.format(**{k: translate(v, language) if isinstance(v, str) else v for k, v in parameters.items()})


def explain(error: BaseException | str, language: str) -> str:
    """What an error, a warning or a reason says to a person, in their language."""
    from extractor.core.old_sentences import retell

    message = error if isinstance(error, str) else getattr(error, "message", None)
    return translate(message, language) if isinstance(message, Message) else retell(str(error), language)
