"""Models that run on this machine, with transformers: loading, asking, long documents, memory, downloads.

    from extractor.settings.local_models import load_models
    from extractor.extractors.local import LocalExtractor
    config = load_models()
    extractor = LocalExtractor(config.models["qwen3_0_6b"], config.cache_folder)
    extractor.is_available()   # None, or the reason why not

Importing this package loads neither torch nor transformers.
"""

from __future__ import annotations

from extractor.extractors.local.extractor import LocalExtractor
from extractor.extractors.local.model_files import NotDownloadedError
from extractor.extractors.local.model_pool import HeldModel, ModelPool, shared_models
from extractor.extractors.local.planning import UnavailableError

__all__ = [
    "HeldModel",
    "LocalExtractor",
    "ModelPool",
    "NotDownloadedError",
    "UnavailableError",
    "shared_models",
]
