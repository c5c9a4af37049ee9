"""claims: who asks a model for a document now; the month that a call counts in"""

import sqlalchemy as sa
from alembic import op

revision = "v0007"
down_revision = "v0006"
branch_labels = None
depends_on = None

KEY = ("hash", "document_type", "type_version", "model", "prompt_version")


def upgrade() -> None:
    op.create_table(
        "claims",
        *(sa.Column(name, sa.Text(), primary_key=True) for name in KEY),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("beat", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("data", sa.Text()),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
    )
    op.create_index(op.f("ix_claims_owner"), "claims", ["owner"])
    op.add_column("spending", sa.Column("month", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("spending", "month")
    op.drop_index(op.f("ix_claims_owner"), "claims")
    op.drop_table("claims")
