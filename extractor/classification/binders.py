"""Binders: one file that holds the forms of several people. Where one form ends and the next begins, and the cutting.

Titles rarely survive text recognition and second pages have none, so the cuts are found by what pages have in common:
pages that print the same form are of one kind, and one person's form holds each kind once. Among all ways to cut, the
one is taken against which least speaks: a kind twice in one part, a first page inside a part, a part that begins with
a second page or lacks one, names that stand on both sides of a cut.
"""

from __future__ import annotations

import io
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from extractor.core.documents import Document, Page
from extractor.core.errors import N_, ReadingError
from extractor.normalize import match_key

if TYPE_CHECKING:
    from pathlib import Path

MAX_PAGES_OF_A_BINDER = 300
"""A longer document is a book or a file of data; it is taken whole."""
LONGEST_PART = 12
_LONGEST_PAGE = 20_000
"""Characters of a page that are looked at; no printed page has as many."""
_ALIKE = 0.42
"""The share of runs of letters that two pages of one form have in common at least, filled in or not."""
_RUN = 4
_FILLED_IN = re.compile(
    r"성\s*명|서\s*명|\(\s*인\s*\)|동\s*의\s*(?:함|하지|합니다)|양\s*도\s*인|생\s*년\s*월\s*일|연\s*락\s*처|signature|signed|name",
    re.IGNORECASE,
)
_TITLE = re.compile(r"(?:동의서|계약서|승낙서|허락서|합의서|약정서|각서|신청서|증서|consent|agreement|contract)$")
_NAME = re.compile(r"[가-힣]{2,5}|[A-Z][a-z]{2,}")

_TWICE, _INSIDE, _BEGINS_LATE, _LACKS, _PART, _SHARED_NAME = 4.0, 1.0, 1.0, 0.6, 0.2, 0.5
"""What speaks against a way to cut, by weight; a shared name speaks for keeping its pages together."""


@dataclass(frozen=True)
class Part:
    """The pages of one form, from `first` to `last`, both included, counted from 1."""

    first: int
    last: int


def propose_parts(document: Document) -> list[Part]:
    """The forms that a document seems to hold, in the order of its pages; one part when it seems to be one."""
    count = len(document.pages)
    whole = [Part(1, max(count, 1))]
    if not 1 < count <= MAX_PAGES_OF_A_BINDER or not document.pages[0].width:
        return whole
    sheets = [_Sheet(document, page) for page in document.pages]
    kinds = _kinds(sheets)
    repeated = _repeated(sheets, kinds)
    begins = _begins(sheets, kinds, repeated)
    if not repeated and not any(begins[1:]):
        return whole
    return _cheapest(sheets, kinds, repeated, begins)


def parts_of(cuts: Sequence[int], pages: int) -> list[Part]:
    """The parts when a new one begins at each page of `cuts` (2 to `pages`)."""
    firsts = [1, *sorted({cut for cut in cuts if 1 < cut <= pages})]
    return [Part(first, last - 1) for first, last in zip(firsts, [*firsts[1:], pages + 1], strict=True)]


def cut_out(document: Document, part: Part) -> Document:
    """The pages of `part` as a document of their own, as read: nothing is recognised again.

    Its `content_hash` is empty: it is that of the part's file, see `cut_file`.
    """
    pages = document.pages[part.first - 1 : part.last]
    cut = document.slice(pages[0].start, pages[-1].end)
    text = cut.text.rstrip("\f")
    return replace(
        cut,
        name=_named(document.name, part),
        content_hash="",
        text=text,
        pages=tuple(
            replace(page, number=number, end=min(page.end, len(text)))
            for number, page in enumerate(cut.pages[: len(pages)], start=1)
        ),
        cells=tuple(replace(cell, page=cell.page - part.first + 1) for cell in cut.cells),
        warnings=document.warnings,
        unread=(),
    )


def cut_file(path: Path, name: str, part: Part) -> bytes:
    """The bytes of a PDF, or of a TIFF, that holds the pages of `part` of the file at `path`.

    Raises ReadingError when the file cannot be cut, with `name` as people call it.
    """
    from extractor.reading.content import content_kind

    with path.open("rb") as file:
        kind = content_kind(file.read(1024))
    if kind == "pdf":
        return _cut_pdf(path, name, part)
    if kind == "image":
        return _cut_picture(path, part)
    raise ReadingError(N_("{name} has no pages that could be cut apart. Only PDF and TIFF have."), name=name)


class _Sheet:
    """One page, as far as cutting looks at it."""

    def __init__(self, document: Document, page: Page) -> None:
        text = document.text[page.start : min(page.end, page.start + _LONGEST_PAGE)]
        letters = re.sub(r"\d+", "", match_key(text))
        self.runs = frozenset(letters[at : at + _RUN] for at in range(max(len(letters) - _RUN + 1, 0)))
        self.title = _title(text)
        self.marks = len({match_key(mark) for mark in _FILLED_IN.findall(text)})
        self.words = frozenset(_NAME.findall(text))


def _title(text: str) -> str:
    """The title at the top of a page, squashed; empty when there is none."""
    for line in [line for line in text.splitlines() if line.strip()][:3]:
        if len(line) <= 60 and _TITLE.search(re.sub(r"\W+$", "", re.sub(r"\(.*?\)", "", match_key(line)))):
            return match_key(line)
    return ""


def _kinds(sheets: Sequence[_Sheet]) -> list[int]:
    """A number for each page: pages of the same number print the same form."""
    first: list[_Sheet] = []
    kinds: list[int] = []
    for sheet in sheets:
        likeness = [_likeness(sheet, other) for other in first]
        best = max(range(len(first)), key=likeness.__getitem__, default=-1)
        if best >= 0 and likeness[best] >= _ALIKE:
            kinds.append(best)
        else:
            kinds.append(len(first))
            first.append(sheet)
    return kinds


def _likeness(sheet: _Sheet, other: _Sheet) -> float:
    """The share of common runs in those of the page that has fewer, none for nearly empty pages."""
    fewer = min(len(sheet.runs), len(other.runs))
    return len(sheet.runs & other.runs) / fewer if fewer >= 30 else 0.0


def _repeated(sheets: Sequence[_Sheet], kinds: Sequence[int]) -> set[int]:
    """The kinds of pages that people fill in again and again; none in a report whose pages look alike."""
    counts = Counter(kinds)
    several = {kind for kind, count in counts.items() if count > 1}
    filled_in = {kind for sheet, kind in zip(sheets, kinds, strict=True) if sheet.marks >= 2 and kind in several}
    return several if filled_in else set()


def _begins(sheets: Sequence[_Sheet], kinds: Sequence[int], repeated: set[int]) -> list[bool]:
    """Which pages look like the first of a form: of a kind with a title (else of that of page 1), or titled."""
    titles = Counter(sheet.title for sheet in sheets if sheet.title)
    titled = {
        kind
        for sheet, kind in zip(sheets, kinds, strict=True)
        if sheet.title and kind in repeated and not _in_all(sheet.title, sheets)
    }
    first_kinds = titled or ({kinds[0]} & repeated)
    begins = [kinds[0] in first_kinds or kinds[0] not in repeated]
    for before, sheet, kind in zip(sheets, sheets[1:], kinds[1:], strict=False):
        # The same title over unlike pages is a running head.
        own_title = bool(sheet.title) and sheet.title != before.title and titles[sheet.title] == 1
        begins.append(kind in first_kinds or (own_title and kind not in repeated))
    return begins


def _in_all(title: str, sheets: Sequence[_Sheet]) -> bool:
    return all(sheet.title == title for sheet in sheets)


def _cheapest(sheets: Sequence[_Sheet], kinds: Sequence[int], repeated: set[int], begins: Sequence[bool]) -> list[Part]:
    count = len(sheets)
    shared = _shared_names(sheets)
    best = [0.0] + [math.inf] * count
    came = [0] * (count + 1)
    for end in range(1, count + 1):
        for start in range(max(0, end - LONGEST_PART), end):
            cost = best[start] + _against(range(start, end), kinds, repeated, begins, shared)
            if cost < best[end] - 1e-9:
                best[end], came[end] = cost, start
    parts: list[Part] = []
    end = count
    while end:
        parts.append(Part(came[end] + 1, end))
        end = came[end]
    return parts[::-1]


def _against(
    pages: range, kinds: Sequence[int], repeated: set[int], begins: Sequence[bool], shared: Sequence[bool]
) -> float:
    own = [kinds[page] for page in pages if kinds[page] in repeated]
    lacking = len(repeated) - len(set(own)) if own else 0
    return (
        _PART
        + _TWICE * (len(own) - len(set(own)))
        + _INSIDE * sum(begins[page] for page in pages[1:])
        + _BEGINS_LATE * (not begins[pages[0]])
        + _LACKS * min(lacking, 3)
        - _SHARED_NAME * sum(shared[page] for page in pages[1:])
    )


def _shared_names(sheets: Sequence[_Sheet]) -> list[bool]:
    """For each page whether a word that looks like a name stands on it, on the page before, and nowhere else."""
    times = Counter(word for sheet in sheets for word in sheet.words)
    return [False] + [
        any(times[word] == 2 for word in before.words & sheet.words) for before, sheet in pairwise(sheets)
    ]


def _named(name: str, part: Part) -> str:
    stem, dot, suffix = name.rpartition(".")
    pages = f"{part.first}" if part.first == part.last else f"{part.first}-{part.last}"
    return f"{stem} ({pages}){dot}{suffix}" if dot else f"{name} ({pages})"


def _cut_pdf(path: Path, name: str, part: Part) -> bytes:
    from pypdfium2 import PdfDocument, PdfiumError

    from extractor.reading.pdf.pdfium import LOCK, damaged, open_pdf

    buffer = io.BytesIO()
    with LOCK:
        whole = open_pdf(path, name)
        cut = PdfDocument.new()
        try:
            cut.import_pages(whole, list(range(part.first - 1, part.last)))
            cut.save(buffer)
        except PdfiumError as error:
            raise damaged(name) from error
        finally:
            cut.close()
            whole.close()
    return buffer.getvalue()


def _cut_picture(path: Path, part: Part) -> bytes:
    from PIL import Image, ImageSequence

    buffer = io.BytesIO()
    with Image.open(path) as picture:
        frames = [frame.copy() for number, frame in enumerate(ImageSequence.Iterator(picture), start=1)
                  if part.first <= number <= part.last]  # fmt: skip
        frames[0].save(buffer, "TIFF", save_all=True, append_images=frames[1:], compression="tiff_lzw",
                       dpi=picture.info.get("dpi", (200, 200)))  # fmt: skip
    return buffer.getvalue()
