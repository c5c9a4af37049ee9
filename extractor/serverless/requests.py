"""A request, whatever platform it came in by: understood, carried out, answered.

The body is JSON (`{"text": …}` or `{"file": base64, "filename": …}` with `schema`, `document_type`, `model`), a form
with an uploaded file, the bytes of a document, or plain text; then the options stand in the query.
"""

from __future__ import annotations

import base64
import binascii
import json
import logging
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any

from extractor.core.document_types import DocumentType, as_document_type
from extractor.core.documents import Document
from extractor.core.errors import (
    AuthenticationError,
    BusyError,
    ConfigError,
    ReadingError,
    RightsdeskError,
    SchemaError,
)
from extractor.core.extractions import Extraction
from extractor.core.messages import OTHER, Message
from extractor.core.model_keys import BUILTIN, HYBRID
from extractor.extractors.base import Extractor
from extractor.extractors.registry import create_extractor

log = logging.getLogger(__name__)

MAX_BYTES = 6 * 1024 * 1024
"""What Lambda takes in one request. RIGHTSDESK_MAX_BYTES sets another limit."""
OPTIONS = ("schema", "document_type", "model", "strategy", "filename", "again")
DOCUMENTS = ("application/pdf", "application/octet-stream", "application/vnd.openxmlformats-officedocument")


class BadRequestError(Exception):
    """A request that is not carried out: an HTTP status and a message for whoever sent it."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Call:
    """What is asked for: a text or a file's bytes, and the options as they were sent."""

    text: str | None = None
    file: bytes | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """An HTTP status and the JSON object of the body."""

    status: int
    body: Mapping[str, Any]

    @property
    def json(self) -> str:
        return json.dumps(self.body, ensure_ascii=False)


def limit() -> int:
    """The most bytes of a body, and of a document in it."""
    try:
        return int(os.environ.get("RIGHTSDESK_MAX_BYTES") or MAX_BYTES)
    except ValueError:
        return MAX_BYTES


def from_http(method: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, str]) -> Call:
    """The call of an HTTP request. Raises RequestError."""
    if method.upper() != "POST":
        raise BadRequestError(405, "Send the document with POST.")
    check_size(len(body))
    if not body:
        raise BadRequestError(400, "The body is empty. Send JSON, a form with a file, a document or plain text.")
    named = {name.lower(): value for name, value in headers.items()}
    content_type = named.get("content-type", "application/json")
    kind = content_type.partition(";")[0].strip().lower()
    options = {name: query[name] for name in OPTIONS if name in query}
    if kind == "application/json" or kind.endswith("+json"):
        return from_object(_json(body), options)
    if kind == "multipart/form-data":
        return _form(content_type, body, options)
    if kind.startswith("text/"):
        return Call(text=_text(body), options=options)
    if kind.startswith(DOCUMENTS):
        return Call(file=body, options=options)
    raise BadRequestError(
        415, f"A body of type {kind} is not understood. Send JSON, a form, a PDF, DOCX or plain text."
    )


def from_object(data: Any, options: Mapping[str, Any] | None = None) -> Call:
    """The call of a JSON object, with `options` that it may override. Raises RequestError."""
    if not isinstance(data, Mapping):
        raise BadRequestError(400, "The request must be a JSON object.")
    merged = {**(options or {}), **{name: data[name] for name in OPTIONS if data.get(name) is not None}}
    text, file = data.get("text"), data.get("file")
    if (text is None) == (file is None):
        raise BadRequestError(400, "Give either “text” or “file” (base64).")
    if text is not None:
        if not isinstance(text, str):
            raise BadRequestError(400, "“text” must be a string.")
        check_size(len(text.encode("utf-8", "replace")))
        return Call(text=text, options=merged)
    try:
        content = base64.b64decode(file or "", validate=True)
    except (binascii.Error, ValueError, TypeError) as error:
        raise BadRequestError(400, "“file” is not valid base64.") from error
    check_size(len(content))
    return Call(file=content, options=merged)


def check_size(size: int) -> None:
    """Raise RequestError when `size` bytes are too many."""
    if size > limit():
        raise BadRequestError(413, f"{size:,} bytes are more than the {limit():,} that are taken.")


def carry_out(call: Call) -> Answer:
    """Extract, and answer. Whatever goes wrong is an answer too, with a status that fits."""
    try:
        return _extract(call)
    except BadRequestError as problem:
        return problem_answer(problem)
    except (SchemaError, ConfigError) as error:
        return _error(400, error.message)
    except BusyError as error:
        return _error(503, error.message)
    except ReadingError as error:
        return _error(422, error.message)
    except AuthenticationError as error:
        return _error(500, error.message)  # The key is the function's own, so is the fault.
    except RightsdeskError as error:
        return _error(502, error.message)
    except Exception:
        log.exception("A request failed")
        return _error(500, "Something went wrong here. The log of the function says what.", "unexpected-error")


def problem_answer(problem: BadRequestError) -> Answer:
    return _error(problem.status, problem.args[0], "bad-request")


def _error(status: int, message: str, code: str = OTHER) -> Answer:
    """`code` is that of a message without one of its own."""
    known = message.code if isinstance(message, Message) else code
    return Answer(status, {"error": message, "error_code": known, "status": status})


def _extract(call: Call) -> Answer:
    from extractor.core.document_types import read_document_types
    from extractor.extractors.sandboxed_text import document_from_text, propose_type, read_and_look

    extractor = _with_budget(*_model(call.options))
    types, problems = read_document_types()
    for problem in problems:
        log.warning("A document type is left out: %s", problem)
    document_type = _type(call.options, types)
    asked = {} if document_type else types
    if call.file is not None:
        looked = read_and_look(call.file, str(call.options.get("filename") or "document"), asked)
        document, key = looked.document, looked.document_type
    else:
        document = document_from_text(call.text or "")
        key = propose_type(document, asked)[0] if asked else ""
    extraction = _ask(extractor, document, document_type or types[key], call.options)
    body = {
        "document_type": extraction.document_type,
        "document_type_key": extraction.document_type_key,
        "model": extraction.model,
        "provider": extraction.provider,
        "metadata": extraction.metadata,
        "evidence": extraction.evidence,
        "sources": {path: value.source for path, value in extraction.fields.items() if value.value is not None},
        "confidence": extraction.confidence,
        "usage": extraction.usage.counted,
        "cost_usd": extraction.cost_usd,
        "processing_time": extraction.processing_time,
        "attempts": [asdict(attempt) | {"error_code": attempt.error_code} for attempt in extraction.attempts],
        "error": extraction.error,
        "error_code": extraction.error_code,
    }
    if extraction.error is None:
        return Answer(200, body)
    return Answer(502, {**body, "status": 502})


def _ask(
    extractor: Extractor, document: Document, document_type: DocumentType, options: Mapping[str, Any]
) -> Extraction:
    """The result. Where the function has a store, what costs money is asked once, and again only when it says so."""
    from extractor.desk.claiming import Claimant, ask_once
    from extractor.desk.ledger import open_ledger

    again = str(options.get("again", False)).lower()  # In a query it is text.
    if again not in ("true", "false"):
        raise BadRequestError(400, "“again” must be true or false.")
    store = open_ledger() if extractor.paid else None
    if store is None:
        return extractor.extract(document, document_type)
    claims = Claimant(store)
    try:
        since = store.last_result() if again == "true" else None
        return ask_once(claims, store, extractor, document, document_type, since)[0]
    finally:
        claims.close()


def _model(options: Mapping[str, Any]) -> tuple[str, str | None]:
    model, strategy = options.get("model"), options.get("strategy")
    if model is not None and strategy is not None:
        raise BadRequestError(400, "Give either “model” or “strategy”.")
    for value in (model, strategy):
        if value is not None and not isinstance(value, str):
            raise BadRequestError(400, "“model” and “strategy” must be strings.")
    if strategy is not None:
        return HYBRID, strategy
    return model or os.environ.get("RIGHTSDESK_MODEL") or BUILTIN, None


def _with_budget(model: str, strategy: str | None) -> Extractor:
    """The extractor for one request, which is a run of its own."""
    from extractor.extractors.cloud.budgeted import BudgetedExtractor
    from extractor.extractors.cloud.extractor import CloudExtractor
    from extractor.extractors.hybrid.extractor import HybridExtractor
    from extractor.spending.budget import Budget

    extractor = _extractor(model)
    if isinstance(extractor, HybridExtractor):
        extractor = extractor.with_budget(Budget())
        if strategy is not None:
            extractor.switch_strategy(strategy)
    elif isinstance(extractor, CloudExtractor):
        return BudgetedExtractor(extractor, Budget())
    return extractor


@lru_cache(maxsize=32)
def _extractor(model: str) -> Extractor:
    """Kept between requests, and with it its connections to providers."""
    return create_extractor(model)


def _type(options: Mapping[str, Any], types: Mapping[str, DocumentType]) -> DocumentType | None:
    """The document type asked for: a schema, or the key or title of a type; None to recognise it."""
    schema, name = options.get("schema"), options.get("document_type")
    if name is not None and not isinstance(name, str):
        raise BadRequestError(400, "“document_type” must be a string.")
    if isinstance(schema, str):
        schema = _json(schema.encode())
    if schema is not None:
        if not isinstance(schema, Mapping):
            raise BadRequestError(400, "“schema” must be a JSON object.")
        return as_document_type(schema, name or "")
    if name is None:
        return None
    wanted = name.strip().casefold()
    for key, document_type in types.items():
        if wanted in (key.casefold(), document_type.title("ko").casefold(), document_type.title("en").casefold()):
            return document_type
    raise BadRequestError(400, f"There is no document type “{name}”. Known types: {', '.join(types)}.")


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequestError(400, f"This is not valid JSON: {str(error)[:100]}") from error


def _text(body: bytes) -> str:
    from extractor.reading.sandboxed import read_bytes_sandboxed

    try:
        return read_bytes_sandboxed(body, "text.txt").text
    except ReadingError as error:
        raise BadRequestError(503 if isinstance(error, BusyError) else 422, error.message) from error


def _form(content_type: str, body: bytes, options: dict[str, Any]) -> Call:
    """A form: one part `file`, or a part `text`, and the options as parts."""
    from email.parser import BytesParser
    from email.policy import HTTP

    header = f"Content-Type: {content_type}\r\n\r\n".encode("utf-8", "replace")
    message = BytesParser(policy=HTTP).parsebytes(header + body)
    if not message.is_multipart():
        raise BadRequestError(400, "The form has no parts. Is its boundary missing?")
    text: str | None = None
    file: bytes | None = None
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition") or "")
        content = part.get_payload(decode=True)
        content = content if isinstance(content, bytes) else b""
        if name == "file":
            file = content
            options = {"filename": part.get_filename() or "document", **options}
        elif name == "text":
            text = content.decode("utf-8", "replace")
        elif name in OPTIONS:
            options = {**options, name: content.decode("utf-8", "replace")}
    if (text is None) == (file is None):
        raise BadRequestError(400, "The form needs either a part “file” or a part “text”.")
    return Call(text, file, options)
