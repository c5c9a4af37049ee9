"""What an extractor says of a document: one `FieldValue` a field with its evidence, what it used and cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from extractor.core.documents import Box
from extractor.core.messages import code_of, from_json
from extractor.core.value_path import nest

Alignment = Literal["exact", "normalized", "mark", "fuzzy", "manual"]
"""How a value was found at its evidence: letter for letter, after normalisation (a date, an amount),
by a check mark, approximately (OCR noise), or pointed at by a person."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a value stands: page (from 1), character span, one box a line (empty without page images)."""

    page: int
    start: int
    end: int
    text: str
    boxes: tuple[Box, ...] = ()
    alignment: Alignment = "exact"

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Evidence:
        """The inverse of `dataclasses.asdict`."""
        boxes = tuple(Box(**box) for box in data.get("boxes", ()))
        return cls(**{**data, "boxes": boxes})


@dataclass(frozen=True, slots=True)
class FieldValue:
    """What an extractor or a person says of one field.

    `value` is as stored: a str, number, bool, list of these, or None for "not in the document".
    `raw` is the text it was read from; without a value it is a suggestion that the extractor is not sure enough of,
    with its evidence. `confidence` is 0 to 1, None when the extractor gives none.
    `source` says who set it: a model key such as `builtin`, or `person:<name>`.
    """

    value: Any
    raw: str | None = None
    evidence: tuple[Evidence, ...] = ()
    confidence: float | None = None
    source: str = ""

    @property
    def suggestion(self) -> str | None:
        """What stands in the document where a value might be, when there is no value."""
        return self.raw if self.value is None and self.evidence else None

    @property
    def supported(self) -> bool:
        """False when there is a value that nothing in the document stands behind."""
        return self.value is None or bool(self.evidence)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> FieldValue:
        """The inverse of `dataclasses.asdict`."""
        evidence = tuple(Evidence.from_dict(item) for item in data.get("evidence", ()))
        return cls(**{**data, "evidence": evidence})


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens used by one extraction. None where the provider did not say.

    `cache_read_tokens` and `cache_write_tokens` are those of the input that have a price of their own.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0

    @property
    def counted(self) -> dict[str, int | None]:
        """The tokens read and written, for JSON."""
        return {"input_tokens": self.input_tokens, "output_tokens": self.output_tokens}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One model that was tried, and why it was left (`error`, a Message; None: it gave the result)."""

    model: str
    provider: str
    error: str | None = None
    seconds: float = 0.0
    cost_usd: float | None = None

    @property
    def error_code(self) -> str | None:
        """What the error is, whatever its wording; None when there is none."""
        return code_of(self.error)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Attempt:
        """The inverse of `dataclasses.asdict`, and of how it is stored."""
        return cls(**{**data, "error": from_json(data.get("error"))})


@dataclass(frozen=True)
class Extraction:
    """The result of one extractor on one document.

    `fields` is keyed by path: `work_title`, `parties[0].name`. A list of plain values is one entry
    whose value is the list; a list of objects has one entry a leaf.
    `document_type` is the type's title, for a person; `document_type_key` its key, which no language and no correction
    of the title changes ("" in results stored before it was kept).
    `processing_time` is in seconds. `cost_usd` is None when unknown, 0.0 when known to be free.
    `error` is a `Message` for a person (a text, with its code), None when the extraction succeeded.
    `prompt_version` is the version of what made it: of a model's prompt, of the built-in rules and what they learned.
    """

    model: str
    provider: str
    document_type: str
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    processing_time: float = 0.0
    usage: Usage = Usage()
    cost_usd: float | None = None
    error: str | None = None
    attempts: tuple[Attempt, ...] = ()
    prompt_version: str = ""
    document_type_key: str = ""

    @property
    def metadata(self) -> dict[str, Any]:
        """The values as one nested dict, shaped like the schema."""
        return nest({path: item.value for path, item in self.fields.items()})

    @property
    def confidence(self) -> float | None:
        """The mean confidence of the values that are not None; None when there is no such value."""
        known = [f.confidence for f in self.fields.values() if f.value is not None and f.confidence is not None]
        return sum(known) / len(known) if known else None

    @property
    def expected_right(self) -> float:
        """How many right values this result promises: the sum of the confidences of its supported values.

        A value without a confidence counts half.
        """
        supported = [f for f in self.fields.values() if f.value is not None and f.supported]
        return sum(0.5 if f.confidence is None else f.confidence for f in supported)

    @property
    def error_code(self) -> str | None:
        """What the error is, whatever its wording: `model-refused`. None when the extraction succeeded."""
        return code_of(self.error)

    @property
    def evidence(self) -> dict[str, list[dict[str, Any]]]:
        """The evidence of every value that has some, by path, as plain data."""
        return {path: [asdict(e) for e in item.evidence] for path, item in self.fields.items() if item.evidence}

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, errors as texts; `Extraction.from_dict` reads it back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Extraction:
        """The inverse of `to_dict`, and of how a result is stored."""
        return cls(
            **{
                **data,
                "fields": {path: FieldValue.from_dict(item) for path, item in data["fields"].items()},
                "usage": Usage(**data["usage"]),
                "attempts": tuple(map(Attempt.from_dict, data["attempts"])),
                "error": from_json(data.get("error")),
            }
        )

    def failed(self, error: str) -> Extraction:
        """This extraction without values, carrying `error`."""
        return replace(self, fields={}, error=error)
