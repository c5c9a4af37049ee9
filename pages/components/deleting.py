"""Deleting documents: with them goes what this server keeps of them in memory, and what they taught is taught anew."""

from __future__ import annotations

from collections.abc import Iterable

from extractor import rendering
from pages.components import binder_desk, desk, review_desk


def delete(hashes: Iterable[str]) -> None:
    """Delete documents. Raises StoreError for one that is unknown, LearningError when what it taught cannot go."""
    store, taught_by_less = desk.get_store(), set()
    for hash in hashes:
        drawn = store.file(hash), store.rendition(hash)
        taught_by_less |= set(store.delete(hash))
        desk.get_renditions().forget(hash)
        rendering.forget(*drawn)
    for kept in (review_desk.text_document, review_desk.text_parts, binder_desk.proposed):
        kept.clear()
    for key in taught_by_less:
        desk.get_trainings().start(key, use=True)
