"""Results are filed under the version that made them, and better rules read again."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from extractor.core.document_types import as_document_type
from extractor.extractors import confidence_curves, prompt
from extractor.extractors.builtin import version
from extractor.extractors.builtin.learned import library
from extractor.extractors.builtin.learned.model import TypeModel
from extractor.extractors.builtin.prepared_document import PreparedDocument
from extractor.extractors.builtin.profile import TypeProfile
from extractor.extractors.builtin.values import Candidate
from extractor.extractors.registry import create_extractor, prompt_version
from extractor.reading.text import document_from_text

PACKAGE = Path(version.__file__).parents[2]
NO_RULES = {
    "extractors/builtin/sandboxed.py", "extractors/builtin/learned/library.py", "extractors/base.py",
    "extractors/__init__.py", "classification/__init__.py", "core/__init__.py", "core/schema_check.py",
    "core/json_source.py", "core/project_files.py", "core/errors.py", "core/data_folder.py", "core/model_keys.py",
    "core/messages.py", "core/message_codes.py",
}  # fmt: skip
"""Imported by the rules, and with no part in what they find: the worker around them, checks of type files, the base
class, messages, keys of models, where files and learned models lie."""
TYPE = as_document_type({"work_title": "string"}, "계약서")
DOCUMENT = document_from_text("저작물명: 봄날의 기록\n")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RIGHTSDESK_LEARNED", str(tmp_path / "learned"))
    return tmp_path


def imported(path: Path) -> set[Path]:
    """The modules of the package that a module imports when it is imported itself."""
    found = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if not isinstance(node, ast.ImportFrom) or not (node.level or (node.module or "").startswith("extractor")):
            continue
        parts = (node.module or "").split(".") if node.module else []
        base = path.parents[node.level - 1] if node.level else PACKAGE.parent
        place = base.joinpath(*parts)
        for one in [place, *(place / alias.name for alias in node.names)]:
            found |= {file for file in (one.with_suffix(".py"), one / "__init__.py") if file.is_file()}
    return found


def test_all_that_decides_values_is_in_the_version() -> None:
    known, left = set(version.sources()), set((PACKAGE / "extractors/builtin").rglob("*.py"))
    seen: set[Path] = set()
    while left:
        path = left.pop()
        seen.add(path)
        if path.relative_to(PACKAGE).as_posix() not in NO_RULES:
            left |= imported(path) - seen
    outside = {path.relative_to(PACKAGE).as_posix() for path in seen - known}
    assert outside <= NO_RULES, "add it to SOURCES, or here when it has no part in what the rules find"
    assert len(known) > 20


def test_a_changed_rule_is_another_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = version.rules_version()
    (tmp_path / "extractors/builtin").mkdir(parents=True)
    for path in (PACKAGE / "extractors/builtin").glob("*.py"):
        (tmp_path / "extractors/builtin" / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(version, "_PACKAGE", tmp_path)
    version.rules_version.cache_clear()
    copied = version.rules_version()
    lexicon = tmp_path / "extractors/builtin/lexicon.py"
    lexicon.write_text(lexicon.read_text("utf-8") + "\nX = 1\n", "utf-8")
    version.rules_version.cache_clear()
    assert version.rules_version() != copied
    monkeypatch.undo()
    version.rules_version.cache_clear()
    assert version.rules_version() == before


def test_a_result_says_what_made_it() -> None:
    builtin = create_extractor("builtin")
    rules = builtin.extract(DOCUMENT, TYPE).prompt_version
    assert rules == builtin.version(TYPE) == prompt_version("builtin", TYPE) == version.rules_version()
    learned = library.keep(TypeModel(TYPE.key, 5, {}, {}))
    library.take_over(TYPE.key, learned)
    taught = builtin.extract(DOCUMENT, TYPE).prompt_version
    assert taught == builtin.version(TYPE) == f"{rules}-{learned}"
    confidence_curves.keep("builtin", ((0.1, 0.2), (0.9, 0.8)))
    curved = builtin.extract(DOCUMENT, TYPE).prompt_version
    assert curved == builtin.version(TYPE) and curved.startswith(f"{taught}-c")
    confidence_curves.keep("builtin", ((0.1, 0.3), (0.9, 0.8)))
    assert builtin.version(TYPE) not in (curved, taught)
    with confidence_curves.uncalibrated():
        assert builtin.extract(DOCUMENT, TYPE).prompt_version == taught


def test_what_takes_over_while_a_document_is_read_does_not_change_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    from extractor.extractors.builtin import extractor as package

    before = create_extractor("builtin").version(TYPE)
    ranked = package.ranked_candidates

    def slow(
        scene: PreparedDocument, prepared: TypeProfile
    ) -> tuple[dict[str, list[Candidate]], dict[str, Candidate | None]]:
        library.take_over(TYPE.key, library.keep(TypeModel(TYPE.key, 5, {}, {})))
        return ranked(scene, prepared)

    monkeypatch.setattr(package, "ranked_candidates", slow)
    builtin = package.BuiltinExtractor()
    assert builtin.extract(DOCUMENT, TYPE).prompt_version == before != builtin.version(TYPE)


def test_a_local_model_has_a_curve_in_its_version() -> None:
    assert prompt_version("local_x", TYPE) == prompt.VERSION
    confidence_curves.keep("local_x", ((0.1, 0.2), (0.9, 0.8)))
    assert prompt_version("local_x", TYPE).startswith(f"{prompt.VERSION}-c")
    assert prompt_version("cloud_x", TYPE) == prompt_version("hybrid", TYPE) == prompt.VERSION
