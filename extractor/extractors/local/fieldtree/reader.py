"""The metadata of one document (or one piece of a long one) by the field tree.

What the schema knows is given, not generated: every field's branch opens with its own key. What the document must
say is taken from it: a string is a run of its words, a date, an amount or a choice is read off a place, or it is null.
So every value has its evidence. Free text (`x-generated` in the schema) is the one exception, and has none.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from extractor.core.document_types import DocumentType, Field
from extractor.core.documents import Document
from extractor.core.extractions import FieldValue
from extractor.core.value_path import ValuePath
from extractor.evidence import align, legibility, span_evidence
from extractor.extractors.builtin.values import Candidate
from extractor.extractors.local.fieldtree.branches import Head, choose, cut, grow, write
from extractor.extractors.local.fieldtree.token_constraints import Encode, Path, Place, SourceTokens, closed_paths
from extractor.extractors.local.fieldtree.tree import Branch, Tree
from extractor.extractors.sandboxed_text import ranked_candidates
from extractor.normalize import find_amounts, find_dates, normalize

MOST_ITEMS = 12
"""The most items of a list."""

RANKED = ("string", "date", "number", "integer")
"""Kinds of fields for which the model chooses among the rules' candidates: measured, see docs/local-extraction.md."""

MOST_RANKED = 8
"""The most candidates of the rules that the model chooses from."""

GENERATED_TOKENS = 96
"""The longest free text."""

_NUMBER = re.compile(r"(?<![\d.,])\d[\d,]*(?:\.\d+)?(?!\d)")
Decided = Callable[[str, FieldValue], None]
Asking = Generator[list[int], Any, dict[str, FieldValue]]


@dataclass(frozen=True)
class Marks:
    """The first tokens of what a JSON value begins and ends with, in the model's own vocabulary."""

    quote: list[int]
    null: list[int]
    array: list[int]
    empty: list[int]
    closed: list[int]
    bare: list[int]

    @classmethod
    def of(cls, encode: Encode) -> Marks:
        def first(*texts: str) -> list[int]:
            return sorted({encode(text)[0] for text in texts})

        empty = first(" []", " [],")
        return cls(
            quote=first(' "'),
            null=first(" null"),
            array=sorted({*first(" [", ' ["', ' [{"')} - {*empty}),
            empty=empty,
            closed=first('"', '",', '"}', '"]', '"\n', '",\n'),
            bare=first(",", "}", "\n", ",\n", "]"),
        )


class TreeReader:
    """Reads one document with one model; `tree` holds what was read of it. Only for the thread with the model's lock.

    `source` is the document as tokens, `trunk` the whole prompt as tokens; `decided` is called with (path, value) as
    each field is known.
    """

    def __init__(
        self, network: Any, tree: Tree, encode: Encode, decode: Callable[[Sequence[int]], str], name: str
    ) -> None:
        self._network, self._tree, self._encode, self._decode, self._name = network, tree, encode, decode, name
        self.marks = Marks.of(encode)
        self.ranks = True
        self._goes_on = sorted({encode(text)[0] for text in (",", ', "', ", {")})
        self._is_over = sorted({encode(text)[0] for text in ("]", "]}", "],")} - {*self._goes_on})

    def read(
        self,
        document: Document,
        document_type: DocumentType,
        source: SourceTokens,
        trunk: Sequence[int],
        decided: Decided = lambda _path, _value: None,
    ) -> dict[str, FieldValue]:
        """One FieldValue for every field, as `Extractor.fields` gives them."""
        field_values: dict[str, FieldValue] = {}
        self._document, self._source = document, source
        self._ranked = self._candidates(document_type) if self.ranks else {}
        self._paths = {field.path: self._field_paths(field) for field in _leaves(document_type.fields)}
        with torch.inference_mode():
            self._head = Head(self._network, self._tokens())
            self._tree.read(trunk)
            steps = {}
            for field in document_type.fields:
                branch = self._tree.branch()
                steps[field.path] = branch, self._ask(field, branch)

            def keep(_path: str, values: dict[str, FieldValue]) -> None:
                field_values.update(values)
                for leaf, value in values.items():
                    decided(leaf, value)

            try:
                grow(self._tree, steps, keep)
            finally:
                self._tree.prune()
        order = {field.path: position for position, field in enumerate(document_type.fields)}
        return dict(sorted(field_values.items(), key=lambda item: order[ValuePath.parse(item[0]).top]))

    def _tokens(self) -> set[int]:
        """All tokens that a branch may hold."""
        marks = self.marks
        kept = {*self._source.ids, *self._goes_on, *self._is_over}
        for tokens in (marks.quote, marks.null, marks.array, marks.empty, marks.closed, marks.bare):
            kept.update(tokens)
        for paths in self._paths.values():
            for path in paths:
                at = 0
                # The rest of an open path are the document's own tokens.
                while (token := path.token(at)) is not None and at < 24:
                    kept.add(token)
                    at += 1
        return kept

    def _candidates(self, document_type: DocumentType) -> dict[str, list[Path]]:
        """For each single string what the built-in extractor's rules find for it, the likeliest `MOST_RANKED`."""
        ranked, _ = ranked_candidates(self._document, document_type)
        paths: dict[str, list[Path]] = {}
        for field in document_type.fields:
            if field.kind in RANKED and not field.schema.get("x-generated"):
                best = ranked.get(field.path, [])[:MOST_RANKED]
                spelt = (_spelt(self._source.text, field, candidate) for candidate in best)
                paths[field.path] = closed_paths(self._encode, spelt)
        return paths

    def _field_paths(self, field: Field) -> list[Path]:
        kind, text = field.kind, self._source.text
        if ranked := self._ranked.get(field.path):
            return ranked
        if kind in ("string", "list") and field.item.kind == "string":
            return self._source.open_paths
        if kind == "date":
            return closed_paths(self._encode, ((iso, Place(iso, s, e)) for s, e, iso in find_dates(text)))
        if field.item.kind in ("number", "integer") or kind in ("number", "integer"):
            return closed_paths(self._encode, _numbers(text, "integer" in (kind, field.item.kind)))
        if kind == "boolean":
            spelt = ((f" {json.dumps(value)}", value) for value in (True, False))
        else:
            spelt = ((str(choice), choice) for choice in field.choices)
        return closed_paths(self._encode, ((spelling, span) for spelling, value in spelt
                                           if (span := self._supported(field, value)) is not None))  # fmt: skip

    def _supported(self, field: Field, value: Any) -> Place | None:
        places = align(self._document, field.item if field.kind == "choices" else field, value)
        return Place(value, places[0].start, places[-1].end) if places else None

    def _ask(self, field: Field, branch: Branch) -> Asking:
        opening = self._encode(f'{{"{field.name}":')
        if field.schema.get("x-generated"):
            return (yield from self._free(field, opening))
        if field.kind == "object":
            return (yield from self._object(field, branch, opening, field.path))
        if field.kind == "objects":
            return (yield from self._objects(field, branch, opening))
        if field.kind in ("list", "choices"):
            return (yield from self._list(field, branch, opening))
        return {field.path: (yield from self._single(field, branch, opening))}

    def _single(self, field: Field, branch: Branch, opening: list[int]) -> Generator[list[int], Any, FieldValue]:
        """A value that is one place of the document, or null. The branch ends right behind it."""
        paths, marks = self._paths[field.path], self.marks
        bare = field.kind in ("number", "integer", "boolean")
        quote = [] if bare else marks.quote
        hidden = yield [*opening, *quote]
        logits = self._head.logits(hidden[-1 - len(quote) :][:1])[0]
        starts = [t for path in paths if (t := path.token(0)) is not None] if bare else quote
        null = _share(self._head.best(logits, marks.null), self._head.best(logits, set(starts)))
        if null >= 0.5 or not paths:
            cut(branch, len(quote))
            yield self._encode(" null")
            return FieldValue(None, confidence=round(null, 3), source=self._name)
        chosen = yield from choose(self._head, branch, hidden[-1:], paths, marks.bare if bare else marks.closed)
        return self._value(field, chosen.span, chosen.chance * (1 - null))

    def _value(self, field: Field, span: Place, chance: float) -> FieldValue:
        raw = self._source.text[span.start : span.end]
        value = normalize(field, raw) if field.kind == "string" else span.value
        if value is None:
            value = raw
        exact = isinstance(value, str) and value in raw
        evidence = span_evidence(self._document, span.start, span.end, "exact" if exact else "normalized")
        chance *= legibility(self._document, evidence)
        return FieldValue(value, raw, evidence, round(chance, 3), self._name)

    def _free(self, field: Field, opening: list[int]) -> Asking:
        """Free text: generated, so nothing in the document stands behind it."""
        hidden = yield [*opening, *self.marks.quote]
        written = yield from write(self._network, hidden, self.marks.closed, GENERATED_TOKENS)
        text = self._decode(written).strip() or None
        return {field.path: FieldValue(text, confidence=None, source=self._name)}

    def _none(self, opening: list[int]) -> Generator[list[int], Any, float]:
        """How likely a list is empty or null."""
        hidden = yield opening
        logits = self._head.logits(hidden[-1:])[0]
        none = self._head.best(logits, [*self.marks.null, *self.marks.empty])
        return _share(none, self._head.best(logits, self.marks.array))

    def _list(self, field: Field, branch: Branch, opening: list[int]) -> Asking:
        items: list[FieldValue] = []
        none = yield from self._none(opening)
        following = self._encode(' ["')
        left = list(self._paths[field.path]) if none < 0.5 else []
        while left and len(items) < MOST_ITEMS:
            hidden = yield following
            chosen = yield from choose(self._head, branch, hidden[-1:], left, self.marks.closed)
            items.append(self._value(field.item, chosen.span, chosen.chance))
            hidden = yield self._encode('"')
            left = [path for path in left if _apart(path, chosen.span)]
            again = self._again(hidden)
            if again < 0.5:
                break
            following = self._encode(', "')
        if not items:
            return {field.path: FieldValue(None, confidence=round(none, 3), source=self._name)}
        evidence = tuple(span for item in items for span in item.evidence)
        chance = min(item.confidence or 0.0 for item in items)
        values = list(dict.fromkeys(item.value for item in items))
        raw = " ".join(item.raw or "" for item in items)
        return {field.path: FieldValue(values, raw, evidence, chance, self._name)}

    def _again(self, hidden: Any) -> float:
        """How likely a list goes on behind an item."""
        logits = self._head.logits(hidden[-1:])[0]
        return _share(self._head.best(logits, self._goes_on), self._head.best(logits, self._is_over))

    def _object(self, field: Field, branch: Branch, opening: list[int], path: str) -> Asking:
        """The leaves of one object, one after the other along its branch."""
        values: dict[str, FieldValue] = {}
        following = [*opening, *self._encode(" {")]
        for leaf in field.fields:
            value = yield from self._single(leaf, branch, [*following, *self._encode(f'"{leaf.name}":')])
            values[f"{path}.{leaf.name}"] = value
            following = self._encode(", " if value.value is None or leaf.kind in _BARE else '", ')
        return values

    def _objects(self, field: Field, branch: Branch, opening: list[int]) -> Asking:
        values: dict[str, FieldValue] = {}
        none = yield from self._none(opening)
        following = self._encode(" [")
        seen: set[tuple[Any, ...]] = set()
        for index in range(MOST_ITEMS if none < 0.5 else 0):
            path = f"{field.path}[{index}]"
            item = yield from self._object(field, branch, following, path)
            key = tuple(value.value for value in item.values())
            # An item without a place or one that was there already: the model has nothing more to tell.
            if key in seen or all(value.value is None for value in item.values()):
                break
            seen.add(key)
            values |= item
            quoted = list(item.values())[-1].value is not None and field.fields[-1].kind not in _BARE
            hidden = yield self._encode('"}' if quoted else "}")
            if self._again(hidden) < 0.5:
                break
            following = self._encode(",")
        return values or {field.path: FieldValue(None, confidence=round(none, 3), source=self._name)}


_BARE = ("number", "integer", "boolean")


def _share(first: float, other: float) -> float:
    """The share of the first of two logarithms."""
    if first == other:
        return 0.5
    return 1 / (1 + math.exp(min(other - first, 700)))


def _apart(path: Path, span: Place) -> bool:
    """Whether a path says something else than `span`: a list holds no word of the document twice."""
    start, end = path.reach
    return end <= span.start or start >= span.end


def _spelt(text: str, field: Field, candidate: Candidate) -> tuple[str, Place]:
    """How the branch of a field spells a candidate: a string as it is printed, anything else by its value."""
    start, end, value = candidate.start, candidate.end, candidate.value
    if field.kind == "string":
        raw = text[start:end].strip()
        start = text.index(raw, start)
        return raw, Place(raw, start, start + len(raw))
    return (str(value) if field.kind == "date" else f" {value}"), Place(value, start, end)


def _leaves(fields: Iterable[Field]) -> Iterator[Field]:
    for field in fields:
        if field.kind in ("object", "objects"):
            yield from _leaves(field.fields)
        else:
            yield field


def _numbers(text: str, whole: bool) -> Iterator[tuple[str, Place]]:
    """Every amount and number of the text with its spelling in JSON."""
    amounts = [(amount.value, amount.start, amount.end) for amount in find_amounts(text)]
    plain = [(float(m.group().replace(",", "")), *m.span()) for m in _NUMBER.finditer(text)]
    for value, start, end in [*amounts, *plain]:
        if value == int(value):
            yield f" {int(value)}", Place(int(value), start, end)
        elif not whole:
            yield f" {value}", Place(value, start, end)
