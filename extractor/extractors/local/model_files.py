"""Where a model's files are, and how large it gets in memory. No network, no torch."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path

from extractor.core.errors import N_, ExtractionError
from extractor.settings.local_models import LocalModel

PACKAGE = "package:"
"""`path: package:NAME` is the folder of an installed Python package that ships the model."""

ITEM_BYTES = {"float32": 4, "float16": 2, "bfloat16": 2, "int8": 1, "int4": 0.6}
"""Bytes a weight takes in memory; int4 with its scales."""

GGUF_BITS = 4.5
"""Bits a weight of the usual GGUF files (Q4) takes on disk: only to estimate what they take unpacked."""

ROOM = 1.15
"""Room for activations and the cache of a document, over the weights alone."""


class NotDownloadedError(ExtractionError):
    """The model's files are not on this machine, or not all of them."""


@dataclass(frozen=True)
class ModelFiles:
    """A folder that transformers can load, and the GGUF file in it, if that is what is to be loaded."""

    folder: Path
    gguf_file: str | None = None


def find(model: LocalModel, cache_folder: Path | str) -> ModelFiles:
    """The files of `model`, complete and on this machine. Never asks the network.

    Raises NotDownloadedError, which says what is missing and what to do.
    """
    if model.path is None:
        return _from_cache(model, Path(cache_folder))
    if model.path.startswith(PACKAGE):
        folder = _package(model, model.path.removeprefix(PACKAGE))
    else:
        folder = Path(model.path).expanduser()
    gguf_file = model.gguf_file
    if folder.suffix == ".gguf" and gguf_file is None:
        folder, gguf_file = folder.parent, folder.name
    return _checked(model, ModelFiles(folder, gguf_file))


def _package(model: LocalModel, name: str) -> Path:
    spec = importlib.util.find_spec(name) if name.isidentifier() else None
    if spec is None or not spec.origin:
        template = N_("{model}: the Python package “{package}”, which ships the model, is not installed.")
        raise NotDownloadedError(template, model=model.title, package=name)
    return Path(spec.origin).parent


def _checked(model: LocalModel, files: ModelFiles) -> ModelFiles:
    if not files.folder.is_dir():
        template = N_("{model}: the folder {folder} does not exist. Correct “path” in the model configuration.")
        raise NotDownloadedError(template, model=model.title, folder=files.folder)
    wanted = files.gguf_file or "config.json"
    if not (files.folder / wanted).is_file():
        template = N_("{model}: the file {file} is not in {folder}.")
        raise NotDownloadedError(template, model=model.title, file=wanted, folder=files.folder)
    if not weights(files):
        template = N_("{model}: there are no weights (*.safetensors) in {folder}.")
        raise NotDownloadedError(template, model=model.title, folder=files.folder)
    return files


def _from_cache(model: LocalModel, cache_folder: Path) -> ModelFiles:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import IncompleteSnapshotError, LocalEntryNotFoundError

    assert model.model_id is not None
    try:
        folder = snapshot_download(
            model.model_id, cache_dir=cache_folder, local_files_only=True, allow_patterns=patterns(model)
        )
    except IncompleteSnapshotError as error:
        template = N_(
            "{model}: the download is not complete. Start it again on the Models page; files that are here stay."
        )
        raise NotDownloadedError(template, model=model.title) from error
    except LocalEntryNotFoundError as error:
        template = N_("{model}: not downloaded. Download {id} on the Models page.")
        raise NotDownloadedError(template, model=model.title, id=model.model_id) from error
    return _checked(model, ModelFiles(Path(folder), model.gguf_file))


def patterns(model: LocalModel) -> list[str]:
    """The files of a hub repository that are needed: never pickled weights, which could run code when loaded."""
    if model.gguf_file:
        return [model.gguf_file]
    return ["*.json", "*.jinja", "*.txt", "*.model", "model*.safetensors"]


def weights(files: ModelFiles) -> list[Path]:
    """The files that hold the weights."""
    if files.gguf_file:
        return [files.folder / files.gguf_file]
    return sorted(files.folder.glob("model*.safetensors"))


def estimated_bytes(files: ModelFiles, dtype: str) -> int:
    """What the model takes in memory as `dtype` (a key of ITEM_BYTES), estimated from its files.

    GGUF weights are unpacked when loaded: about 7 times the file as float32.
    """
    on_disk = sum(path.stat().st_size for path in weights(files))
    stored = GGUF_BITS / 8 if files.gguf_file else ITEM_BYTES.get(_stored_dtype(files.folder), 2)
    return int(on_disk / stored * ITEM_BYTES[dtype] * ROOM)


def _stored_dtype(folder: Path) -> str:
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "bfloat16"
    text = config.get("text_config") or {}
    dtype = config.get("dtype") or config.get("torch_dtype") or text.get("dtype") or text.get("torch_dtype")
    return str(dtype or "float32")
