"""Run by Alembic. The connection, with its transaction begun, comes from `extractor.store.engine.migrate`."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from extractor.store.tables import UtcDateTime, metadata


def render_item(kind: str, item: Any, _autogenerate: Any) -> str | Literal[False]:
    """A migration is history: it must not change with the code, so it names no class of ours."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite cannot alter a column in place: batch mode copies the table.
    render_as_batch=True,
    render_item=render_item,
)
context.run_migrations()
