"""The catalogues: extract messages from the code, update the translations, compile them. `make catalogues`."""

from __future__ import annotations

import ast
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent
DOMAIN = "rightsdesk"
MARKS = {"_", "N_"}
# The same for everybody, so that only what was translated shows in a diff.
UNDATED = datetime(2026, 1, 1, tzinfo=UTC)


def extracted() -> Catalog:
    """Every message of the code, with the files it stands in."""
    catalogue = Catalog(project="Rightsdesk", charset="utf-8", creation_date=UNDATED, revision_date=UNDATED)
    files = [ROOT / "app.py", *sorted((ROOT / "extractor").rglob("*.py")), *sorted((ROOT / "pages").rglob("*.py"))]
    for path in files:
        for line, message in messages_in(path.read_text(encoding="utf-8")):
            catalogue.add(message, locations=[(path.relative_to(ROOT).as_posix(), line)])
    return catalogue


def messages_in(source: str) -> list[tuple[int, str]]:
    """Line and text of every message of a Python source. Babel's own extractor does not see into f-strings."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and len(node.args) == 1)
    return [
        (call.lineno, call.args[0].value)
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id in MARKS
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    ]


def update(path: Path, messages: Catalog) -> Catalog:
    """Bring a translation up to date with the code, write it and compile it."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.parts[-3])
    catalogue.update(messages, no_fuzzy_matching=True, keep_user_comments=True)
    catalogue.obsolete.clear()
    catalogue.creation_date = catalogue.revision_date = UNDATED
    with path.open("wb") as file:
        write_po(file, catalogue, width=120, sort_output=True, include_lineno=False)
    with path.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalogue)
    return catalogue


def untranslated(catalogue: Catalog) -> list[str]:
    """The messages that have no translation, or one that still has to be looked at."""
    return [str(message.id) for message in catalogue if message.id and (not message.string or message.fuzzy)]


def main() -> int:
    messages, missing = extracted(), 0
    for path in sorted(FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po")):
        left = untranslated(update(path, messages))
        missing += len(left)
        print(f"{path.relative_to(ROOT)}: {len(messages)} messages, {len(left)} to translate")
        for message in left:
            print(f"  {message}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
