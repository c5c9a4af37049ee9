"""Files of the data folder, written whole or not at all."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from extractor.core.errors import N_, LearningError


def write(path: Path, text: str) -> None:
    """Write a file of the folder, whole or not at all. Raises LearningError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{uuid4().hex}.part")
        part.write_text(text, encoding="ascii")
        part.replace(path)
    except OSError as error:
        raise _unwritable(path.parent, error) from error


def _unwritable(folder: Path, error: OSError) -> LearningError:
    template = N_("What was learned cannot be kept in {folder} ({reason}). Make the folder writable.")
    return LearningError(template, folder=str(folder), reason=error.strerror or str(error))
