"""how many right values a result promises"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "v0003"
down_revision = "v0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("extractions", sa.Column("expected_right", sa.Float(), nullable=False, server_default="0"))
    table = sa.table("extractions", *(sa.column(name) for name in ("id", "data", "expected_right")))
    connection = op.get_bind()
    for id in connection.scalars(sa.select(table.c.id)).all():
        data = connection.execute(sa.select(table.c.data).where(table.c.id == id)).scalar_one()
        promised = sum(_confidence(value) for value in json.loads(data)["fields"].values())
        connection.execute(sa.update(table).where(table.c.id == id).values(expected_right=promised))


def _confidence(value: dict[str, Any]) -> float:
    """What a value promised when this step was made: its confidence, 0.5 where it has none, 0 without evidence."""
    if value["value"] is None or not value.get("evidence"):
        return 0.0
    confidence = value.get("confidence")
    return 0.5 if confidence is None else confidence


def downgrade() -> None:
    op.drop_column("extractions", "expected_right")
