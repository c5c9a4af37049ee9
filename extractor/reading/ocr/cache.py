"""What an engine read of a page, kept by the page's content: nobody waits twice for the same page.

It is kept under the file that the page is of (`recognised/<SHA-256 of the file>/`), and goes when that is deleted.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from extractor.reading.ocr.engines.base import Engine, Piece

# Changes whenever engines are asked in another way.
VERSION = "1"


_file: ContextVar[str | None] = ContextVar("file", default=None)


@contextmanager
def of_file(data: bytes) -> Iterator[None]:
    """Inside the block pages of the file with this content are read."""
    token = _file.set(hashlib.sha256(data).hexdigest())
    try:
        yield
    finally:
        _file.reset(token)


def cached(name: str, engine: Engine) -> Engine:
    """`engine` with a memory in the data folder; as it is where there is no data folder, and for a picture that is of
    no file: nobody could delete what is kept of it."""
    folder, of = Path(os.environ.get("RIGHTSDESK_DATA") or "data"), _file.get()
    if not folder.is_dir() or of is None:
        return engine

    def read(grey: Any, scale: float) -> list[Piece]:
        key = hashlib.sha256(f"{name}/{VERSION}/{scale:.4f}/{grey.shape}/".encode() + grey.tobytes()).hexdigest()
        path = folder / "recognised" / of / f"{key}.json"
        try:
            return [Piece(*piece) for piece in json.loads(path.read_text("utf-8"))]
        except (OSError, ValueError, TypeError):
            pieces = engine(grey, scale)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(f".{os.getpid()}.part")
            part.write_text(json.dumps(pieces), encoding="utf-8")
            part.replace(path)
        except OSError:
            pass  # A full disk costs time later, not this result.
        return pieces

    return read
