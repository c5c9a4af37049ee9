"""What several models say of one document, side by side: where they agree, nearly agree, or contradict each other.

Pure functions over extractions. Items of lists (parties, works) are matched by what they hold before they are
compared, because one model's first party may be another's second.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from extractor.core.document_types import DocumentType, Field
from extractor.core.extractions import Extraction, FieldValue
from extractor.core.leaves import EMPTY, leaves, leaves_of
from extractor.core.value_path import ValuePath
from extractor.normalize import comparison_key, normalize

State = Literal["agree", "near", "conflict", "empty"]
Diff = tuple[tuple[Literal["same", "added", "missing"], str], ...]
"""A value against the one most models give, in pieces: `added` is only here, `missing` only there."""

_MOST_WORK = 10_000_000
"""See `_work`. Above it two texts are compared at their beginnings and ends only: all of it would take seconds."""
_MOST_PAIRS = 2_500
"""Items of lists that are compared each with each; longer lists are matched by position."""
LONG = 400
"""Texts longer than this many characters are compared word by word: letters would take seconds and read badly."""

Values = Mapping[str, FieldValue]


@dataclass(frozen=True)
class Cell:
    """What one model says of one field.

    `agree`: what most say, letter for letter; `near`: the same after normalisation; `conflict`: something else;
    `empty`: nothing. `path` is the value's path in that model's own extraction.
    """

    field: FieldValue
    state: State
    path: str
    diff: Diff = ()

    @property
    def value(self) -> Any:
        return self.field.value


@dataclass(frozen=True)
class Row:
    """One field across models. `path` is the path in the draft, `cells` is keyed by model.

    `consensus` is the answer of more models than any other (None may be it: "not in the document"), `agree` how
    many give it. With a tie `decided` is false and `consensus` None.
    `state` is `empty` when no model found anything, `conflict` when they do not all give the same answer.
    """

    path: str
    field: Field
    cells: Mapping[str, Cell]
    state: State
    consensus: Any = None
    agree: int = 0
    decided: bool = True


def compare(
    extractions: Mapping[str, Extraction], document_type: DocumentType, draft: Values | None = None
) -> list[Row]:
    """One row a field in schema order, for the extractions that succeeded (keyed by model).

    `draft` are the document's values as they stand: items of lists get the paths that they have there.
    """
    answers = {model: extraction.fields for model, extraction in extractions.items() if extraction.error is None}
    aligned = _aligned(answers, document_type, draft or {})
    merged: dict[str, FieldValue] = {path: EMPTY for values in aligned.values() for path in values}
    rows = [_row(path, field, aligned) for path, field in leaves(document_type, merged)]
    return sorted(rows, key=lambda row: ValuePath.parse(row.path).order(document_type))


def take_all(
    rows: Sequence[Row], model: str, draft: Values, firm: Container[str] | None = None
) -> tuple[dict[str, FieldValue], list[str]]:
    """What makes the draft the answer of one model: the values to set by path, and the items to remove.

    Named is what differs from the draft, and what is the same but not `firm`: the paths that a person set (None: all).
    The rest of the draft is whatever result is the best, so it could become another one later.
    """
    prefixes = {row.path: _item_of(row.path) for row in rows}
    has = dict.fromkeys(prefixes.values(), False)
    for row in rows:
        has[prefixes[row.path]] |= row.cells[model].value is not None
    kept = {prefix for path in draft if (prefix := _item_of(path))}
    # An item that no model found has no row, and the one the model did not find has no value.
    removed = sorted(prefix for prefix in kept if not has.get(prefix, False))
    wanted = {row.path: row.cells[model].field for row in rows if not prefixes[row.path] or has[prefixes[row.path]]}

    def loose(path: str, value: FieldValue) -> bool:
        return firm is not None and path not in firm and (value.value is not None or not prefixes[path])

    values = {path: value for path, value in wanted.items() if value != draft.get(path, EMPTY) or loose(path, value)}
    return values, removed


def _item_of(path: str) -> str:
    """The innermost item that a value stands in, empty where it stands in none."""
    return str(ValuePath.parse(path).item or "")


def same(field: Field, value: Any, other: Any) -> bool:
    """Whether two values of a field mean the same: after normalisation, lists in any order."""
    return bool(_meaning(field, value) == _meaning(field, other))


def difference(value: str, base: str) -> Diff:
    """`value` against `base`: letter by letter, long texts word by word."""
    is_long = max(len(value), len(base)) > LONG
    if is_long:
        here, there = re.findall(r"\s+|\S+", value), re.findall(r"\s+|\S+", base)
    else:
        here, there = list(value), list(base)
    before = after = 0
    if is_long and _work(here, there) > _MOST_WORK:
        shorter = min(len(here), len(there))
        while before < shorter and here[before] == there[before]:
            before += 1
        while after < shorter - before and here[-1 - after] == there[-1 - after]:
            after += 1
    head, tail = "".join(here[:before]), "".join(here[len(here) - after :])
    here, there = here[before : len(here) - after], there[before : len(there) - after]
    if is_long and _work(here, there) > _MOST_WORK:
        opcodes: Sequence[tuple[str, int, int, int, int]] = [("replace", 0, len(there), 0, len(here))]
    else:
        opcodes = difflib.SequenceMatcher(None, there, here, autojunk=False).get_opcodes()
    pieces: list[tuple[Literal["same", "added", "missing"], str]] = [("same", head)] if head else []
    for kind, a, b, c, d in opcodes:
        if kind == "equal":
            pieces.append(("same", "".join(here[c:d])))
            continue
        if b > a:
            pieces.append(("missing", "".join(there[a:b])))
        if d > c:
            pieces.append(("added", "".join(here[c:d])))
    if tail:
        pieces.append(("same", tail))
    return tuple(pieces)


def _work(here: Sequence[str], there: Sequence[str]) -> int:
    """How often difflib may meet two equal pieces: each with each, once for every piece that it parts off."""
    counts = Counter(there)
    return min(len(here), len(there)) * sum(count * counts[piece] for piece, count in Counter(here).items())


def text_of(value: Any) -> str:
    """A value as one line of text, as differences are drawn on."""
    if isinstance(value, list):
        return ", ".join(map(text_of, value))
    if isinstance(value, float):
        return f"{value:g}" if abs(value) < 1e6 else f"{value:f}".rstrip("0").rstrip(".")
    return "" if value is None else str(value)


def _row(path: str, field: Field, aligned: Mapping[str, Mapping[str, tuple[str, FieldValue]]]) -> Row:
    by_model = {model: values.get(path, (path, EMPTY)) for model, values in aligned.items()}
    meanings = {model: _meaning(field, value.value) for model, (_path, value) in by_model.items()}
    counted = Counter(meanings.values()).most_common(2)
    meaning, votes = counted[0]
    decided = len(counted) == 1 or counted[1][1] < votes
    # Of the ways to write the same answer, the commonest stands for it.
    written = [text_of(value.value) for model, (_path, value) in by_model.items() if meanings[model] == meaning]
    shown = Counter(written).most_common(1)[0][0]
    cells = {}
    for model, (own, value) in by_model.items():
        state = _state(value.value, meanings[model] == meaning, text_of(value.value) == shown, decided)
        cells[model] = Cell(value, state, own, _telling(state, text_of(value.value), shown))
    consensus = next(
        value.value
        for model, (_path, value) in by_model.items()
        if meanings[model] == meaning and text_of(value.value) == shown
    )
    return Row(path, field, cells, _row_state(cells, len(counted)), consensus if decided else None, votes, decided)


def _telling(state: State, value: str, base: str) -> Diff:
    """The difference where it helps: not between texts that have little in common."""
    if state not in ("near", "conflict") or not base or value == base:
        return ()
    diff = difference(value, base)
    shared = sum(len(text) for kind, text in diff if kind == "same")
    return diff if state == "near" or shared * 2 >= max(len(value), len(base)) else ()


def _state(value: Any, of_consensus: bool, letter_for_letter: bool, decided: bool) -> State:
    if value is None:
        return "empty"
    if not decided or not of_consensus:
        return "conflict"
    return "agree" if letter_for_letter else "near"


def _row_state(cells: Mapping[str, Cell], answers: int) -> State:
    if answers > 1:
        return "conflict"
    states = {cell.state for cell in cells.values()}
    return "empty" if states == {"empty"} else "near" if "near" in states else "agree"


def _meaning(field: Field, value: Any) -> Any:
    """Something that is equal for two values that mean the same, and can be counted."""
    if value is None or value == "" or value == []:
        return None
    if isinstance(value, list):
        return frozenset(_meaning(field.item, item) for item in value)
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return float(value)
    normal = normalize(field, str(value))
    if field.kind in ("number", "integer", "boolean", "choice", "date"):
        # What cannot be read as such a value is compared as it is written.
        if normal is not None:
            return float(normal) if isinstance(normal, int | float) and not isinstance(normal, bool) else normal
        return comparison_key(value)
    return comparison_key(normal if normal is not None else value) or str(value)


def _aligned(
    answers: Mapping[str, Values], document_type: DocumentType, draft: Values
) -> dict[str, dict[str, tuple[str, FieldValue]]]:
    """Each model's values by the path of the row they belong to, with the path that the model gave them."""
    moved: dict[str, dict[str, tuple[str, FieldValue]]] = {
        model: {path: (path, value) for path, value in values.items() if not _item_of(path)}
        for model, values in answers.items()
    }
    for field in document_type.fields:
        if field.kind != "objects":
            continue
        places: dict[int, dict[str, Any]] = {
            index: {name: value.value for name, value in item.items()}
            for index, item in _items(draft, field.path).items()
        }
        for model, values in answers.items():
            items = _items(values, field.path)
            for own, index in _placed(field, items, places).items():
                for name, value in items[own].items():
                    path = f"{field.path}[{index}].{name}"
                    moved[model][path] = (f"{field.path}[{own}].{name}", value)
                    places.setdefault(index, {}).setdefault(name, value.value)
    return moved


def _items(values: Values, path: str) -> dict[int, dict[str, FieldValue]]:
    """The items of a list of objects by index: their values by the path within the item (`name`)."""
    list_path = ValuePath.parse(path)
    items: dict[int, dict[str, FieldValue]] = {}
    for other, value in values.items():
        value_path = ValuePath.parse(other)
        index = value_path.index_below(list_path)
        if index is not None and (within := value_path.parts[len(list_path.parts) + 1 :]):
            items.setdefault(index, {})[str(ValuePath(within))] = value
    return items


def _placed(
    field: Field, items: Mapping[int, Mapping[str, FieldValue]], places: Mapping[int, Mapping[str, Any]]
) -> dict[int, int]:
    """For each item the place it belongs to: the likeliest first, then the same position, then a new one."""
    parts = {path: leaf for part in field.fields for path, leaf in leaves_of(part, part.name, {})}
    if len(items) * len(places) <= _MOST_PAIRS:
        pairs = [(own, index) for own in items for index in places]
    else:
        pairs = [(own, own) for own in items if own in places]
    scored = sorted(
        ((_likeness(parts, items[own], places[index]), own, index) for own, index in pairs),
        key=lambda candidate: (-candidate[0], candidate[1], candidate[2]),
    )
    taken: dict[int, int] = {}
    used: set[int] = set()
    for score, own, index in scored:
        if score > 0 and own not in taken and index not in used:
            taken[own] = index
            used.add(index)
    following = max([*places, *used], default=-1) + 1
    for own in items:
        if own in taken:
            continue
        taken[own] = own if own in places and own not in used else following
        used.add(taken[own])
        following = max(following, taken[own] + 1)
    return taken


def _likeness(parts: Mapping[str, Field], item: Mapping[str, FieldValue], other: Mapping[str, Any]) -> float:
    """How much two items look like the same one; names weigh more than choices that many items share."""
    score = 0.0
    for name, part in parts.items():
        here, there = item.get(name, EMPTY).value, other.get(name)
        if here in (None, "", []) or there in (None, "", []):
            continue
        weight = 1.0 if part.kind in ("choice", "boolean", "choices") else 3.0
        if same(part, here, there):
            score += weight
        elif part.kind == "string":
            ratio = difflib.SequenceMatcher(None, text_of(here)[:200], text_of(there)[:200], autojunk=False).ratio()
            score += weight * ratio if ratio > 0.6 else 0.0
    return score
