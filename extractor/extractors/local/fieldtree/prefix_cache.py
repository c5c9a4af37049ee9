"""What was read is kept: the instruction for the next document, a document for the next question about it.

Bounded in bytes; the longest unused document leaves first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from extractor.extractors.local.fieldtree.tree import Tree

LIMIT_BYTES = 256 * 1024**2
"""The most that kept documents take together in one model."""


class PrefixCache:
    """Trees of the documents read last. The caller holds the model's lock."""

    def __init__(self, network: Any, limit_bytes: int = LIMIT_BYTES) -> None:
        self._network, self._limit = network, limit_bytes
        self._trees: list[Tree] = []

    def tree(self, ids: Sequence[int], own: int) -> Tree:
        """A tree to read `ids` with: the one whose first `own` tokens (instruction and document) are the same, else a
        new one that begins like the best kept one."""
        from extractor.extractors.local.fieldtree.tree import Tree, common

        best = max(self._trees, key=lambda tree: common(tree.ids, ids), default=None)
        shared = min(common(best.ids, ids), len(ids) - 1) if best else 0
        if best is not None and shared >= own:
            self._trees.remove(best)
            self._trees.append(best)
            return best
        tree = Tree(self._network)
        if best is not None and shared:
            tree.grow_from(best, shared)
        self._trees.append(tree)
        return tree

    def keep(self) -> None:
        """Let go of what is over the limit."""
        while self._trees and sum(tree.memory_bytes for tree in self._trees) > self._limit:
            self._trees.pop(0)

    def clear(self) -> None:
        """Let go of everything."""
        self._trees.clear()
