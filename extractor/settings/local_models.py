"""The local models of `config/model_config.yaml`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from extractor.core.errors import N_
from extractor.settings.yaml_sections import FOLDER, Section, load


@dataclass(frozen=True)
class LocalModel:
    """A model that runs here: a hub id or a folder (`model_id` or `path`), for GGUF also the file in it.

    `dtype` auto, float32, bfloat16, float16; `device` auto, cpu, cuda, mps; `quantization` none, int8 or int4.
    `context` and `max_new_tokens` in tokens; `memory_gb` is about what it needs when loaded.
    """

    name: str
    title: str
    model_id: str | None = None
    path: str | None = None
    gguf_file: str | None = None
    context: int = 4096
    dtype: str = "auto"
    device: str = "auto"
    quantization: str = "none"
    max_new_tokens: int = 1024
    memory_gb: float | None = None
    enabled: bool = True


@dataclass(frozen=True)
class ModelConfig:
    """`model_config.yaml`. `cache_folder` is where models are downloaded to."""

    cache_folder: Path
    models: Mapping[str, LocalModel]


def load_models(path: Path | str | None = None) -> ModelConfig:
    """The local models. Raises ConfigError naming file, line and key."""
    from extractor.settings.ocr import text_recognition

    top = load(models_file(path))
    cache_folder = Path(top.text("cache_folder", "hf_models")).expanduser()
    models = {name: _local_model(name, section) for name, section in top.sections("models").items()}
    text_recognition(top)  # only to check it: whoever reads scans asks `ocr.chosen`
    top.done()
    return ModelConfig(cache_folder, models)


def _local_model(name: str, section: Section) -> LocalModel:
    if "model_id" not in section and "path" not in section:
        section.fail("", N_("a model with “model_id” (a hub id) or “path” (a folder)"))
    model = LocalModel(
        name=name,
        title=section.text("title", name),
        model_id=section.text_or_none("model_id"),
        path=section.text_or_none("path"),
        gguf_file=section.text_or_none("gguf_file"),
        context=section.whole("context", 4096, 256),
        dtype=section.text("dtype", "auto", ("auto", "float32", "bfloat16", "float16")),
        device=section.text("device", "auto", ("auto", "cpu", "cuda", "mps")),
        quantization=section.text("quantization", "none", ("none", "int8", "int4")),
        max_new_tokens=section.whole("max_new_tokens", 1024, 16),
        memory_gb=section.number_or_none("memory_gb"),
        enabled=section.flag("enabled", True),
    )
    section.done()
    if model.max_new_tokens >= model.context:
        section.fail("max_new_tokens", f"< context ({model.context})")
    return model


def models_file(path: Path | str | None = None) -> Path:
    """Where `model_config.yaml` is."""
    return Path(path or os.environ.get("RIGHTSDESK_MODEL_CONFIG") or FOLDER / "model_config.yaml")
