"""Typed values, read in a worker: what a person types is kept whatever its text does."""

from __future__ import annotations

import json
import logging
from typing import Any

from extractor.core.document_types import Field
from extractor.core.documents import Document
from extractor.core.errors import ReadingError
from extractor.core.extractions import FieldValue
from extractor.core.packing import dumps
from extractor.reading import sandbox
from extractor.reading.sandbox import TEXT, Source

log = logging.getLogger(__name__)

TYPED_CPU_SECONDS = 10.0
"""CPU seconds for the place of a typed value: a person waits."""


def typed_value(source: Source, name: str, field: Field, old: FieldValue, value: Any, page: int) -> FieldValue:
    """As `review.typed_value` with the pages of the document of `source` (whose file is `name`), `page` first.

    What a person typed is kept whatever its text does: without a place when none can be found.
    """
    given = (field.path, dict(field.schema), field.required)
    if value is None:
        return FieldValue(None)
    try:
        packed = sandbox.run(
            _typed_value, given, dumps(old), value, page,
            name=name, kind=TEXT, source=source, cpu_seconds=TYPED_CPU_SECONDS,
        )  # fmt: skip
    except ReadingError as error:
        log.warning("a typed value comes without its place: %s", error)
        shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        return FieldValue(value, shown)
    return FieldValue.from_dict(json.loads(packed))


def _typed_value(document: Document, field: tuple[Any, ...], old: str, value: Any, first: int) -> str:
    from extractor.desk.review import typed_value as typed_here

    pages = sorted(document.pages, key=lambda page: page.number != first)
    texts = ((page, document.text[page.start : page.end]) for page in pages)
    return dumps(typed_here(Field(*field), FieldValue.from_dict(json.loads(old)), value, texts))
