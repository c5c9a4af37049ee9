"""Printed labels: what is left of `○ 2. 양도인 성명(자필) :` when bullets, brackets and the person's role are taken off."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from extractor.extractors.builtin.lexicon import GROUPS_OF, ROLE_OF
from extractor.normalize import match_key

BULLET = re.compile(
    r"^(?:[\s○●□■◇◆▪▫•·∙‧\-–—*※☐▶▷►◎◦❍◈▣★☆✓☞]++|"
    r"(?:제\s?\d{1,2}\s?[조항호]|\(?\d{1,2}\s?[.)]|\d{1,2}(?=\s+[가-힣])|\([가나다라마바아자차카타파하]\)|[가나다라마바사아자차카타파하]\s?[.)](?=\s|[가-힣(])|[①-⑳㉠-㉻ⅰ-ⅹⅠ-Ⅹ]|[IVX]{1,4}\.|[a-z]\)|\([a-z]\))(?!\d))++"
)
SYMBOL = re.compile(
    r"^(?:[\s○●□■◇◆▪▫•·∙‧\-–—*※☐▶▷►◎◦❍◈▣★☆]++|(?:\(?\d{1,2}[.)]|[가나다라마바아자차카타파하][.)]|[①-⑳])(?=\s|[가-힣]))++"
)
"""What opens an item of a list: like `BULLET`, but never the number of an article, which may belong to the text."""


def bullet_style(match: re.Match[str] | None) -> str:
    """`1.` and `2.` open items of one style, `가.` and `나.` of another; empty for what opens no item."""
    return re.sub(r"\d+", "1", re.sub(r"[가-하]", "가", re.sub("[①-⑳]", "①", match.group().strip()))) if match else ""


_BRACKETED = re.compile(r"[(\[〔（【<〈][^()\[\]〔〕（）【】<>〈〉]*+[)\]〕）】>〉]")
LONGEST = 200
"""Characters of a printed label, white space aside; what is longer is text."""
_LONGEST_ROLE = max(map(len, ROLE_OF))


@dataclass(frozen=True, slots=True)
class PrintedLabel:
    """A printed label. `forms` are its squashed readings, the fullest first; `role` is who it speaks of, if it says."""

    forms: tuple[str, ...]
    role: str | None = None
    is_alias: bool = False

    def is_role_alone(self) -> bool:
        return self.role is not None and (self.is_alias or any(form in ROLE_OF for form in self.forms))


def parse_label(text: str, aliases: Mapping[str, str] = MappingProxyType({})) -> PrintedLabel:
    """The readings of a printed label: whole, without brackets, without role prefix.

    `aliases` are words that this document's preamble gives its parties, with their roles.
    """
    if len(text) > LONGEST:
        text = " ".join(text.split())
        if len(text) > LONGEST:
            return PrintedLabel((match_key(text[: 2 * LONGEST]),))
    text = BULLET.sub("", text)
    whole = match_key(text)
    brackets = list(_BRACKETED.finditer(text))
    bare = match_key(_BRACKETED.sub("", text)) if brackets else whole
    named = [(match_key(match.group()), match) for match in brackets]
    inside = [(word, match) for word, match in named if word in ROLE_OF]
    forms = [whole, bare]
    # Bilingual labels, 저작물명 Title of Work: each language is a reading of its own.
    languages = ["".join(re.findall(letters, bare)) for letters in ("[가-힣]", "[a-z]")]
    if all(form in ROLE_OF or form in GROUPS_OF for form in languages):
        forms += languages
    for word, match in inside:
        # 양도인(갑), (양도인): the bracket is the role; 회사(이용자) 상호: what follows it is the label.
        rest = match_key(text[match.end() :])
        if rest:
            forms.append(rest)
        elif not bare or bare in ROLE_OF or len(bare) <= 4:
            forms.append(word)
    role = next(
        (
            ROLE_OF.get(form) or aliases.get(form)
            for form in (bare, whole, *languages)
            if form in ROLE_OF or form in aliases
        ),
        None,
    )
    role = role or next((ROLE_OF[word] for word, _ in inside), None)
    for form in (bare, whole):
        prefix = _role_prefix(form)
        if prefix and len(form) > len(prefix):
            role = role or ROLE_OF[prefix]
            rest = form[len(prefix) :]
            forms.append(rest[1:] if rest.startswith("의") and len(rest) > 2 else rest)
    # 갑 and 을 in brackets give way to the role beside them: 양도인(갑) speaks of the grantor.
    if role in ("first", "second"):
        others = (bare, *(word for word, _ in inside))
        role = next((ROLE_OF[form] for form in others if form in ROLE_OF and len(form) > 1), role)
    return PrintedLabel(tuple(dict.fromkeys(form for form in forms if form)), role, bare in aliases)


def _role_prefix(form: str) -> str | None:
    for length in range(min(len(form), _LONGEST_ROLE), 0, -1):
        if form[:length] in ROLE_OF and (length > 1 or form[1:2] == "의" or form[1:] in GROUPS_OF):
            return form[:length]
    return None
