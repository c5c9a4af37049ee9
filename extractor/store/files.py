"""Files by content hash: `files/ab/abcdef…`. A file is there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path


def path_of(folder: Path, content_hash: str) -> Path:
    return folder / "files" / content_hash[:2] / content_hash


def rendition_of(folder: Path, content_hash: str) -> Path:
    """Where the printed pages of a file are kept that has none of its own (see `extractor.renditions`)."""
    return folder / "renditions" / f"{content_hash}.pdf"


def write(folder: Path, content_hash: str, data: bytes) -> None:
    """Keep `data`. A crash in the middle leaves at most a temporary file. Raises OSError."""
    target = path_of(folder, content_hash)
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=".new-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


def set_aside(folder: Path, content_hash: str) -> None:
    """Take a file out of its place, to be removed or put back. Raises OSError."""
    with contextlib.suppress(FileNotFoundError):
        path_of(folder, content_hash).rename(_aside(folder, content_hash))


def put_back(folder: Path, content_hash: str) -> None:
    """Bring a file that was set aside into its place again, when there is one. Raises OSError."""
    with contextlib.suppress(FileNotFoundError):
        _aside(folder, content_hash).rename(path_of(folder, content_hash))


def remove(folder: Path, content_hash: str) -> None:
    """Remove a file that was set aside, and what was made of it. Raises OSError."""
    _aside(folder, content_hash).unlink(missing_ok=True)
    printed = rendition_of(folder, content_hash)
    for path in printed.parent.glob(f"{printed.stem}.*"):
        path.unlink(missing_ok=True)


def _aside(folder: Path, content_hash: str) -> Path:
    path = path_of(folder, content_hash)
    return path.with_name(f".gone-{path.name}")
