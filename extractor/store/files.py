"""Files by content hash: `files/ab/abcdef…`. A file is there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path


def path_of(folder: Path, content_hash: str) -> Path:
    return folder / "files" / content_hash[:2] / content_hash


def rendition_of(folder: Path, content_hash: str) -> Path:
    """Where the printed pages of a file are kept that has none of its own (see `extractor.desk.printed_pages`)."""
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
    """Remove a file that was set aside, and all that was made of it (see `derived`). Raises OSError."""
    _aside(folder, content_hash).unlink(missing_ok=True)
    for path in derived(folder, content_hash):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def derived(folder: Path, content_hash: str) -> list[Path]:
    """What was made of a file and is kept beside it. The rule: whoever keeps something derived in the data folder, in
    whatever folder of it, names the file or folder after the content hash.

    Recognised text of older versions is named after nothing that tells whose it is: it goes with any document, for it
    can be read again.
    """
    named = [path for path in folder.glob(f"*/{content_hash}*") if path.parent.name != "files"]
    return [*named, *(path for path in folder.glob("recognised/??") if path.is_dir())]


def _aside(folder: Path, content_hash: str) -> Path:
    path = path_of(folder, content_hash)
    return path.with_name(f".gone-{path.name}")
