"""Models that run on this machine, with transformers: loading, asking, long documents, memory, downloads.

    from extractor.config import load_models
    from extractor.local import LocalExtractor
    config = load_models()
    extractor = LocalExtractor(config.models["qwen3_0_6b"], config.cache_folder)
    extractor.is_available()   # None, or the reason why not

Importing this package loads neither torch nor transformers.
"""

from __future__ import annotations

from .extractor import LocalExtractor
from .files import NotDownloadedError
from .holder import HeldModel, ModelHolder, shared_models
from .planning import UnavailableError

__all__ = [
    "HeldModel",
    "LocalExtractor",
    "ModelHolder",
    "NotDownloadedError",
    "UnavailableError",
    "shared_models",
]
