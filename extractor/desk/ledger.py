"""The ledger of the month's spending: that of the store where there is one."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extractor.store import Store


def open_ledger() -> Store | None:
    """The ledger of the store that is there, so that the app, the shell, Python and functions share a month; None
    without a store. Raises StoreError when it cannot be opened."""
    url, folder = os.environ.get("RIGHTSDESK_DATABASE_URL"), Path(os.environ.get("RIGHTSDESK_DATA") or "data").resolve()
    return _open(url, folder) if url or (folder / "rightsdesk.db").exists() else None


@lru_cache(maxsize=8)
def _open(url: str | None, folder: Path) -> Store:
    from extractor.store import Store

    return Store.open(url, folder)
