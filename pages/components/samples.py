"""The sample documents in the queue of a fresh desk, so that there is something to try at once."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.core.document_types import DocumentType
from extractor.core.errors import RightsdeskError

if TYPE_CHECKING:
    from extractor.store import Store

FOLDER = Path(__file__).parents[2] / "samples"
SUFFIXES = (".pdf", ".docx")

log = logging.getLogger("rightsdesk.samples")


def wanted(store: Store) -> bool:
    """True on the first start of an empty desk, unless RIGHTSDESK_SAMPLES is 0."""
    return os.environ.get("RIGHTSDESK_SAMPLES", "1") != "0" and not _marker(store).exists() and store.count() == 0


def load(store: Store, types: Mapping[str, DocumentType], folder: Path = FOLDER) -> int:
    """Put the samples in the queue and return how many. One that cannot be read is logged and left out."""
    from extractor.desk.intake import add_file

    added = 0
    for path in sorted(folder.glob("*")):
        if path.suffix.lower() not in SUFFIXES:
            continue
        try:
            added += add_file(store, path.read_bytes(), path.name, types)[1]
        except (RightsdeskError, OSError) as error:
            log.warning("sample left out: %s", error)
    _marker(store).write_text("The samples were put in the queue once.\n", encoding="utf-8")
    return added


def _marker(store: Store) -> Path:
    return store.folder / "samples-loaded"
