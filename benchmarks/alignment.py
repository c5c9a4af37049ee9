"""From a value to its place in the document: `extractor.evidence.align` against LangExtract's aligner.

    python benchmarks/alignment.py [--write]          (pip install langextract; without it only our own column)

All values of the samples' gold that are strings, dates or amounts, document by document, as a model would hand them
in: all values of a document at once. Time is CPU time, the best of three passes. A place is right when its text,
normalised for the field, is the value.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from extractor import load_document_types  # noqa: E402
from extractor.core.document_types import Field  # noqa: E402
from extractor.core.documents import Document  # noqa: E402
from extractor.evidence import align  # noqa: E402
from extractor.normalize import comparison_key, normalize  # noqa: E402
from extractor.quality.evaluation import load_gold  # noqa: E402
from extractor.reading.formats import read  # noqa: E402

Case = tuple[Document, list[tuple[Field, Any]]]
Places = list[str | None]


def cases() -> list[Case]:
    types = load_document_types()
    found = []
    for gold in load_gold(ROOT / "samples" / "gold.jsonl"):
        kind = types[gold.document_type]
        values: list[tuple[Field, Any]] = []
        for name, value in gold.metadata.items():
            field = kind.field_at(name)
            if field.item.kind in ("string", "date", "number", "integer"):
                said = value if isinstance(value, list) and field.kind == "list" else [value]
                asked = field.item if field.kind == "list" else field
                values.extend((asked, one) for one in said if one not in (None, ""))
        found.append((read(gold.path), [pair for pair in values if not isinstance(pair[1], (list, dict))]))
    return found


def ours(document: Document, values: list[tuple[Field, Any]]) -> Places:
    # A document remembers its words' places; each pass begins with one that remembers nothing.
    fresh = Document(document.name, "", document.format, document.text, document.pages, document.cells)
    found = [align(fresh, field, value) for field, value in values]
    return [" ".join(place.text for place in places) if places else None for places in found]


def langextract() -> Callable[[Document, list[tuple[Field, Any]]], Places] | None:
    try:
        from langextract.core import data
        from langextract.resolver import WordAligner
    except ImportError:
        return None

    def theirs(document: Document, values: list[tuple[Field, Any]]) -> Places:
        asked = [data.Extraction(extraction_class=field.name, extraction_text=str(value)) for field, value in values]
        if not asked:
            return []
        [aligned] = WordAligner().align_extractions([asked], document.text)
        spans = [one.char_interval for one in aligned]
        return [
            document.text[span.start_pos : span.end_pos] if span is not None and span.start_pos is not None else None
            for span in spans
        ]

    return theirs


def is_right(field: Field, value: Any, text: str | None) -> bool:
    if text is None:
        return False
    said = normalize(field, text)
    return comparison_key(said) == comparison_key(value) or comparison_key(text) == comparison_key(value)


def measure(method: Callable[[Document, list[tuple[Field, Any]]], Places], found: list[Case]) -> tuple[int, int, float]:
    """Values that got a place, values whose place is right, CPU microseconds a value."""
    placed = right = 0
    passes = []
    for _ in range(3):
        started, placed, right = time.process_time(), 0, 0
        results = [method(document, values) for document, values in found]
        passes.append(time.process_time() - started)
        for (_document, values), places in zip(found, results, strict=True):
            placed += sum(place is not None for place in places)
            right += sum(is_right(*pair, place) for pair, place in zip(values, places, strict=True))
    return placed, right, min(passes) / sum(len(values) for _, values in found) * 1e6


def main() -> None:
    found = cases()
    count = sum(len(values) for _, values in found)
    lines = [
        "# Alignment",
        "",
        f"`python benchmarks/alignment.py --write`: {count} values of {len(found)} samples; what is counted stands "
        "there.",
        "",
        "| | values placed | place right | µs a value |",
        "|---|---|---|---|",
    ]
    peer = langextract()
    for name, method in (("Rightsdesk", ours), ("LangExtract", peer)):
        if method is None:
            lines.append(f"| {name} | not installed | | |")
            continue
        placed, right, micros = measure(method, found)
        lines.append(f"| {name} | {placed} | {right} | {micros:.0f} |")
    print("\n".join(lines))
    if "--write" in sys.argv:
        (ROOT / "benchmarks" / "alignment.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
