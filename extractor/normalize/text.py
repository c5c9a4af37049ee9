"""Names, phones, addresses and plain strings: what a form adds around a value is taken off."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal

# Here and in all patterns over a document's text: white space before a word is matched from the first blank of its
# run only and never given back (`(?<!\s)\s*+`), or each blank of a long run would be tried as a beginning.
SEAL = re.compile(
    r"(?<![\s,])[\s,]*+(?:[(\[〔（<〈]\s*+(?:서\s?명|인|印|날\s?인|직\s?인|직인생략|서명\s?(?:또는|및|/|·|,)\s?(?:날\s?)?인|사인|자필서명|sign(?:ed|ature)?|seal)\s*+[)\]〕）>〉]"
    r"|㊞|\((?:서명|인)\)?|/s/|(?<=\s)[인印](?=\s|$)|(?<=\s)(?:서명|날인)(?=\s|$))+",
    re.IGNORECASE,
)
_HONORIFIC = re.compile(r"(?<!\s)\s*+(?:귀\s?하|귀\s?중|님|앞)\s*+$")
_FRAME = " \t\n\r\f\u00a0\u3000:：·•,;|_‥…"
_QUOTES = ('""', "''", "“”", "‘’", "「」", "『』", "《》", "〈〉", "<>", "≪≫", "[]", "()", "＂＂")
_MAIL_HOST = re.compile(r"\s?[A-Za-z0-9-]++(?:\.[A-Za-z0-9-]++)++")
_LETTER_OR_DIGIT = re.compile("[A-Za-z0-9]")
PHONE = re.compile(
    r"(?<![\d-])(?:\+?82[-\s.)]*+(?:\(0\)\s?)?0?(?:2|1\d|[3-7]\d)|\(?0(?:2|1\d|[3-7]\d|50\d)\)?)[-\s.)·~]{0,3}\d{3,4}[-\s.·]{0,3}\d{4}(?![\d-])"
    r"|(?<![\d-])1[5-9]\d{2}-\d{4}(?![\d-])"
    r"|(?<![\d(])\+\d{1,3}[-\s.]?\(?\d{1,4}\)?(?:[-\s.]\d{2,4}){2,3}(?!\d)|(?<![\d-])\(?\d{3}\)?[-\s.]\d{3}[-\s.]\d{4}(?![\d-])"
)
REGISTRATION = re.compile(r"(?<![\d-])(?:\d{3}\s?-\s?\d{2}\s?-\s?\d{5}|\d{6}\s?-\s?[\d*●○xX]{7})(?![\d-])")
_PIECE = 512
_STANDS_ALONE = re.compile("[ -~\n\t가-힣]")
_NOT_LETTERS = re.compile(r"[\W_]+")
_FIRM = re.compile(r"주식\s?회사|\(\s*+주\s*+\)")
_AREA = re.compile(r"(02|0[3-7]\d|050\d|01\d)(\d{3,4})(\d{4})")


def clean(text: str) -> str:
    """NFKC-safe whitespace: runs become one space, the frame a form draws around a value is taken off."""
    return re.sub(r"\s+", " ", text.replace("\x00", "")).strip(_FRAME)


def clean_name(text: str) -> str:
    """A person's or a firm's name without seal, signature mark, honorific and letter spacing."""
    name = SEAL.sub(" ", clean(text))
    name = _HONORIFIC.sub("", name)
    name = clean(unquote(clean(name)))
    return re.sub(r"\s", "", name) if re.fullmatch(r"[가-힣](?:\s+[가-힣]){1,4}", name) else name


def unquote(text: str) -> str:
    """The text inside one pair of quotation marks that encloses all of it; else the text."""
    for pair in _QUOTES:
        opening, closing = pair[0], pair[1]
        if len(text) > 2 and text[0] == opening and text[-1] == closing and opening not in text[1:-1]:
            return text[1:-1].strip()
    return text


def parse_phone(text: str) -> str | None:
    """The first phone number as digits and hyphens: `02)123-4567` → `02-123-4567`."""
    match = PHONE.search(text)
    if not match:
        return None
    number = re.sub(r"[^\d+]+", "-", match.group()).strip("-")
    if number.startswith(("+82", "82-")):
        number = "0" + re.sub(r"^\+?82-?0?-?", "", number)
    digits = number.replace("-", "")
    if number.count("-") < 2 and (split := _AREA.fullmatch(digits)):
        return "-".join(split.groups())
    return number


def parse_email(text: str) -> str | None:
    span = next(find_emails(text), None)
    return text[span[0] : span[1]].replace(" ", "") if span else None


def find_emails(text: str) -> Iterator[tuple[int, int]]:
    """The spans of e-mail addresses. Read from each @ to both sides: from the front, every letter of a long word
    would be tried as a beginning."""
    reached = 0
    at = text.find("@")
    while at >= 0:
        end = at - (at > reached and text[at - 1].isspace())
        start = end
        while start > reached and (text[start - 1].isalnum() or text[start - 1] in "_.+-"):
            start -= 1
        first = _LETTER_OR_DIGIT.search(text, start, end)
        host = _MAIL_HOST.match(text, at + 1) if first else None
        if first and host:
            yield first.start(), host.end()
        reached = host.end() if host else at + 1
        at = text.find("@", reached)


def find_phones(text: str) -> Iterator[tuple[int, int]]:
    """The spans of phone numbers."""
    return (match.span() for match in PHONE.finditer(text))


def find_registrations(text: str) -> Iterator[tuple[int, int]]:
    """The spans of business and resident registration numbers."""
    return (match.span() for match in REGISTRATION.finditer(text))


def parse_registration(text: str) -> str | None:
    """A business or resident registration number, digits and hyphens (masked digits stay masked)."""
    match = REGISTRATION.search(text)
    return re.sub(r"\s", "", match.group()) if match else None


def nfkc(text: str, form: Literal["NFC", "NFKC"] = "NFKC") -> str:
    """`text` in a Unicode normal form. Long texts in pieces, cut before a letter that nothing before it joins:
    putting the accents of one letter in order takes the square of their number."""
    if len(text) <= _PIECE:
        return unicodedata.normalize(form, text)
    pieces, start = [], 0
    while start < len(text):
        apart = _STANDS_ALONE.search(text, start + _PIECE, start + 2 * _PIECE)
        end = apart.start() if apart else start + 2 * _PIECE
        pieces.append(unicodedata.normalize(form, text[start:end]))
        start = end
    return "".join(pieces)


def match_key(text: str) -> str:
    """What is left of a text for comparison: NFKC, lower case, letters and digits only."""
    return _NOT_LETTERS.sub("", nfkc(text).lower())


def comparison_key(value: object) -> str:
    """A value for comparison with another: white space, quotation marks, punctuation and case do not count.

    주식회사, (주) and ㈜, before a name or behind it, are the same; a firm is not the person of the same name.
    """
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, (int, float)):
        return f"{float(value):g}" if float(value) < 1e6 else str(int(value))
    text, firms = _FIRM.subn("", nfkc(str(value)))
    return "주식회사" * bool(firms) + re.sub(r"[\s\"'“”‘’「」『』《》<>·.,:;()\[\]]+", "", text).lower()
