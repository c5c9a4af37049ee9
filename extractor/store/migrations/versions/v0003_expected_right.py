"""how many right values a result promises"""

import json

import sqlalchemy as sa
from alembic import op

from extractor.core.extractions import Extraction

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
        promised = Extraction.from_dict(json.loads(data)).expected_right
        connection.execute(sa.update(table).where(table.c.id == id).values(expected_right=promised))


def downgrade() -> None:
    op.drop_column("extractions", "expected_right")
