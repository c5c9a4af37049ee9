"""What `pip install` gives: a wheel that works away from its checkout, with and without the extra for local models."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCAL = {"torch", "transformers", "huggingface_hub", "accelerate", "sentencepiece", "gguf"}
LETTER = "저작물 이용허락 계약서\n\n저작물명 : 은빛 강가의 노래\n권리자 : 한가람\n계약일 : 2026년 3월 2일\n"
PAGES = ("desk/documents", "desk/extract", "desk/export", "lead/insights", "lead/learning", "lead/models")
# Opens the app and each page, and prints what stands on the last one.
VISIT = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file(sys.argv[1], default_timeout=60).run()
assert not app.exception, app.exception
for page in sys.argv[2:]:
    app.query_params["language"] = "en"
    app.switch_page(f"pages/{page}.py").run()
    assert not app.exception and not app.error, (page, app.exception, app.error)
print(*(html.proto.body for html in app.get("html")), *(info.value for info in app.info))
import extractor, pages.components.ui
print(extractor.__file__, pages.components.ui.__file__)
"""


def pins(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    wanted = [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]
    return {canonicalize_name(one.name): str(one.specifier).removeprefix("==") for one in wanted}


def ranges(*groups: str) -> dict[str, Requirement]:
    extras = PROJECT["optional-dependencies"]
    wanted = [Requirement(line) for group in groups for line in (extras[group] if group else PROJECT["dependencies"])]
    return {canonicalize_name(one.name): one for one in wanted}


def test_the_ranges_hold_what_is_pinned_and_nothing_else() -> None:
    pinned, wanted = pins("requirements.txt"), ranges("", "local")
    assert set(pinned) == set(wanted)
    assert all(wanted[name].specifier.contains(version) for name, version in pinned.items())
    pinned, wanted = pins("requirements-dev.txt"), ranges("ocr-rapid")
    assert all(one.specifier.contains(pinned[name]) for name, one in wanted.items())
    assert set(ranges("local")) == {canonicalize_name(name) for name in LOCAL}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    code = f"import hatchling.build; print(hatchling.build.build_wheel({str(folder)!r}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return zipfile.ZipFile(folder / done.stdout.split()[-1])


@pytest.fixture(scope="module")
def site(wheel: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked as pip does it."""
    folder = tmp_path_factory.mktemp("site")
    wheel.extractall(folder)
    return folder


def run(site: Path, folder: Path, *arguments: str, **variables: str) -> str:
    """What a Python with the wheel (and nothing of the checkout) prints, called in `folder`."""
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    own = {"PYTHONPATH": str(site), "RIGHTSDESK_SAMPLES": "0", "RIGHTSDESK_DATA": str(folder / "data")}
    command = [sys.executable, *arguments]
    done = subprocess.run(
        command, cwd=folder, env={**kept, **own, **variables}, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_all_that_is_not_code_too(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"extractor", "rightsdesk"}
    for folder, inside in (("extractor", ""), ("pages", "rightsdesk/"), ("config/document_types", "rightsdesk/")):
        files = [path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        assert files
        assert {inside + path.relative_to(ROOT).as_posix() for path in files} <= names
    assert {"extractor/py.typed", "rightsdesk/app.py", "rightsdesk/.streamlit/config.toml"} <= names
    assert "rightsdesk/config/locale/ko/LC_MESSAGES/rightsdesk.mo" in names
    assert not [name for name in names if name.endswith(".pyc") or name.startswith(("tests", "data"))]


def test_the_command_works_away_from_the_checkout(site: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text(LETTER, encoding="utf-8")
    [installed] = PathDistribution(next(site.glob("*.dist-info"))).entry_points
    assert installed.name == "rightsdesk"
    module, _, function = installed.value.partition(":")
    command = ("-c", f"import sys; from {module} import {function}; sys.exit({function}())")
    assert "은빛 강가의 노래" in run(site, tmp_path, *command, "extract", "letter.txt")
    assert run(site, tmp_path, *command, "types") == run(ROOT, tmp_path, *command, "types")
    assert "app" in run(site, tmp_path, "-m", "extractor", "--help").split()


def test_the_app_works_away_from_the_checkout(site: Path, tmp_path: Path) -> None:
    told = run(site, tmp_path, "-c", VISIT, str(site / "rightsdesk" / "app.py"), *PAGES)
    files = told.splitlines()[-1].split()
    assert [Path(file).is_relative_to(site) for file in files] == [True, True]


@pytest.fixture
def without_local(tmp_path: Path) -> str:
    """A PYTHONPATH entry under which the packages of the extra `local` are not there, in child processes too."""
    folder = tmp_path / "without"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        "import sys\n"
        "from importlib.machinery import PathFinder\n"
        f"GONE = {LOCAL!r}\n"
        "class Without(PathFinder):\n"
        "    @classmethod\n"
        "    def find_spec(cls, name, path=None, target=None):\n"
        "        return None if name.partition('.')[0] in GONE else super().find_spec(name, path, target)\n"
        "sys.meta_path[sys.meta_path.index(PathFinder)] = Without\n"
    )
    return str(folder)


def test_without_the_extra_everything_else_works_and_the_models_page_says_what_to_install(
    without_local: str, tmp_path: Path
) -> None:
    (tmp_path / "letter.txt").write_text(LETTER, encoding="utf-8")
    path = f"{without_local}{os.pathsep}{ROOT}"
    for name in LOCAL:
        assert (
            run(ROOT, tmp_path, "-c", f"import importlib.util as u; print(u.find_spec({name!r}))", PYTHONPATH=path)
            == "None\n"
        )
    assert "은빛 강가의 노래" in run(ROOT, tmp_path, "-m", "extractor", "extract", "letter.txt", PYTHONPATH=path)
    told = run(ROOT, tmp_path, "-c", VISIT, str(ROOT / "app.py"), *PAGES, PYTHONPATH=path)
    assert "pip install torch transformers huggingface_hub" in told
    assert "Models on this machine need Python packages that are missing" in told
