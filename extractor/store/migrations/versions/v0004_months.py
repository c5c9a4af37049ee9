"""what each month has cost"""

from collections import Counter

import sqlalchemy as sa
from alembic import op

revision = "v0004"
down_revision = "v0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    months = op.create_table(
        "months",
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("usd", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_months")),
    )
    spending = sa.table("spending", sa.column("made_at", sa.DateTime()), sa.column("most"), sa.column("usd"))
    counted = sa.func.coalesce(spending.c.usd, spending.c.most, 0.0)
    total: Counter[str] = Counter()
    for made_at, usd in op.get_bind().execute(sa.select(spending.c.made_at, counted)):
        total[f"{made_at:%Y-%m}"] += usd
    for month, usd in total.items():
        op.execute(sa.insert(months).values(month=month, usd=usd))


def downgrade() -> None:
    op.drop_table("months")
