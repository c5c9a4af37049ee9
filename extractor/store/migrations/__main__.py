"""Write a migration for what changed in tables.py: `python -m extractor.store.migrations "add a column"`.

Read the file it writes before committing it: renames, for one, are seen as a removal and an addition.
"""

from __future__ import annotations

import sys
import tempfile

from alembic import command
from alembic.script import ScriptDirectory

from extractor.store.engine import alembic_config, open_engine


def main(message: str) -> None:
    config = alembic_config()
    number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
    with tempfile.TemporaryDirectory() as folder, open_engine(f"sqlite:///{folder}/now.db").connect() as connection:
        config.attributes["connection"] = connection
        command.revision(config, message, autogenerate=True, rev_id=f"v{number:04d}")


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]) or sys.exit(__doc__))
