"""errors as JSON: a message with its code and parameters, or the finished text of before"""

import json
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "v0008"
down_revision = "v0007"
branch_labels = None
depends_on = None

# Warnings, attempts and results were JSON before; a text in them is a finished text of before.
TABLES = {"documents": "hash", "extractions": "id"}
AT_ONCE = 500


def upgrade() -> None:
    _change(json.dumps)


def downgrade() -> None:
    _change(lambda kept: _text(json.loads(kept)))
    _texts("documents", "hash", "warnings")
    _texts("extractions", "id", "attempts")
    _texts("extractions", "id", "data")
    _texts("claims", "data", "data")


def _change(change: Callable[[Any], str]) -> None:
    for name, key in TABLES.items():
        _each(name, key, "error", change)


def _texts(name: str, key: str, column: str) -> None:
    _each(name, key, column, lambda kept: json.dumps(_as_texts(json.loads(kept)), separators=(",", ":")))


def _each(name: str, key: str, column: str, change: Callable[[Any], str]) -> None:
    """Set the column of each row that has something in it to what `change` makes of it."""
    table = sa.table(name, sa.column(key), sa.column(column))
    row, kept = table.c[key], table.c[column]
    connection = op.get_bind()
    query = sa.select(row, kept).where(kept.is_not(None)).order_by(row).limit(AT_ONCE)
    batch = connection.execute(query).all()
    while batch:
        for id, data in batch:
            connection.execute(sa.update(table).where(row == id).values({column: change(data)}))
        batch = connection.execute(query.where(row > batch[-1][0])).all()


def _as_texts(data: Any) -> Any:
    """`data` with the English text in place of each message."""
    if isinstance(data, list):
        return [_as_texts(item) for item in data]
    if not isinstance(data, dict):
        return data
    if set(data) == {"code", "template", "parameters"}:
        return _text(data)
    return {name: _as_texts(item) for name, item in data.items()}


def _text(message: Any) -> str:
    if isinstance(message, str):
        return message
    parts = {name: _text(part) if isinstance(part, dict) else part for name, part in message["parameters"].items()}
    return str(message["template"].format(**parts))
