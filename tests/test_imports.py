"""`extractor` stays light and knows nothing of the app."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = {
    "streamlit",
    "pandas",
    "torch",
    "transformers",
    "sqlalchemy",
    "alembic",
    "pypdfium2",
    "PIL",
    "jsonschema",
    "openpyxl",
    "dochan",
    "click",
}


def loaded_after(code: str) -> set[str]:
    command = [sys.executable, "-c", f"{code}\nimport sys; print(*{{name.partition('.')[0] for name in sys.modules}})"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, check=True)
    return set(result.stdout.split())


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert not loaded_after("import extractor") & HEAVY


@pytest.mark.parametrize(
    "module", ["core.documents", "core.document_types", "export", "desk.runs", "core.errors", "core.messages"]
)
def test_these_modules_load_nothing_heavy_either(module: str) -> None:
    assert not loaded_after(f"import extractor.{module}") & HEAVY


def test_the_test_would_see_a_heavy_import() -> None:
    assert "sqlalchemy" in loaded_after("import extractor.store") & HEAVY


def imports(path: Path) -> set[str]:
    """The top-level names of all packages that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.partition(".")[0])
    return found


def test_the_extractor_knows_nothing_of_the_app() -> None:
    files = list((ROOT / "extractor").rglob("*.py"))
    assert len(files) > 20
    for path in files:
        assert not imports(path) & {"streamlit", "pages", "app"}, path


def test_the_paths_that_the_docs_named_are_still_there() -> None:
    code = "from extractor.errors import BudgetError; from extractor.local.cache import download"
    assert not loaded_after(code) & (HEAVY - {"jsonschema"})
