"""Deleting documents: with them goes what this server keeps of them in memory, and what they taught is taught anew."""

from __future__ import annotations

from collections.abc import Iterable

from extractor.desk import page_images
from pages.components import binder_panel, desk, review_panel


def delete(hashes: Iterable[str]) -> None:
    """Delete documents. Raises StoreError for one that is unknown, LearningError when what it taught cannot go."""
    store, taught_by_less = desk.get_store(), set()
    for hash in hashes:
        drawn = store.file(hash), store.rendition(hash)
        taught_by_less |= set(store.delete(hash))
        desk.get_renditions().forget(hash)
        page_images.forget(*drawn)
    for kept in (review_panel.text_document, review_panel.text_parts, binder_panel.proposed):
        kept.clear()
    for key in taught_by_less:
        desk.get_trainings().start(key, use=True)
