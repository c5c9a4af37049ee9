"""forms of a binder, pages still to be recognised"""

import sqlalchemy as sa
from alembic import op

revision = "v0005"
down_revision = "v0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not in batch mode: that drops the old table, and with it what edits refer to.
    op.add_column("documents", sa.Column("forms", sa.Integer(), nullable=True))
    op.add_column("documents", sa.Column("unread", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("documents", "unread")
    op.drop_column("documents", "forms")
