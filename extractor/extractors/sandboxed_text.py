"""All that reads a document's text, done in a worker: no text can hold up the process that everybody works with.

Each function here is the sandboxed one of a function elsewhere, which does the same in the process that calls it. They
raise ReadingError when the text takes too much CPU time or memory, BusyError when the machine is to blame.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from extractor.core.document_types import DocumentType
from extractor.core.documents import Document
from extractor.core.errors import AnswerError, ReadingError
from extractor.core.extractions import Extraction, FieldValue, Usage
from extractor.core.packing import dumps, pack_document, pack_values, unpack_document, unpack_values
from extractor.reading import sandbox
from extractor.reading.sandbox import READING, TEXT, Source
from extractor.reading.sandbox_worker import Progress

if TYPE_CHECKING:
    from extractor.classification.binders import Part
    from extractor.extractors.builtin.values import Candidate

log = logging.getLogger(__name__)

TypeData = tuple[str, str, Mapping[str, Any]]
"""Key, version and schema of a document type."""


class Looked(NamedTuple):
    """A file as read, how many forms it seems to hold, and the type it seems to be with a confidence from 0 to 1."""

    document: Document
    forms: int
    document_type: str
    confidence: float


def read_and_look(
    data: bytes | Path,
    name: str,
    types: Mapping[str, DocumentType],
    progress: Progress | None = None,
    most: int | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Looked:
    """`reading.formats.read_bytes` of a file's bytes or `reading.formats.read` of its path, `propose_parts` and
    `propose_type` in one.

    `progress` hears how many pages are recognised; `most` as in `reading.formats.read_bytes`. Without `types` no
    type is
    proposed. Raises ReadingError for a file that cannot be read, StoppedError.
    """
    size = len(data) if isinstance(data, bytes) else _size(data)
    given = data if isinstance(data, bytes) else data.absolute()
    packed, *looked = sandbox.run(
        _read_and_look, given, name, most, _types_data(types),
        name=name, size=size, progress=progress or _silent, kind=READING, stopped=stopped,
    )  # fmt: skip
    return Looked(unpack_document(packed), *looked)


def document_from_text(text: str, name: str = "text") -> Document:
    """As `text.document_from_text`."""
    packed = sandbox.run(_from_text, text, name, name=name, size=len(text), kind=TEXT)
    return unpack_document(packed)


def propose_type(document: Document, types: Mapping[str, DocumentType]) -> tuple[str, float]:
    """As `document_type.propose_type`."""
    key, confidence = _run(_propose_type, document, _types_data(types))
    return key, confidence


def propose_parts(document: Document) -> list[Part]:
    """As `binders.propose_parts`."""
    from extractor.classification.binders import Part

    return [Part(first, last) for first, last in _run(_propose_parts, document)]


def count_tokens(document: Document, document_type: DocumentType) -> Usage:
    """As `estimates.estimate_usage` without a tokenizer."""
    return Usage(*_run(_count_tokens, document, _type_data(document_type)))


def ranked_candidates(
    document: Document, document_type: DocumentType
) -> tuple[dict[str, list[Candidate]], dict[str, Candidate | None]]:
    """As `builtin.extractor.ranked_candidates` of the document's scene."""
    from extractor.extractors.builtin.values import Candidate

    def made(data: Any) -> Candidate | None:
        return None if data is None else Candidate(*data)

    ranked, chosen = _run(_ranked_candidates, document, _type_data(document_type))
    candidates = {path: [Candidate(*data) for data in several] for path, several in ranked.items()}
    return candidates, {path: made(data) for path, data in chosen.items()}


def to_fields(
    document: Document,
    document_type: DocumentType,
    metadata: Mapping[str, Any],
    source: str,
    confidence: float | Mapping[str, float] | None = None,
) -> dict[str, FieldValue]:
    """As `responses.to_fields`."""
    sure = dict(confidence) if isinstance(confidence, Mapping) else confidence
    return unpack_values(_run(_to_fields, document, _type_data(document_type), dict(metadata), source, sure))


def answered(
    document: Document,
    document_type: DocumentType,
    texts: Sequence[str],
    fields: Sequence[str] | None,
    source: str,
) -> dict[str, FieldValue]:
    """What a model answered (see `responses.parse_answer`) as field values with their places in the document, out of
    the
    first of the `texts` that has an answer in it.

    An answer may have been paid for: when no places can be found in this document its values come without.
    Raises the AnswerError of the first text when none is of use.
    """
    data, asked, given = _type_data(document_type), None if fields is None else tuple(fields), tuple(texts)
    try:
        return unpack_values(_run(_answered, document, data, given, asked, source))
    except ReadingError as error:
        log.warning("the values of an answer come without their places: %s", error)
    empty = Document(document.name, "", "", "", document.pages[:0])
    try:
        return unpack_values(_run(_answered, empty, data, given, asked, source))
    except ReadingError as error:
        raise AnswerError(error.template, **error.params) from error


def extract(document: Document, document_type: DocumentType) -> Extraction:
    """As `builtin.extractor.BuiltinExtractor.extract`. `processing_time` is that of the work, without the wait for a
    worker."""
    from extractor.extractors.confidence_curves import is_off

    return Extraction.from_dict(json.loads(_run(_extract, document, _type_data(document_type), is_off())))


def _run(function: Callable[..., Any], document: Document, *arguments: Any) -> Any:
    name, size = document.name or "text", len(document.text)
    return sandbox.run(function, *arguments, name=name, size=size, kind=TEXT, source=Source.of(document))


def _silent(done: int, of: int) -> None:
    """Progress that nobody hears still says that a page is done."""


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _type_data(document_type: DocumentType) -> TypeData:
    return document_type.key, document_type.version, document_type.schema


def _types_data(types: Mapping[str, DocumentType]) -> list[TypeData]:
    return [_type_data(document_type) for document_type in types.values()]


# What follows runs in a worker.

_MOST_TYPES = 64
_types: dict[tuple[str, str], DocumentType] = {}


def _type(data: TypeData) -> DocumentType:
    """A document type, the same object for the same schema: what is worked out for it is kept with it."""
    key, version, schema = data
    if (key, version) not in _types and len(_types) >= _MOST_TYPES:
        _types.clear()
    return _types.setdefault((key, version), DocumentType(key, schema))


def _read_and_look(
    data: bytes | Path, name: str, most: int | None, types: list[TypeData], progress: Progress
) -> tuple[Any, ...]:
    from extractor.classification.binders import propose_parts as parts_here
    from extractor.reading.formats import read, read_bytes

    document = read_bytes(data, name, progress, most) if isinstance(data, bytes) else read(data, name, progress)
    proposed = _propose_type(document, types) if types else ("", 0.0)
    return pack_document(document), len(parts_here(document)), *proposed


def _from_text(text: str, name: str) -> tuple[Any, ...]:
    from extractor.reading.text import document_from_text as from_text_here

    return pack_document(from_text_here(text, name))


def _propose_type(document: Document, types: list[TypeData]) -> tuple[str, float]:
    from extractor.classification.document_type import propose_type as propose_here

    return propose_here(document, {data[0]: _type(data) for data in types})


def _propose_parts(document: Document) -> list[tuple[int, int]]:
    from extractor.classification.binders import propose_parts as parts_here

    return [(part.first, part.last) for part in parts_here(document)]


def _count_tokens(document: Document, document_type: TypeData) -> tuple[int | None, int | None]:
    from extractor.extractors.estimates import estimate_usage

    usage = estimate_usage(document, _type(document_type))
    return usage.input_tokens, usage.output_tokens


def _ranked_candidates(document: Document, document_type: TypeData) -> tuple[dict[str, Any], dict[str, Any]]:
    from extractor.extractors.builtin.extractor import ranked_candidates as ranked_here
    from extractor.extractors.builtin.prepared_document import PreparedDocument
    from extractor.extractors.builtin.profile import type_profile

    def plain(item: Candidate | None) -> Any:
        return None if item is None else (item.value, item.start, item.end, item.score, item.alignment, item.spans)

    prepared = type_profile(_type(document_type))
    ranked, chosen = ranked_here(PreparedDocument(document, prepared), prepared)
    candidates = {path: [plain(candidate) for candidate in several] for path, several in ranked.items()}
    return candidates, {path: plain(candidate) for path, candidate in chosen.items()}


def _to_fields(
    document: Document, document_type: TypeData, metadata: dict[str, Any], source: str, confidence: Any
) -> str:
    from extractor.extractors.responses import to_fields as fields_here

    return pack_values(fields_here(document, _type(document_type), metadata, source, confidence))


def _answered(
    document: Document, document_type: TypeData, texts: Sequence[str], fields: Sequence[str] | None, source: str
) -> str:
    from extractor.extractors import responses

    known = _type(document_type)
    first: AnswerError | None = None
    for text in texts:
        try:
            read = responses.parse_answer(text, known, fields, document)
        except AnswerError as error:
            first = first or error
        else:
            values = responses.to_fields(document, known, read.metadata, source, unusable=read.unusable)
            return pack_values(values)
    assert first is not None
    raise first


def _extract(document: Document, document_type: TypeData, raw: bool) -> str:
    from contextlib import nullcontext

    from extractor.extractors.builtin.extractor import BuiltinExtractor
    from extractor.extractors.confidence_curves import uncalibrated

    with uncalibrated() if raw else nullcontext():
        return dumps(BuiltinExtractor().extract(document, _type(document_type)))
