"""What the store hands out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

from extractor.core.claims import Work
from extractor.core.document_types import DocumentType
from extractor.core.extractions import Attempt, Evidence, Extraction, FieldValue
from extractor.core.value_path import nest

State = Literal["new", "extracted", "in_review", "approved"]
STATES: tuple[State, ...] = ("new", "extracted", "in_review", "approved")
Order = Literal["needs_person", "changed", "name"]


@dataclass(frozen=True)
class DocumentRow:
    """A document as the queue shows it. `confidence` is that of the result Review shows, `error` why its model
    failed since, or why there is none.

    `forms` is how many people's forms it seems to hold (None: nobody looked), `unread` how many of its pages wait for
    text recognition. `size` is in bytes, times are aware
    UTC, `document_type` is a type's key. `review_by` is who has it open until `review_until`, in the browser session
    `review_session`; None: nobody.
    """

    hash: str
    name: str
    format: str
    document_type: str
    type_confidence: float | None
    state: State
    page_count: int
    size: int
    warnings: tuple[str, ...]
    created_at: datetime
    changed_at: datetime
    confidence: float | None = None
    error: str | None = None
    forms: int | None = None
    unread: int | None = None
    review_by: str | None = None
    review_session: str | None = None
    review_until: datetime | None = None

    def in_use(self, user: str, session: str) -> str | None:
        """Who else has the document open; None when nobody has, or this session of this person."""
        mine = (self.review_by, self.review_session) == (user, session)
        return None if mine else self.review_by


@dataclass(frozen=True)
class Busy:
    """The work is somebody else's now. Its `beat` goes up while the owner lives."""

    work: Work
    owner: str
    beat: int


@dataclass(frozen=True)
class Answered:
    """The work is done. `extraction` is the answer where the desk does not have the document; else it has it."""

    extraction: Extraction | None = None


@dataclass(frozen=True)
class SetValue:
    """A value with who set it and when. `set_by` is the person, None when a model's value stands."""

    field: FieldValue
    set_at: datetime
    set_by: str | None = None

    @property
    def value(self) -> Any:
        return self.field.value

    @property
    def source(self) -> str:
        return self.field.source

    @property
    def confidence(self) -> float | None:
        return self.field.confidence

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        return self.field.evidence

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; `from_dict` reads it back."""
        return {"field": asdict(self.field), "set_at": self.set_at.isoformat(), "set_by": self.set_by}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> SetValue:
        return cls(FieldValue.from_dict(data["field"]), datetime.fromisoformat(data["set_at"]), data["set_by"])


@dataclass(frozen=True)
class Edit:
    """One step of a document's history: a value set, or (`removed`) everything at and below `path` taken away."""

    id: int
    document_type: str
    path: str
    value: FieldValue | None
    removed: bool
    made_by: str
    made_at: datetime
    undone_at: datetime | None = None
    extraction_id: int | None = None
    session: str = ""

    @property
    def changed_at(self) -> datetime:
        """When it was made, or taken back."""
        return self.undone_at or self.made_at


class QueuePlace(NamedTuple):
    """Where a document stands among those that need a person."""

    priority: float
    created_at: datetime
    hash: str


@dataclass(frozen=True)
class Result:
    """What came of one document and one model, without its values. Times in seconds, costs in USD, None: unknown.

    `pages` are those of the document; `error` is a message for a person, None when it succeeded.
    """

    model: str
    provider: str
    document_hash: str
    pages: int
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: float | None
    seconds: float
    error: str | None
    attempts: tuple[Attempt, ...]
    created_at: datetime


@dataclass(frozen=True)
class Record:
    """A document with its values, as export wants it. An approved one carries the values as approved."""

    row: DocumentRow
    document_type: DocumentType
    values: Mapping[str, SetValue]
    approved_by: str | None = None
    approved_at: datetime | None = None

    @property
    def metadata(self) -> dict[str, Any]:
        """The values as one nested dict, shaped like the schema."""
        return nest({path: item.value for path, item in self.values.items()})
