"""Invented documents and extractions, and types with fields in common."""

from __future__ import annotations

import re
from typing import Any

from extractor.core.document_types import DocumentType
from extractor.core.documents import Box, Cell, Document, Page, Word
from extractor.core.extractions import Evidence, Extraction, FieldValue

PARTY = {"type": "object", "properties": {"name": {"type": ["string", "null"]}, "role": {"type": ["string", "null"]}}}
LETTER = DocumentType(
    "letter",
    {
        "title": "편지",
        "type": "object",
        "properties": {
            "work_title": {"type": ["string", "null"], "title": "저작물명"},
            "fee": {"type": ["number", "null"]},
            "rights": {"type": ["array", "null"], "items": {"type": "string", "enum": ["복제권", "배포권"]}},
            "parties": {"type": ["array", "null"], "items": PARTY},
        },
    },
)
FORM = DocumentType(
    "form",
    {
        "title": "서식",
        "type": "object",
        "properties": {
            "work_title": {"type": ["string", "null"]},
            "fee": {"type": ["string", "null"]},
            "rights": {"type": ["array", "null"], "items": {"type": "string", "enum": ["복제권"]}},
            "signed": {"type": ["string", "null"], "format": "date"},
        },
    },
)


def types() -> dict[str, DocumentType]:
    """The document types that there are in these tests."""
    return {one.key: one for one in (LETTER, FORM)}


def document(text: str = "저작물명: 봄날의 기록", name: str = "문서.pdf", pages: int = 1) -> Document:
    """`pages` pages that all say `text`, with a word box and a table cell."""
    parts, made, start = [], [], 0
    for number in range(1, pages + 1):
        page_text = f"{text} {number}"
        words = (Word(start, start + 4, Box(0.1, 0.2, 1 / 3, 0.25)), Word(start + 5, start + len(page_text)))
        made.append(Page(number, start, start + len(page_text), words, 595.0, 842.0))
        parts.append(page_text)
        start += len(page_text) + 1
    cells = (Cell(0, 0, 0, 0, 4, 1, 1, 2, Box(0.0, 0.0, 0.5, 0.5)), Cell(0, 0, 1, 5, 9, 1))
    return Document(name, "", "pdf", "\f".join(parts), tuple(made), cells, ("A page has no text.",))


def extraction(model: str = "builtin", confidence: float = 0.5, error: str | None = None, **values: Any) -> Extraction:
    """An extraction; `parties__0__name` stands for the path `parties[0].name`."""
    evidence = (Evidence(1, 0, 4, "저작물명", (Box(0.1, 0.2, 0.3, 0.25),)),)
    paths = {key: re.sub(r"__(\d+)__", r"[\1].", key) for key in values}
    fields = {paths[key]: FieldValue(value, str(value), evidence, confidence, model) for key, value in values.items()}
    return Extraction(model, "here", "편지", fields, 0.01, error=error)
