"""Candidates from the parts of a letter: whom it is addressed to, who signs it, its number."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from extractor.classification.titles import is_kind
from extractor.extractors.builtin.prepared_document import PreparedDocument
from extractor.extractors.builtin.profile import Profile
from extractor.extractors.builtin.values import Candidate, is_name, value_at

_CHIEF_LINE = re.compile(
    r"(?:대표이사|대표|이사장|회장|관장|원장|총장|소장|단장|위원장|국장)\s+[가-힣](?:\s?[가-힣]){1,3}\s*(?:[(（]|$)"
)


def from_addressee(scene: PreparedDocument, profile: Profile) -> Iterator[Candidate]:
    """`가람문화재단 귀하` on a line of its own: the institution a form is handed in to."""
    wants = profile.roles & {"grantee", "recipient"} or "to" in profile.groups or "organisation" in profile.groups
    if profile.shape != "name" or not wants:
        return
    for piece in scene.layout.pieces:
        match = re.fullmatch(r"(.{2,40}?)\s*+(?:귀\s?하|귀\s?중)\s*+\.?", piece.text)
        if match and (got := value_at(profile, scene.text, piece.start, piece.end)):
            yield Candidate(*institution(scene, *got), score=0.72)


def institution(scene: PreparedDocument, name: str, start: int, end: int) -> tuple[str, int, int]:
    """가람기록원장 → 가람기록원, when the document names the institution elsewhere."""
    joined = re.sub(r"\s", "", name)
    if joined.endswith("장") and len(joined) > 3:
        shorter = joined[:-1]
        if scene.times(shorter) > scene.times(joined):
            match = re.search(r"\s?".join(map(re.escape, shorter)), scene.text[start:end])
            return shorter, start, start + match.end() if match else end
    return name, start, end


def from_sender(scene: PreparedDocument, profile: Profile) -> Iterator[Candidate]:
    """Who a letter is from: the institution whose head signs it, or that stands above it."""
    if profile.shape != "name" or "from" not in profile.groups:
        return
    pieces = scene.layout.pieces
    labelled = {entry.piece.start for entry in scene.entries} | {entry.start for entry in scene.entries}
    for upper, piece in itertools.pairwise(itertools.islice(pieces, len(pieces) // 2, None)):
        if piece.start in labelled:
            continue
        if _CHIEF_LINE.match(piece.text) and is_name(upper.text) and upper.start not in labelled:
            yield Candidate(upper.text, upper.start, upper.end, 0.72)
        if (
            len(piece.text) <= 30
            and re.search(r"(?:장|대표이사|대표|이사장)\s*(?:\(?(?:직인|인|관인|직인생략)\)?)?$", piece.text)
            and (got := value_at(profile, scene.text, piece.start, piece.end))
        ):
            yield Candidate(*institution(scene, *got), score=0.7)
    first = pieces[0] if pieces else None
    if first and len(first.text) <= 30 and is_name(first.text) and not is_kind(first.text):
        yield Candidate(first.text, first.start, first.end, 0.6 if scene.flat_text.count(first.text) > 1 else 0.45)


def from_reference(scene: PreparedDocument, profile: Profile) -> Iterator[Candidate]:
    """`제 2020-311 호` at the head of a document."""
    if profile.shape != "reference":
        return
    for piece in scene.layout.pieces[:6]:
        if re.fullmatch(r"제\s?[가-힣\d]*\s?[\d-]+\s?호", piece.text):
            yield Candidate(piece.text, piece.start, piece.end, 0.7)
