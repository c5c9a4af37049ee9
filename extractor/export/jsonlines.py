"""JSON Lines: one document a line, complete."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from extractor.core.value_path import compact

if TYPE_CHECKING:
    from extractor.store import Record, SetValue

# Lone surrogates cannot be written as UTF-8, and many readers take the others for the end of a line.
_ESCAPED = re.compile("[\ud800-\udfff\u0085\u2028\u2029]")


def json_line(data: Any) -> str:
    """`data` as one line of JSON with Korean readable, valid UTF-8 whatever the text. No line end."""
    line = json.dumps(data, ensure_ascii=False)
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", line)


def json_lines(records: Iterable[Record], language: str) -> bytes:
    return "".join(json_line(_as_object(record, language)) + "\n" for record in records).encode()


def _as_object(record: Record, language: str) -> dict[str, Any]:
    return {
        "file": record.row.name,
        "hash": record.row.hash,
        "document_type": record.document_type.title(language),
        "document_type_key": record.document_type.key,
        "state": record.row.state,
        "approved_by": record.approved_by,
        "approved_at": record.approved_at.isoformat() if record.approved_at else None,
        "metadata": record.metadata,
        "provenance": {path: _provenance(item) for path, item in compact(record.values).items()},
    }


def _provenance(item: SetValue) -> dict[str, Any]:
    return {
        "value": item.value,
        "source": item.source,
        "set_by": item.set_by,
        "set_at": item.set_at.isoformat(),
        "confidence": item.confidence,
        "evidence": [asdict(evidence) for evidence in item.evidence],
    }
