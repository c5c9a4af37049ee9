"""figures of results, prompt version, spending"""

import json

import sqlalchemy as sa
from alembic import op

revision = "v0002"
down_revision = "v0001"
branch_labels = None
depends_on = None

COLUMNS = ("prompt_version", "provider", "input_tokens", "output_tokens", "cost_usd", "seconds", "attempts")


def upgrade() -> None:
    op.create_table(
        "spending",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("most", sa.Float(), nullable=True),
        sa.Column("usd", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spending")),
    )
    op.create_index(op.f("ix_spending_made_at"), "spending", ["made_at"])
    # Not in batch mode: that drops the old table, and with it what edits refer to.
    op.add_column("extractions", sa.Column("prompt_version", sa.Text(), nullable=False, server_default=""))
    op.add_column("extractions", sa.Column("provider", sa.Text(), nullable=False, server_default=""))
    op.add_column("extractions", sa.Column("input_tokens", sa.Integer(), nullable=True))
    op.add_column("extractions", sa.Column("output_tokens", sa.Integer(), nullable=True))
    op.add_column("extractions", sa.Column("cost_usd", sa.Float(), nullable=True))
    op.add_column("extractions", sa.Column("seconds", sa.Float(), nullable=False, server_default="0"))
    op.add_column("extractions", sa.Column("attempts", sa.Text(), nullable=False, server_default="[]"))
    op.create_index(op.f("ix_extractions_created_at"), "extractions", ["created_at"])
    _fill()


def _fill() -> None:
    """The figures of the results that are there, from their data."""
    names = ("id", "data", "provider", "input_tokens", "output_tokens", "cost_usd", "seconds", "attempts")
    table = sa.table("extractions", *(sa.column(name) for name in names))
    connection = op.get_bind()
    last = 0
    while True:
        query = sa.select(table.c.id, table.c.data).where(table.c.id > last).order_by(table.c.id).limit(500)
        rows = connection.execute(query).all()
        if not rows:
            return
        for id, data in rows:
            result = json.loads(data)
            usage = result.get("usage") or {}
            figures = {
                "provider": result.get("provider") or "",
                "input_tokens": usage.get("input_tokens"),
                "output_tokens": usage.get("output_tokens"),
                "cost_usd": result.get("cost_usd"),
                "seconds": result.get("processing_time") or 0.0,
                "attempts": json.dumps(result.get("attempts") or []),
            }
            connection.execute(sa.update(table).where(table.c.id == id).values(figures))
        last = rows[-1].id


def downgrade() -> None:
    op.drop_index(op.f("ix_extractions_created_at"), "extractions")
    for column in reversed(COLUMNS):
        op.drop_column("extractions", column)
    op.drop_index(op.f("ix_spending_made_at"), "spending")
    op.drop_table("spending")
