"""Whether a model can run here, and the exact reason when it cannot."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from extractor.extractors.local import LocalExtractor, ModelPool, memory, planning
from extractor.extractors.local.model_files import estimated_bytes, find
from extractor.settings.local_models import LocalModel

ROOT = Path(__file__).parents[2]
MODEL = LocalModel(name="tiny", title="Tiny", path="", device="cpu")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a model's folder looks like: a megabyte of bfloat16 weights."""
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "llama", "dtype": "bfloat16"}))
    (tmp_path / "model.safetensors").write_bytes(bytes(1_000_000))
    return tmp_path


def reason(model: LocalModel, cache_folder: Path | str = "nowhere") -> str | None:
    return LocalExtractor(model, cache_folder, ModelPool()).is_available()


def without(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *a: None if name == package else real(name, *a))


def test_a_model_that_is_all_there_is_available(folder: Path) -> None:
    assert reason(replace(MODEL, path=str(folder))) is None


@pytest.mark.parametrize("package", ["torch", "transformers", "huggingface_hub"])
def test_a_missing_package_is_named(folder: Path, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, package)
    found = reason(replace(MODEL, path=str(folder)))
    assert found == f"Tiny: Python packages are missing. Install them with: pip install {package}"


def test_quantisation_needs_its_package(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, "bitsandbytes")
    assert "pip install bitsandbytes" in str(reason(replace(MODEL, path=str(folder), quantization="int4")))


def test_gguf_needs_its_package_and_cannot_be_quantised_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "model.gguf").write_bytes(bytes(1000))
    model = replace(MODEL, path=str(folder / "model.gguf"))
    assert reason(model) is None
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *a: object())
    assert "quantised already" in str(reason(replace(model, gguf_file="model.gguf", quantization="int8")))
    without(monkeypatch, "gguf")
    assert "pip install gguf" in str(reason(model))


def test_missing_files_are_named(folder: Path) -> None:
    assert "does not exist" in str(reason(replace(MODEL, path=str(folder / "typo"))))
    assert "model.gguf is not in" in str(reason(replace(MODEL, path=str(folder), gguf_file="model.gguf")))
    (folder / "model.safetensors").unlink()
    assert "no weights" in str(reason(replace(MODEL, path=str(folder))))
    (folder / "config.json").unlink()
    assert "config.json is not in" in str(reason(replace(MODEL, path=str(folder))))


def test_a_package_that_ships_a_model_is_found_or_named() -> None:
    model = replace(MODEL, path="package:rightsdesk_no_such_package")
    assert "“rightsdesk_no_such_package”, which ships the model, is not installed" in str(reason(model))
    assert find(replace(MODEL, path="package:json", gguf_file="decoder.py"), "x").folder.name == "json"


def test_memory_is_compared_with_what_is_free(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = replace(MODEL, path=str(folder), memory_gb=22.0)
    monkeypatch.setattr(memory, "_container_bytes", lambda folder: 8 * 1024**3)
    assert reason(model) == "Tiny: not enough memory. It needs 22.0 GB, 8.0 GB are free."


def test_a_device_that_is_not_there_is_named(folder: Path) -> None:
    if memory.cuda():
        pytest.skip("this machine has a graphics card")
    assert "the device “cuda”" in str(reason(replace(MODEL, path=str(folder), device="cuda")))


def test_the_estimate_follows_the_format(folder: Path) -> None:
    model = replace(MODEL, path=str(folder))
    files = find(model, "x")
    assert estimated_bytes(files, "bfloat16") == pytest.approx(1_150_000, rel=0.01)
    assert estimated_bytes(files, "float32") == pytest.approx(2_300_000, rel=0.01)
    assert estimated_bytes(files, "int4") == pytest.approx(345_000, rel=0.01)


def test_a_container_limit_counts(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("1000000\n")
    (tmp_path / "memory.current").write_text("700000\n")
    (tmp_path / "memory.stat").write_text("anon 400000\ninactive_file 300000\n")
    assert memory._container_bytes(tmp_path) == 600_000
    (tmp_path / "memory.max").write_text("max\n")
    assert memory._container_bytes(tmp_path) is None
    assert memory._container_bytes(tmp_path / "no cgroup") is None
    assert memory.free_bytes() > 0


def test_neither_the_package_nor_the_check_loads_torch() -> None:
    code = (
        "import sys\n"
        "from extractor.settings.local_models import load_models\n"
        "from extractor.extractors.local import LocalExtractor, downloads as cache\n"
        "assert not {'torch', 'transformers', 'huggingface_hub'} & set(sys.modules), 'on import'\n"
        "config = load_models()\n"
        "for model in config.models.values():\n"
        "    LocalExtractor(model, '/nowhere').is_available()\n"
        "from extractor.extractors.local.memory import NVIDIA\n"
        "assert 'torch' not in sys.modules or any(path.exists() for path in NVIDIA), 'on check'\n"
        "print(len(config.models))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 0


def test_the_plan_names_a_number_format_that_torch_has(folder: Path) -> None:
    plan = planning.make_plan(replace(MODEL, path=str(folder), dtype="float16"), "x")
    assert (plan.dtype, plan.device) == ("float16", "cpu")
    assert planning.make_plan(replace(MODEL, path=str(folder)), "x").dtype == "auto"
