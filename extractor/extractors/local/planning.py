"""How a model is to be loaded here: on which device, in which number format, and whether it can be at all."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from extractor.core.errors import N_, ExtractionError
from extractor.extractors.local.gguf_cache import converted_folder
from extractor.extractors.local.memory import cuda, free_bytes, metal
from extractor.extractors.local.model_files import ModelFiles, estimated_bytes, find
from extractor.settings.local_models import LocalModel

GIB = 1024**3


class UnavailableError(ExtractionError):
    """The model cannot run here now: a package, a device or memory is missing."""


@dataclass(frozen=True)
class Plan:
    """`dtype` is a name torch knows, or `auto`: decided when torch is loaded (see `loading.cpu_dtype`).

    `needed` is the memory to be free before loading, in bytes. `converted` is the folder for a GGUF's weights as
    safetensors.
    """

    files: ModelFiles
    device: str
    dtype: str
    quantization: str
    needed: int
    converted: Path | None = None


def make_plan(model: LocalModel, cache_folder: Path | str) -> Plan:
    """How `model` is loaded here. Loads torch only where the machine has a GPU, the model never.

    Raises UnavailableError or NotDownloadedError with the exact reason why it cannot be.
    """
    _check_packages(model)
    files = find(model, cache_folder)
    device = _device(model)
    dtype = model.dtype
    if dtype == "auto" and device == "mps":
        dtype = "float16"
    elif dtype == "auto" and device == "cuda":
        dtype = _cuda_dtype()
    smallest = model.quantization if model.quantization != "none" else "bfloat16" if dtype == "auto" else dtype
    needed = int(model.memory_gb * GIB) if model.memory_gb else estimated_bytes(files, smallest)
    return Plan(files, device, dtype, model.quantization, needed, converted_folder(files, Path(cache_folder)))


def check_memory(model: LocalModel, plan: Plan, reclaimable: int = 0, free: Callable[[str], int] = free_bytes) -> None:
    """Raise UnavailableError unless the model fits. `reclaimable` bytes would be given back by unused models."""
    there = free(plan.device) + reclaimable
    if plan.needed > there:
        raise out_of_memory(model.title, plan.needed, there, plan.device)


def out_of_memory(title: str, needed: int, there: int, device: str) -> UnavailableError:
    """The error for a model that does not fit; `needed` and `there` in bytes."""
    template = (
        N_("{model}: not enough graphics memory. It needs {needed:.1f} GB, {there:.1f} GB are free.")
        if device == "cuda"
        else N_("{model}: not enough memory. It needs {needed:.1f} GB, {there:.1f} GB are free.")
    )
    return UnavailableError(template, model=title, needed=needed / GIB, there=there / GIB)


def _check_packages(model: LocalModel) -> None:
    wanted = ["torch", "transformers", "huggingface_hub"]
    if model.gguf_file or str(model.path or "").endswith(".gguf"):
        wanted += ["gguf", "accelerate"]
    if model.quantization != "none":
        wanted += ["bitsandbytes", "accelerate"]
    if model.device != "cpu":
        wanted += ["accelerate"]
    missing = [package for package in dict.fromkeys(wanted) if importlib.util.find_spec(package) is None]
    if missing:
        template = N_("{model}: Python packages are missing. Install them with: pip install {packages}")
        raise UnavailableError(template, model=model.title, packages=" ".join(missing))
    if model.quantization != "none" and model.gguf_file:
        template = N_("{model}: a GGUF file is quantised already; set “quantization: none” in the model configuration.")
        raise UnavailableError(template, model=model.title)


def _device(model: LocalModel) -> str:
    if model.device == "cpu":
        return "cpu"
    if model.device in ("auto", "cuda") and cuda():
        return "cuda"
    if model.device in ("auto", "mps") and metal():
        return "mps"
    if model.device == "auto":
        return "cpu"
    template = N_("{model}: the device “{device}” of the model configuration is not there. Set “device: auto”.")
    raise UnavailableError(template, model=model.title, device=model.device)


def _cuda_dtype() -> str:
    import torch

    return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float16"
