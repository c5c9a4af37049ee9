"""Who a part of a form speaks of: the blocks under 양도인, 양수인, 갑, 을, 법정대리인 …, and what 갑 and 을 stand for."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from extractor.classification.layout import Layout, Piece
from extractor.core.documents import Cell
from extractor.extractors.builtin.entries import Entry, looks_like_heading
from extractor.extractors.builtin.lexicon import ROLE_OF
from extractor.extractors.builtin.printed_label import BULLET, LONGEST, parse_label
from extractor.normalize import find_dates, match_key

_LONG_ROLES = sorted((word for word in ROLE_OF if len(word) >= 3), key=len, reverse=True)
_LASTING = {"grantor", "grantee", "guardian", "witness", "issuer", "recipient", "first", "second"}
"""Roles whose blocks go on over the lines that follow. A third party is named on one line only."""
_SUBJECT = re.compile(r"의?(?:표시|정보|사항|내용|개요|현황)$")
"""`저작물의 표시` is a heading about 저작물: under it 제목 is short for 저작물 제목."""
_SIDE_BY_SIDE = 40
"""Roles that head columns side by side."""
_MOST_BLOCKS = 5_000
"""Parts of a document that speak of one party; a page has some ten at most."""
_MOST_ROLES = 100
"""Cells of one table that are looked at as roles."""
_MOST_SUBJECTS = 2_000
"""Sentences with a party as their subject that are read for who grants to whom."""
_CLOSES_BLOCK = re.compile(r"\s*(?:[☑☐□■●○V]\s*)?동의(?:함|합니다|하지)|^[※*]")


@dataclass(slots=True)
class Block:
    """A stretch of a form that speaks of one party. `title` is the role as printed."""

    role: str
    title: str
    start: int
    piece: Piece


def assign_roles(layout: Layout, entries: list[Entry], meaning: dict[str, str]) -> list[Block]:
    """Set `role`, `block` and `section` of every entry; return the blocks found.

    `meaning` says what 갑 and 을 (`first`, `second`) stand for, see `resolve`.
    """
    blocks: list[Block] = []
    by_piece: dict[int, list[Entry]] = {}
    for entry in entries:
        by_piece.setdefault(entry.piece.start, []).append(entry)
    spanning = _table_roles(layout, blocks, meaning)
    current: list[int] = []
    section = ""
    row = -1
    for piece in layout.pieces:
        own = by_piece.get(piece.start, [])
        if piece.cell is not None and current:
            # A letter's sender or addressee does not go on into the table below.
            current = [
                i
                for i in current
                if blocks[i].role not in ("issuer", "recipient") or blocks[i].piece.cell == piece.cell
            ]
        if _CLOSES_BLOCK.match(piece.text) or _is_date(piece.text):
            current = []
        if looks_like_heading(piece.text) and not any(
            entry.relation in ("colon", "cell") and entry.start < entry.end for entry in own
        ):
            section = _SUBJECT.sub("", match_key(BULLET.sub("", piece.text)))
            current = current if piece.row == row else []
        header = _header(piece, own, meaning, layout.aliases) if len(blocks) < _MOST_BLOCKS else None
        if header:
            blocks.append(header)
            if piece.row != row or len(current) >= _SIDE_BY_SIDE:
                current = []
            current.append(len(blocks) - 1)
            row = piece.row
        for entry in own:
            role = meaning.get(entry.key.role or "", entry.key.role)
            inherited = spanning.get(entry.piece.cell) if entry.piece.cell is not None else None
            if inherited is None and not entry.section:
                inherited = _nearest(blocks, current, piece)
            if role and (inherited is None or blocks[inherited].role != role):
                blocks.append(Block(role, _role_title(_printed(layout, entry)), entry.key_start, piece))
                inherited = len(blocks) - 1
                if entry.relation != "cell" and role in _LASTING:
                    alone = piece.row != row or len(current) >= _SIDE_BY_SIDE
                    current = [inherited] if alone else [*current, inherited]
                    row = piece.row
            entry.block = -1 if inherited is None else inherited
            entry.role = role or (blocks[inherited].role if inherited is not None else None)
            entry.section = entry.section or section
    return blocks


def _printed(layout: Layout, entry: Entry) -> str:
    return layout.text[entry.key_start : min(entry.start, entry.key_start + LONGEST)]


def _is_date(text: str) -> bool:
    """A line that is a date and nothing else: what stands below it is signed anew."""
    dates = list(find_dates(text)) if len(text) < 40 else []
    return bool(dates) and len(match_key(text)) - sum(len(match_key(text[a:b])) for a, b, _ in dates) <= 2


def _header(piece: Piece, own: list[Entry], meaning: dict[str, str], aliases: dict[str, str]) -> Block | None:
    """A piece that is nothing but a role, or a short heading that names just one (`□ 양수인`, `1. 신청인 인적사항`)."""
    text = _without_colon(piece.text)
    if len(text) > 30 or any(entry.relation in ("colon", "space", "cell") and not entry.blank for entry in own):
        return None
    key = parse_label(text, aliases)
    role = key.role if key.is_role_alone() else None
    if role is None and looks_like_heading(piece.text):
        named = {ROLE_OF[word] for word in _LONG_ROLES if word in match_key(text)}
        role = named.pop() if len(named) == 1 and re.search(r"정보|인적|사항|표시|기재|란|성명|$", text) else None
    if role is None:
        return None
    return Block(meaning.get(role, role), _role_title(text), piece.start, piece)


def _nearest(blocks: list[Block], current: list[int], piece: Piece) -> int | None:
    """Of the roles that head columns side by side, the one over `piece`."""
    if len(current) < 2:
        return current[0] if current else None
    heads = [blocks[i].piece for i in current]
    if piece.box and all(head.box for head in heads):
        before = [
            i
            for i, head in zip(current, heads, strict=True)
            if head.box and piece.box and head.box.x0 <= piece.box.x0 + 0.03
        ]
        return max(before, key=lambda i: blocks[i].piece.box.x0) if before else current[0]  # type: ignore[union-attr]
    same = [i for i in current if blocks[i].piece.column == piece.column]
    return same[0] if same else current[-1]


def _table_roles(layout: Layout, blocks: list[Block], meaning: dict[str, str]) -> dict[int | None, int]:
    """Cells whose block a table says: a role in a cell to the left, or at the head of the column."""
    block_of: dict[int | None, int] = {}
    for table in layout.tables.values():
        keys = {index: parse_label(text, layout.aliases) for index, text in table.texts.items() if text}
        named = [index for index in table.indices if index in keys and keys[index].is_role_alone()]
        alone = set(named)
        for index in [index for index in named if len(table.texts[index]) <= 24][:_MOST_ROLES]:
            text, key = table.texts[index], keys[index]
            cell = table.cell(index)
            right = table.right(index)
            below = table.below(index)
            block = None
            if cell.row_span > 1:
                block = [
                    i for i in table.indices if _in_rows(table.cell(i), cell) and table.cell(i).column > cell.column
                ]
            elif right is None or right in alone or cell.column_span > 1:
                block = [i for i in table.indices if _under(table.cell(i), cell)]
                stop = min(
                    (table.cell(i).row for i in block if i in alone),
                    default=None,
                )
                block = [i for i in block if stop is None or table.cell(i).row < stop]
            elif (right is not None and re.search(r"[:：]", table.texts[right])) or (
                below is not None and not table.texts[below] and cell.column == 0
            ):
                block = [
                    i for i in table.indices if _in_rows(table.cell(i), cell) and table.cell(i).column > cell.column
                ]
            piece = layout.piece_at(cell.start)
            if block and piece:
                role = key.role or ""
                blocks.append(Block(meaning.get(role, role), _role_title(text), cell.start, piece))
                for inner in (index, *block):
                    block_of[inner] = len(blocks) - 1
    return block_of


def _without_colon(text: str) -> str:
    """`text` without the colons and white space at its end."""
    end = len(text)
    while end and (text[end - 1] in ":：" or text[end - 1].isspace()):
        end -= 1
    return text[:end]


def _in_rows(inner: Cell, outer: Cell) -> bool:
    return outer.row <= inner.row < outer.row + outer.row_span


def _under(inner: Cell, head: Cell) -> bool:
    return inner.row > head.row and head.column <= inner.column < head.column + max(head.column_span, 1)


def _role_title(text: str) -> str:
    """The role as the form prints it, of a label such as `□ 양도인(갑) 성명 :`."""
    key = parse_label(_without_colon(text))
    bracketed = [match_key(word) for word in re.findall(r"[(\[【]([^()\[\]]+)[)\]】]", text)]
    for form in (*key.forms, *bracketed):
        if form in ROLE_OF:
            return form
    for word in _LONG_ROLES:
        if any(form.startswith(word) for form in key.forms):
            return word
    return key.forms[0] if key.forms else ""


def resolve(flat_text: str, parties: list[tuple[str, str | None]]) -> dict[str, str]:
    """What 갑, 을 and the preamble's other names stand for: `{"first": "grantor", "second": "grantee", "개발사": "grantor"}`.

    `parties` are `(alias, role)` of the preamble, role None where the alias says nothing. Who grants to whom in the
    text decides; failing that, 갑 is the one who grants, as in most copyright forms.
    """
    known = {alias: role for alias, role in parties if role in _OTHER}
    words = [alias for alias, _ in parties] + ["갑", "을"]
    granted = _who_grants(flat_text, list(dict.fromkeys(words)))
    meaning: dict[str, str] = {}
    for alias in words:
        if role := known.get(alias) or granted.get(alias):
            meaning[_SIDES.get(alias, alias)] = role
    first = meaning.get("first") or _OTHER.get(meaning.get("second", ""), "grantor")
    return {**meaning, "first": first, "second": meaning.get("second") or _OTHER[first]}


_OTHER = {"grantor": "grantee", "grantee": "grantor"}
_SIDES = {"갑": "first", "을": "second", "甲": "first", "乙": "second"}
_QUOTE = r"[\"'“‘”’「」]?"


def _who_grants(flat_text: str, words: list[str]) -> dict[str, str]:
    """The roles that a sentence gives: `개발사는 … 복제권을 문화원에 양도한다`."""
    names = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True) if word)
    subject = re.compile(rf"(?<![가-힣]){_QUOTE}({names}){_QUOTE}\s?[은는이가]\s")
    grants = re.compile(
        rf"[^.]{{0,160}}?{_QUOTE}({names}){_QUOTE}(?:(?:과|와|및)\s?\S{{1,8}})?에게?\s[^.]{{0,90}}?"
        r"(?:허\s?락|양\s?도|부\s?여|설\s?정|제\s?공|기\s?증|이\s?전)"
    )
    reached = 0
    for first in itertools.islice(subject.finditer(flat_text), _MOST_SUBJECTS):
        if first.start() < reached or not (match := grants.match(flat_text, first.end())):
            continue
        if first[1] != match[1]:
            return {first[1]: "grantor", match[1]: "grantee"}
        reached = match.end()
    return {}
