"""From what a model wrote to field values with evidence. An answer is whole or it is an error.

Broken syntax is repaired (a trailing comma, single quotes, a code fence around it), missing content never: an
answer that was cut off is refused even where a repair would close its brackets.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from .core import Document, FieldValue
from .document_types import DocumentType, Field
from .errors import N_, AnswerError
from .evidence import align, legibility
from .normalize import normalize

_FENCE = "```"
MOST_REPAIRED = 60_000
"""Characters of broken JSON that are repaired, which takes longer than reading it does; no record has as many."""
SHOWN = 80
"""The most characters of an answer that an error message repeats."""


def parse(text: str, document_type: DocumentType, fields: Sequence[str] | None = None) -> dict[str, Any]:
    """The metadata in a model's answer: every top-level field asked for, None for what it left out.

    `fields` names the fields asked for, all of the type when None.
    Dates, amounts, choices and yes/no are normalised. A date or an e-mail address that is none is kept as
    written, for a person to see. Raises AnswerError when the answer is empty, a web page, not JSON, cut off, or
    of another shape than the schema.
    """
    body = _body(text)
    data = _load(body)
    asked = [field for field in document_type.fields if fields is None or field.name in fields]
    if not isinstance(data, dict) or not any(field.name in data for field in asked):
        template = N_("The model answered with JSON that has none of the fields asked for: “{answer}”.")
        raise AnswerError(template, answer=_short(body))
    return {field.name: _value(field, data.get(field.name)) for field in asked}


def _body(text: str) -> str:
    """The part of an answer that should be JSON, without a reasoning model's thoughts and a code fence."""
    body = re.sub(r"\A\s*<think>.*?</think>", "", text or "", flags=re.DOTALL).strip()
    if not body:
        raise AnswerError(N_("The model gave an empty answer."))
    if re.match(r"(?i)<!doctype html|<html", body):
        raise AnswerError(N_("The model's server answered with a web page, not with an answer of the model."))
    opened = body.find(_FENCE)
    closed = body.find(_FENCE, opened + len(_FENCE)) if opened >= 0 else -1
    return body[opened + len(_FENCE) : closed].removeprefix("json").strip() if closed >= 0 else body


def _load(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        pass
    except RecursionError as error:
        raise AnswerError(N_("The model's answer is nested too deeply.")) from error
    start = body.find("{")
    if start < 0:
        template = N_("The model did not answer with JSON but with “{answer}”.")
        raise AnswerError(template, answer=_short(body))
    end = body.rfind("}") + 1
    part = body[start:end]
    # json-repair would close what is open. Brackets inside strings count too: rather refuse than half an answer.
    if not part or any(body.count(a, start) > body.count(b, start) for a, b in ("{}", "[]")):
        template = N_("The model's answer is cut off: “…{answer}”. Raise max_length of this model.")
        raise AnswerError(template, answer=body[-SHOWN:])
    if len(part) > MOST_REPAIRED:
        template = N_(
            "The model answered with broken JSON of {length} characters, which is too long to be repaired. "
            "Try again or choose another model."
        )
        raise AnswerError(template, length=len(part))
    import json_repair

    return json_repair.loads(part)


def _value(field: Field, value: Any) -> Any:
    """`value` as the schema stores it. Raises AnswerError when it has another shape."""
    if value is None or value == "":
        return None
    if field.kind == "object":
        return {part.name: _value(part, _mapping(field, value).get(part.name)) for part in field.fields}
    if field.kind == "objects":
        items = [{part.name: _value(part, _mapping(field, item).get(part.name)) for part in field.fields}
                 for item in _list(field, value)]  # fmt: skip
        return [item for item in items if any(leaf is not None for leaf in item.values())] or None
    if field.kind in ("list", "choices"):
        found = [_leaf(field.item, item) for item in _list(field, value)]
        return list(dict.fromkeys(item for item in found if item is not None)) or None
    return _leaf(field, value)


def _leaf(field: Field, value: Any) -> Any:
    kind = field.kind
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, (list, Mapping)):
        raise _breaks(field, value)
    if kind == "boolean":
        return value if isinstance(value, bool) else _normalized(field, value)
    if kind in ("number", "integer"):
        if isinstance(value, bool):
            raise _breaks(field, value)
        if isinstance(value, (int, float)):
            if not math.isfinite(value) or (kind == "integer" and value != int(value)):
                raise _breaks(field, value)
            return int(value) if value == int(value) else value
        return _normalized(field, value)
    if kind == "choice":
        return value if value in field.choices else _normalized(field, value)
    if isinstance(value, bool):
        raise _breaks(field, value)
    text = str(value).strip()
    # What is no date, e-mail address or code stays as written: Review says so beside the field.
    return (normalize(field, text) or text) if kind == "date" or "pattern" in field.schema else text


def _normalized(field: Field, value: Any) -> Any:
    found = normalize(field, str(value))
    if found is None:
        raise _breaks(field, value)
    return found


def _mapping(field: Field, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise _breaks(field, value)
    return value


def _list(field: Field, value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    if isinstance(value, str) and field.kind in ("list", "choices"):
        return normalize(field, value) or [value]
    raise _breaks(field, value)


def _breaks(field: Field, value: Any) -> AnswerError:
    template = N_("The model's answer does not fit the schema: “{value}” is no value of {field}.")
    return AnswerError(template, value=_short(str(value)), field=field.path)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= SHOWN else f"{flat[:SHOWN]}…"


def to_fields(
    document: Document,
    document_type: DocumentType,
    metadata: Mapping[str, Any],
    source: str,
    confidence: float | Mapping[str, float] | None = None,
) -> dict[str, FieldValue]:
    """`metadata` (see `parse`) as field values by path, each with its place in the document, and nothing for a
    field that is no key of it.

    A value that nothing in the document supports stays, without evidence. `confidence` is for all values, or
    by path.
    """
    found: dict[str, FieldValue] = {}
    for field in document_type.fields:
        if field.name not in metadata:
            continue
        for path, leaf, value in _leaves(field, metadata[field.name], field.path):
            evidence = align(document, leaf, value)
            raw = " ".join(place.text for place in evidence) or None
            sure = confidence.get(path) if isinstance(confidence, Mapping) else confidence
            if sure is not None:
                sure = round(sure * legibility(document, evidence), 3) if value is not None else None
            found[path] = FieldValue(value, raw, evidence, sure, source)
    return found


def _leaves(field: Field, value: Any, path: str) -> list[tuple[str, Field, Any]]:
    if field.kind == "object":
        inside = value or {}
        return [leaf for part in field.fields for leaf in _leaves(part, inside.get(part.name), f"{path}.{part.name}")]
    if field.kind == "objects" and value:
        return [
            leaf
            for index, item in enumerate(value)
            for part in field.fields
            for leaf in _leaves(part, item.get(part.name), f"{path}[{index}].{part.name}")
        ]
    return [(path, field, value)]
