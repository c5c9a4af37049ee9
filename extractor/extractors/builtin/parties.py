"""Lists of people and firms: one item a signature block, filled from the labels inside it."""

from __future__ import annotations

from dataclasses import dataclass, field

from extractor.extractors.builtin.entries import Entry
from extractor.extractors.builtin.labelled import RELATION, name_kind
from extractor.extractors.builtin.prepared_document import PreparedDocument
from extractor.extractors.builtin.profile import Profile
from extractor.extractors.builtin.values import Candidate, value_at
from extractor.normalize import match_key

MOST_PARTIES = 1_000
"""Items of a list; a document that seems to have more names none."""
_NOT_PARTIES = {"guardian", "staff", "witness", "third"}


@dataclass(slots=True)
class Item:
    """One party: its role as printed, and a candidate for each leaf, by the leaf's name."""

    role: str
    title: str
    start: int
    leaves: dict[str, Candidate] = field(default_factory=dict)


def party_items(scene: PreparedDocument, leaves: list[Profile]) -> list[dict[str, Candidate]]:
    """The items of a list of parties in text order; empty when its leaves do not describe parties."""
    name_leaf = next(
        (leaf for leaf in leaves if leaf.shape == "name" and leaf.groups & {"person", "organisation"}), None
    )
    if name_leaf is None:
        return []
    items = [item for item in _from_blocks(scene, leaves, name_leaf) if name_leaf.field.name in item.leaves]
    # A letter's sender and addressee are parties only where a form asks for their names.
    items = [
        item
        for item in items
        if item.role not in ("issuer", "recipient") or item.leaves[name_leaf.field.name].score > 0.85
    ]
    items = _best_by_role(items, name_leaf.field.name)
    _add_preamble(scene, items, name_leaf)
    role_leaf = next((leaf for leaf in leaves if leaf.shape == "role"), None)
    for item in items:
        if role_leaf and item.title:
            name = item.leaves[name_leaf.field.name]
            start, end = _title_span(scene, item, name.start)
            item.leaves[role_leaf.field.name] = Candidate(scene.text[start:end] or item.title, start, end, name.score)
    return [item.leaves for item in sorted(items, key=lambda item: item.start)]


def _from_blocks(scene: PreparedDocument, leaves: list[Profile], name_leaf: Profile) -> list[Item]:
    items: dict[int, Item] = {}
    for entry in scene.entries:
        if entry.block < 0:
            continue
        block = scene.blocks[entry.block]
        if block.role in _NOT_PARTIES or entry.role in _NOT_PARTIES:
            continue
        item = items.setdefault(entry.block, Item(block.role, block.title, block.start))
        if entry.blank:
            continue
        for leaf in leaves:
            if leaf.shape == "role":
                continue
            score = _leaf_score(leaf, name_leaf, entry)
            if score < 0.6 and leaf.shape in ("phone", "email", "registration"):
                score = 0.6
            if score < 0.6 or not (got := value_at(leaf, scene.text, entry.start, entry.end)):
                continue
            best = item.leaves.get(leaf.field.name)
            if best is None or score > best.score + 0.02:
                item.leaves[leaf.field.name] = Candidate(*got, score=score)
    for number, block in enumerate(scene.blocks):
        line = scene.name_under(block) if block.role not in _NOT_PARTIES else None
        if line and (got := value_at(name_leaf, scene.text, line.start, line.end)):
            item = items.setdefault(number, Item(block.role, block.title, block.start))
            _name_first(item, leaves, name_leaf, Candidate(*got, score=0.93))
    return list(items.values())


def _name_first(item: Item, leaves: list[Profile], name_leaf: Profile, name: Candidate) -> None:
    """The line under the role is the party; a person named below it (`Name: …`) then signs for it."""
    signer = item.leaves.get(name_leaf.field.name)
    item.leaves[name_leaf.field.name] = name
    representative = next((leaf.field.name for leaf in leaves if "representative" in leaf.groups), None)
    if signer and representative and match_key(str(signer.value)) != match_key(str(name.value)):
        item.leaves.setdefault(representative, signer)


def _leaf_score(leaf: Profile, name_leaf: Profile, entry: Entry) -> float:
    """How well an entry of a block names a leaf. A firm's own name comes before its people's."""
    if leaf is name_leaf:
        kind = name_kind(entry)
        return {"organisation": 0.95, "person": 0.9, "role": 0.85, None: 0.0}[kind] * RELATION[entry.relation]
    return max((leaf.score(form) for form in entry.key.forms), default=0.0) * RELATION[entry.relation]


def _best_by_role(items: list[Item], name: str) -> list[Item]:
    """Blocks of one party told twice become one item: same name, or the same role with a name that agrees."""
    merged: list[Item] = []
    words: list[str] = []
    for item in sorted(items, key=lambda party: (-len(party.leaves), party.start))[:MOST_PARTIES]:
        word = match_key(str(item.leaves[name].value))
        twin = next((m for m, other in zip(merged, words, strict=True) if _same_party(other, word)), None)
        if twin is None:
            merged.append(item)
            words.append(word)
            continue
        for leaf, candidate in item.leaves.items():
            twin.leaves.setdefault(leaf, candidate)
    return merged


def _same_party(name: str, other: str) -> bool:
    for form in ("주식회사", "주", "재단법인", "사단법인"):
        name, other = name.removeprefix(form), other.removeprefix(form)
    return name == other or (min(len(name), len(other)) >= 4 and (name in other or other in name))


def _add_preamble(scene: PreparedDocument, items: list[Item], name_leaf: Profile) -> None:
    """Parties that only the preamble names."""
    name = name_leaf.field.name
    for party in scene.preamble:
        role = scene.role_of_party(party)
        if role not in ("grantor", "grantee"):
            continue
        twin = next(
            (item for item in items if _same_party(match_key(str(item.leaves[name].value)), match_key(party.name))),
            None,
        )
        if twin is None and not any(item.role == role for item in items):
            leaves = {name: Candidate(party.name, party.start, party.end, 0.8)}
            items.append(Item(role, party.alias, party.start, leaves))


def _title_span(scene: PreparedDocument, item: Item, before: int) -> tuple[int, int]:
    """Where the item's role is printed: at the head of its block."""
    begin = max(0, item.start)
    stop = max(before, begin + len(item.title) + 8)
    text = scene.text[begin:stop].lower()
    at = begin
    first = None
    for letter in item.title:
        position = text.find(letter, at - begin)
        position += begin if position >= 0 else 0
        if position < 0:
            return begin, begin
        first = position if first is None else first
        at = position + 1
    return (first or begin), at
