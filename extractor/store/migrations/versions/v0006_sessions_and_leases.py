"""sessions of edits, leases of opened documents"""

import sqlalchemy as sa
from alembic import op

revision = "v0006"
down_revision = "v0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in batch mode: that drops the old table, and with it what edits refer to.
    op.add_column("edits", sa.Column("session", sa.Text(), server_default="", nullable=False))
    op.add_column("documents", sa.Column("review_by", sa.Text(), nullable=True))
    op.add_column("documents", sa.Column("review_session", sa.Text(), nullable=True))
    op.add_column("documents", sa.Column("review_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for name in ("review_until", "review_session", "review_by"):
        op.drop_column("documents", name)
    op.drop_column("edits", "session")
