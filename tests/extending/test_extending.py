"""A package of somebody else, really installed, extends every registry; a broken one costs nobody anything."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = Path(__file__).parent / "example_package"
DOCS = ROOT / "docs" / "extending.md"
KV = "#kv\n저작물명 = 은빛 강가의 노래\n계약일 = 2026년 3월 2일\n"
BROKEN = {
    "formats": {"pdf": "broken:FORMAT", "bad": "broken_at_import:FORMAT", "worse": "broken:READER"},
    "extractors": {"bad": "broken:SOURCE", "quits": "broken_exit:SOURCE"},
    "exports": {"csv": "broken:EXPORT", "bad": "broken:FORMAT"},
    "ocr_engines": {"bad": "broken_at_import:ENGINE"},
    "providers": {"bad": "broken:PROVIDER"},
}
BROKEN_MODULES = {
    "broken": """
from pathlib import Path
from extractor.reading.formats import Format
from extractor.extractors.base import Source
FORMAT = Format(("pdf", "txt"), "no_such_module")
READER = Format(("worse",), "no_such_module")
SOURCE = Source(lambda setup: 1 / 0, lambda key, setup: 1 / 0)
EXPORT = 3
PROVIDER = Path(__file__).with_name("provider.yaml")
""",
    "broken_at_import": "raise RuntimeError('out of order')",
    "broken_exit": "import sys; sys.exit(3)",
}
EXPORT = """
import sys
from types import SimpleNamespace
from extractor.export import FORMATS, export
record = SimpleNamespace(row=SimpleNamespace(name="은빛.kv"), values={"work_title": 1})
print(list(FORMATS))
print(export([record], "haneul_tsv", "en").decode())
"""

ENTRIES = """
from extractor.core import registry
from extractor.export import FORMATS
from extractor.reading import formats
print(formats.suffixes(), list(FORMATS), FORMATS["csv"].title, *registry.problems(), sep="\\n")
"""

HERE = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from extractor.reading.sandboxed import read_sandboxed
print(read_sandboxed(Path("a.kv"), "a.kv").format)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which pip installed the example."""
    folder = tmp_path_factory.mktemp("site")
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check", "-q")
    command = [sys.executable, "-m", "pip", "install", *options, "--target", str(folder), str(EXAMPLE)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A folder with a package whose every plugin is broken."""
    folder = tmp_path / "broken_site"
    metadata = folder / "rightsdesk_broken-1.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: rightsdesk-broken\nVersion: 1\n")
    groups = (f"[rightsdesk.{group}]\n" + "".join(f"{key} = {value}\n" for key, value in entries.items())
              for group, entries in BROKEN.items())  # fmt: skip
    (metadata / "entry_points.txt").write_text("\n".join(groups))
    for name, code in BROKEN_MODULES.items():
        (folder / f"{name}.py").write_text(code)
    (folder / "provider.yaml").write_text("providers:\n  bad: {title: Bad}\n")
    return folder


def run(site: Path, folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A Python that sees the packages of `site`, called in `folder`."""
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    own = {"PYTHONPATH": f"{site}{os.pathsep}{ROOT}", "RIGHTSDESK_DATA": str(folder / "data")}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=folder, env={**kept, **own, **variables}, capture_output=True, text=True, timeout=300
    )


def extracted(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    line: dict[str, Any] = json.loads(done.stdout)
    return line


def test_a_file_of_the_format_is_read_and_its_extractor_asked(site: Path, tmp_path: Path) -> None:
    (tmp_path / "은빛.kv").write_text(KV, encoding="utf-8")
    arguments = ("-m", "extractor", "extract", "은빛.kv", "--type", "contract", "--model", "haneul")
    line = extracted(run(site, tmp_path, *arguments))
    assert (line["model"], line["error"]) == ("haneul", None)
    assert line["metadata"]["work_title"] == "은빛 강가의 노래"
    assert line["evidence"]["work_title"][0]["text"] == "은빛 강가의 노래"


def test_a_package_that_this_process_alone_can_see_is_seen_by_the_sandbox(site: Path, tmp_path: Path) -> None:
    (tmp_path / "a.kv").write_text(KV, encoding="utf-8")
    done = run(ROOT, tmp_path, "-c", HERE, str(site))
    assert done.stdout == "kv\n", done.stderr


def test_what_is_not_of_the_format_is_refused(site: Path, tmp_path: Path) -> None:
    (tmp_path / "no.kv").write_text("just a text", encoding="utf-8")
    line = json.loads(run(site, tmp_path, "-m", "extractor", "extract", "no.kv").stdout)
    assert line["error"].startswith("no.kv is not what its name says: inside it is plain text.")
    (tmp_path / "none.kv").write_text("#kv\n", encoding="utf-8")
    line = json.loads(run(site, tmp_path, "-m", "extractor", "extract", "none.kv").stdout)
    assert line["error"] == "none.kv has no fields. Write one a line: name = value."


def test_its_provider_and_extractor_are_listed(site: Path, tmp_path: Path) -> None:
    done = run(site, tmp_path, "-m", "extractor", "models", HANEUL_API_KEY="sk-of-nobody")
    lines = {line.split("\t")[0]: line for line in done.stdout.splitlines()}
    assert lines["cloud_haneul_small"] == "cloud_haneul_small\tHaneul Small\thaneul\thaneul-small-1\t0.2/0.8\tavailable"
    assert lines["haneul"] == "haneul\tHaneul lines\thaneul\t\tfree\tavailable"
    without = run(site, tmp_path, "-m", "extractor", "models").stdout
    assert "There is no key for Haneul AI. Set the variable HANEUL_API_KEY." in without


def test_the_users_own_configuration_goes_before_its_provider(site: Path, tmp_path: Path) -> None:
    own = """
providers: {haneul: {title: Ours, base_url: http://127.0.0.1:9/v1, enabled: false}}
models: {haneul_large: {provider: haneul, model_id: large}}
"""
    (tmp_path / "cloud.yaml").write_text(own, encoding="utf-8")
    done = run(site, tmp_path, "-m", "extractor", "models", RIGHTSDESK_CLOUD_CONFIG="cloud.yaml")
    lines = [line for line in done.stdout.splitlines() if line.startswith("cloud_")]
    assert [line.split("\t")[0] for line in lines] == ["cloud_haneul_large", "cloud_haneul_small"]
    assert all("The provider Ours is switched off" in line for line in lines)


def test_its_export_format_is_offered(site: Path, tmp_path: Path) -> None:
    done = run(site, tmp_path, "-c", EXPORT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "['xlsx', 'csv', 'csv_provenance', 'jsonl', 'haneul_tsv']", "File\tValues", "은빛.kv\t1", "",
    ]  # fmt: skip


def test_its_ocr_engine_can_be_chosen(site: Path, tmp_path: Path) -> None:
    from PIL import Image, ImageDraw

    page = Image.new("L", (827, 1169), "white")
    ImageDraw.Draw(page).text((200, 480), "anything", fill=0, font_size=40)
    page.save(tmp_path / "scan.png", dpi=(100, 100))
    config = "text_recognition: {engine: haneul}\n"
    (tmp_path / "models.yaml").write_text(config, encoding="utf-8")
    arguments = ("-m", "extractor", "extract", "scan.png", "--type", "contract")
    line = extracted(run(site, tmp_path, *arguments, RIGHTSDESK_MODEL_CONFIG="models.yaml"))
    assert line["metadata"]["work_title"] == "은빛 강가"


def test_a_broken_package_is_left_out_and_named(broken: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("저작물명 : 은빛 강가의 노래\n", encoding="utf-8")
    done = run(broken, tmp_path, "-m", "extractor", "extract", "letter.txt", "--type", "contract")
    assert extracted(done)["metadata"]["work_title"] == "은빛 강가의 노래"
    models = run(broken, tmp_path, "-m", "extractor", "models")
    assert models.returncode == 0 and models.stdout.startswith("builtin\t")
    named = re.findall("The plugin “(.*?)” .* of the package rightsdesk-broken is .*uninstall it. (.*)", models.stderr)
    assert sorted(named) == [
        ("bad", "ZeroDivisionError: division by zero"),
        ("bad", "provider.yaml, line 2: “providers.bad.base_url” is missing."),
        ("quits", "SystemExit: 3"),
    ]


def test_a_plugin_replaces_nothing_that_is_built_in(broken: Path, tmp_path: Path) -> None:
    done = run(broken, tmp_path, "-c", ENTRIES)
    suffixes, keys, title, *problems = done.stdout.splitlines()
    assert suffixes.endswith("'txt', 'md', 'worse')")
    assert (keys, title) == ("['xlsx', 'csv', 'csv_provenance', 'jsonl']", "CSV")
    named = [re.findall("“(.*?)” \\((.*?)\\)", problem)[0] for problem in problems]
    assert named == [
        ("pdf", "rightsdesk.formats"), ("bad", "rightsdesk.formats"),
        ("csv", "rightsdesk.exports"), ("bad", "rightsdesk.exports"),
    ]  # fmt: skip
    assert problems[0].endswith("Its name is taken.") and problems[3].endswith("Format ≠ ExportFormat")


def test_a_format_whose_reader_is_missing_is_named(broken: Path, tmp_path: Path) -> None:
    (tmp_path / "a.worse").write_text("text", encoding="utf-8")
    line = json.loads(run(broken, tmp_path, "-m", "extractor", "extract", "a.worse").stdout)
    assert line["error"].startswith(
        "The plugin “worse” (rightsdesk.formats) of the package rightsdesk-broken is left out."
    )
    assert line["error"].endswith("No module named 'no_such_module'")


def test_an_engine_that_cannot_be_loaded_says_why(broken: Path, tmp_path: Path) -> None:
    from PIL import Image

    Image.new("L", (300, 300), "white").save(tmp_path / "scan.png")
    (tmp_path / "models.yaml").write_text("text_recognition: {engine: bad}\n", encoding="utf-8")
    arguments = ("-m", "extractor", "extract", "scan.png")
    line = json.loads(run(broken, tmp_path, *arguments, RIGHTSDESK_MODEL_CONFIG="models.yaml").stdout)
    assert line["error"].endswith("RuntimeError: out of order")


def test_entry_points_are_looked_up_at_first_use(site: Path, tmp_path: Path) -> None:
    code = "import sys, extractor, extractor.export, extractor.reading.formats as formats; formats.FORMATS['pdf']"
    done = run(site, tmp_path, "-c", f"{code}; print(*sys.modules)")
    assert not {"rightsdesk_haneul", "importlib.metadata"} & set(done.stdout.split())


def test_the_page_that_explains_it_shows_the_files_as_they_are() -> None:
    shown = dict(re.findall(r"`([\w./]+)`:\n\n```\w+\n(.*?)```\n", DOCS.read_text(encoding="utf-8"), re.DOTALL))
    files = {path.relative_to(EXAMPLE).as_posix(): path.read_text(encoding="utf-8")
             for path in EXAMPLE.rglob("*") if path.suffix in (".py", ".toml", ".yaml")}  # fmt: skip
    assert {name for name in files if not name.endswith("__init__.py")} == set(shown)
    assert all(text == files[name] for name, text in shown.items())
