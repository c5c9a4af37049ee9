"""Eight ranks of modules, one direction (docs/architecture.md), and that the guard sees an arrow upwards."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
VAGUE = ("found", "told", "one", "place")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", code, "--no-cache", "--config", str(folder / "pyproject.toml")],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in ("extractor", "pages"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_import_goes_down() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("file", "line", "arrow"),
    [
        ("core/errors.py", "from extractor.reading import content", "extractor.core {} extractor.reading"),
        ("store/files.py", "def _late():\n    from extractor.desk import runs", "extractor.store {} extractor.desk"),
        ("desk/runs.py", "import streamlit", "extractor {} streamlit"),
        ("quality/accuracy.py", "import torch", "extractor.quality {} torch"),
        ("newcomer.py", "", "newcomer"),
    ],
)
def test_an_arrow_upwards_is_seen(copy: Path, file: str, line: str, arrow: str) -> None:
    with (copy / "extractor" / file).open("a", encoding="utf-8") as code:
        code.write(f"\n{line}\n")
    done = lint(copy)
    assert done.returncode == 1
    assert arrow.format("is not allowed to import") in done.stdout


@pytest.mark.parametrize("folder", ["extractor", "pages"])
def test_variables_have_the_names_of_what_they_hold(folder: str) -> None:
    vague = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.arg):
                name = node.arg
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                name = node.id
            else:
                continue
            if name in VAGUE:
                vague.append(f"{path.relative_to(ROOT)}:{node.lineno}: {name}")
    assert vague == []
