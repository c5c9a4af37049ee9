"""Which document type a document is: by the words of its title, then by the labels it prints."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping

from .core import Document
from .document_types import DocumentType
from .normalize import squash


def propose_type(document: Document, types: Mapping[str, DocumentType]) -> tuple[str, float]:
    """The key of the most likely type and a confidence from 0 to 1.

    Falls back to the last type (the one for everything else) with a low confidence. Raises ValueError
    when `types` is empty.
    """
    if not types:
        raise ValueError("no document types")
    from .builtin.layout import Layout
    from .builtin.titles import find_title

    head = Document(document.name, "", document.format, document.text[:6000], document.pages[:2], ())
    title = find_title(Layout(head))
    title_words = squash(title[2]) if title else ""
    body = squash(document.text[:20_000])
    labels = {key: _labels(one) for key, one in types.items()}
    # How many types print a label: the fewer, the more it tells.
    shared = Counter(label for own in labels.values() for label in own)
    scores = {
        key: _score(title_words, body, one, {label: 1 / shared[label] for label in labels[key]})
        for key, one in types.items()
    }
    ordered = sorted(scores, key=lambda key: -scores[key])
    best, second = scores[ordered[0]], scores[ordered[1]] if len(ordered) > 1 else 0.0
    if best < 0.15:
        return list(types)[-1], 0.3
    return ordered[0], round(min(0.99, max(0.3, 0.5 + 0.5 * math.tanh(2.5 * (best - second)))), 3)


def _score(title: str, body: str, document_type: DocumentType, weights: Mapping[str, float]) -> float:
    own_title = 0.0
    for name in (squash(document_type.title("ko")), squash(document_type.title("en"))):
        if not name:
            continue
        if name in title:
            own_title = max(own_title, 1.0 + len(name) / 20)
        else:
            own_title = max(own_title, 0.9 * _shared(name, title))
    total = sum(weights.values())
    printed = sum(weight for label, weight in weights.items() if label in body) / total if total else 0.0
    return own_title + 0.8 * printed


def _labels(document_type: DocumentType) -> set[str]:
    squashed = {squash(label) for field in document_type.fields for label in field.labels}
    return {label for label in squashed if len(label) >= 2}


def _shared(name: str, title: str) -> float:
    """The share of the type's name, in pairs of letters, that the title holds. An end in common counts most."""
    pairs = [name[i : i + 2] for i in range(len(name) - 1)]
    share = sum(pair in title for pair in pairs) / len(pairs) if pairs else 0.0
    ending = re.search(r"(계약서|동의서|agreement|contract|consent)$", name)
    return min(1.0, share * 0.7 + (0.35 if ending and ending[1] in title else 0.0))
