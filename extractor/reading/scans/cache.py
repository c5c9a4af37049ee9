"""What an engine read of a page, kept by the page's content: nobody waits twice for the same page."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from extractor.reading.scans.engines import Engine, Piece

# Changes whenever engines are asked in another way.
VERSION = "1"


def cached(name: str, engine: Engine) -> Engine:
    """`engine` with a memory in the data folder; as it is where there is no data folder."""
    folder = Path(os.environ.get("RIGHTSDESK_DATA") or "data")
    if not folder.is_dir():
        return engine

    def read(grey: Any, scale: float) -> list[Piece]:
        key = hashlib.sha256(f"{name}/{VERSION}/{scale:.4f}/{grey.shape}/".encode() + grey.tobytes()).hexdigest()
        path = folder / "recognised" / key[:2] / f"{key}.json"
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
