"""The version of the built-in rules: results are filed under it, so that better rules read documents again.

A hash of the source that decides values, taken when it is first asked for. Nobody can forget to raise it; the price is
that a changed comment counts as well, which costs a free reading when somebody next runs the built-in extractor.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

_PACKAGE = Path(__file__).parents[2]
SOURCES = (
    "extractors/builtin", "extractors/confidence_curves.py", "classification/layout.py", "classification/titles.py",
    "normalize", "evidence.py", "core/documents.py", "core/extractions.py", "core/document_types.py", "core/value_path.py",
)  # fmt: skip
"""Files and folders of `extractor` that decide values. `tests/builtin/test_version.py` holds this to what is imported."""


@lru_cache(maxsize=1)
def rules_version() -> str:
    """Twelve hexadecimal digits that change when a file of `SOURCES` does."""
    digest = hashlib.sha256()
    for path in sources():
        digest.update(f"{path.relative_to(_PACKAGE).as_posix()}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def sources() -> list[Path]:
    """The files that decide values."""
    paths = [_PACKAGE / name for name in SOURCES]
    return sorted(file for path in paths for file in ([path] if path.suffix else path.rglob("*.py")) if file.is_file())
