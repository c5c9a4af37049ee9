"""The tables. A change here needs a migration: `python -m extractor.store.migrations "what changes"`.

Text that comes out of documents may hold NULs and lone surrogates, which databases refuse. It is kept
as compressed bytes (pages) or as JSON in ASCII (values).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC datetimes, also in databases that forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _document_hash(**options: Any) -> Column[str]:
    return Column("document_hash", Text, ForeignKey("documents.hash", ondelete="CASCADE"), nullable=False, **options)


documents = Table(
    "documents",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("document_type", Text, nullable=False),
    Column("type_confidence", Float),
    Column("state", Text, nullable=False),
    Column("page_count", Integer, nullable=False),
    Column("forms", Integer),
    Column("unread", Integer),
    Column("size", BigInteger, nullable=False),
    Column("warnings", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("confidence", Float),
    Column("error", Text),
    Column("priority", Float, nullable=False),
    Column("heading", Text, nullable=False),
    Column("search_text", Text, nullable=False),
    # The lease of whoever has the document open: see `leases.py`.
    Column("review_by", Text),
    Column("review_session", Text),
    Column("review_until", UtcDateTime),
)

# One index for each order of the queue, with and without a filter, so that a page of it is read without sorting.
for _filter in ([], ["state"], ["document_type"]):
    for _order in (["priority", "created_at"], ["changed_at"], ["name_key"]):
        Index(None, *(documents.c[name] for name in (*_filter, *_order, "hash")))
Index(None, documents.c.document_type, documents.c.state)

pages = Table(
    "pages",
    metadata,
    _document_hash(primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("start", Integer, nullable=False),
    Column("stop", Integer, nullable=False),
    Column("width", Float, nullable=False),
    Column("height", Float, nullable=False),
    Column("text", LargeBinary, nullable=False),
    Column("words", LargeBinary, nullable=False),
)

cells = Table(
    "cells",
    metadata,
    _document_hash(primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

type_versions = Table(
    "type_versions",
    metadata,
    Column("key", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("schema", Text, nullable=False),
)

extractions = Table(
    "extractions",
    metadata,
    Column("id", Integer, primary_key=True),
    _document_hash(),
    Column("document_type", Text, nullable=False),
    Column("type_version", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("prompt_version", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("confidence", Float),
    Column("error", Text),
    # Also in `data`; apart so that the figures of many results are read without their values.
    Column("provider", Text, nullable=False),
    Column("input_tokens", Integer),
    Column("output_tokens", Integer),
    Column("cost_usd", Float),
    Column("seconds", Float, nullable=False),
    Column("attempts", Text, nullable=False),
    Column("expected_right", Float, nullable=False),
    Column("data", Text, nullable=False),
    Index(None, "document_hash", "document_type", "id"),
    Index(None, "created_at"),
)

# What calls cost, deleted documents included. `usd` None: the call is at work, was cut off, or nobody knows;
# then `most` counts.
spending = Table(
    "spending",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("model", Text, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    # Where it counts: not before a month that was seen already, whatever the clock says. None: that of `made_at`.
    Column("month", Text),
    Column("most", Float),
    Column("usd", Float),
    Index(None, "made_at"),
)

# What the calls of a month (`2026-11`, UTC) in `spending` add up to, so that no call has to add them up.
months = Table(
    "months",
    metadata,
    Column("month", Text, primary_key=True),
    Column("usd", Float, nullable=False),
)

# Who asks a model for a document now (see `claims`); for documents that the desk does not have also its answer.
claims = Table(
    "claims",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("document_type", Text, primary_key=True),
    Column("type_version", Text, primary_key=True),
    Column("model", Text, primary_key=True),
    Column("prompt_version", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("beat", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("data", Text),
    Column("answered_at", UtcDateTime),
    Index(None, "owner"),
)

edits = Table(
    "edits",
    metadata,
    Column("id", Integer, primary_key=True),
    _document_hash(),
    Column("document_type", Text, nullable=False),
    Column("extraction_id", Integer, ForeignKey("extractions.id", ondelete="SET NULL")),
    Column("path", Text, nullable=False),
    Column("value", Text),
    Column("removed", Boolean, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    # The browser session it was made in; empty for edits of scripts, and of before there were sessions.
    Column("session", Text, nullable=False, server_default=""),
    Column("undone_by", Text),
    Column("undone_at", UtcDateTime),
    Index(None, "document_hash", "id"),
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", Integer, primary_key=True),
    _document_hash(),
    Column("document_type", Text, nullable=False),
    Column("type_version", Text, nullable=False),
    Column("last_edit_id", Integer, nullable=False),
    Column("approved_by", Text, nullable=False),
    Column("approved_at", UtcDateTime, nullable=False),
    Column("data", Text, nullable=False),
    Index(None, "document_hash", "document_type", "id"),
)
