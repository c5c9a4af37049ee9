"""A GGUF unpacked once: its weights as safetensors beside the downloads load in seconds, not in half a minute."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import shutil
import tempfile
from pathlib import Path
from typing import Any

from extractor.extractors.local.model_files import ModelFiles

log = logging.getLogger(__name__)

FOLDER = "converted"
SPARE = 2
"""The disk must have so many times the weights free before they are written."""


def converted_folder(files: ModelFiles, cache_folder: Path) -> Path | None:
    """Where the unpacked weights of a GGUF are kept; None for other models. Another file gets another folder."""
    if not files.gguf_file:
        return None
    path = files.folder / files.gguf_file
    stat = path.stat()
    known = f"{path.resolve()} {stat.st_size} {stat.st_mtime_ns}"
    return cache_folder.expanduser() / FOLDER / f"{path.stem}-{hashlib.sha256(known.encode()).hexdigest()[:12]}"


def ready(folder: Path | None, dtype: str) -> Path | None:
    """The folder with the weights in the number format `dtype`, when they were written whole."""
    there = folder / dtype if folder else None
    return there if there and (there / "config.json").is_file() else None


def keep(network: Any, tokenizer: Any, folder: Path, dtype: str) -> None:
    """Write the weights for the next time. A disk that is full or read-only only costs the time saved."""
    size = int(network.get_memory_footprint())
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < SPARE * size:
            return
        with tempfile.TemporaryDirectory(dir=folder, prefix="writing-") as name:
            # The library refuses to save what it read from a GGUF: the same weights in a network that did not.
            config = type(network.config).from_dict(network.config.to_dict())
            if hasattr(config, "quantization_config"):
                del config.quantization_config
            written = _empty(network, config)
            written.load_state_dict(network.state_dict(), assign=True)
            written.tie_weights()
            written.save_pretrained(Path(name) / dtype)
            tokenizer.save_pretrained(Path(name) / dtype)
            with contextlib.suppress(FileExistsError):  # another process was first
                (Path(name) / dtype).rename(folder / dtype)
    except OSError as error:
        log.warning("Cannot keep the unpacked weights in %s: %s", folder, error)


def _empty(network: Any, config: Any) -> Any:
    import torch

    with torch.device("meta"):
        return type(network)(config)
