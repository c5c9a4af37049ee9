"""Which document type a document is: by its title, the genre of paper it is, and the labels and choices it prints."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from extractor.core.document_types import DocumentType, Field
from extractor.core.documents import Document
from extractor.normalize import match_key

HEAD = 20_000
"""How many characters of a document are looked at."""

GENRES: dict[str, re.Pattern[str]] = {
    "consent": re.compile(r"동의|승낙|허락서|consent|release", re.IGNORECASE),
    "contract": re.compile(
        r"계약|약정|합의서|협약|양도증서|agreement|contract|licen[cs]e|assignment|deed", re.IGNORECASE
    ),
}
"""What kinds of paper there are. A type belongs to the genre that its own title names."""


def propose_type(document: Document, types: Mapping[str, DocumentType]) -> tuple[str, float]:
    """The key of the most likely type and a confidence from 0 to 1.

    A document that resembles none falls to the type without a genre of its own (기타문서), else to the
    last type, with a low confidence. Raises ValueError when `types` is empty.
    """
    if not types:
        raise ValueError("no document types")
    title = _title(document)
    body = match_key(document.text[:HEAD])
    telling = _telling_words(types)
    scores = {
        key: _score(title, document.text[:HEAD], body, document_type, telling[key])
        for key, document_type in types.items()
    }
    ordered = sorted(scores, key=lambda key: -scores[key])
    lead = scores[ordered[0]] - (scores[ordered[1]] if len(ordered) > 1 else 0.0)
    if scores[ordered[0]] < 1.0:
        return next(
            (key for key, document_type in types.items() if not _genres(_names(document_type))), ordered[-1]
        ), 0.4
    return ordered[0], round(0.5 + 0.49 * math.tanh(lead), 3)


def _title(document: Document) -> str:
    """The title's text as the built-in extractor finds it, empty when there is none."""
    from extractor.classification.layout import Layout
    from extractor.classification.titles import find_title

    end = min(document.pages[0].end, HEAD) if document.pages else 0
    title = find_title(Layout(document.slice(0, end)))
    return title.text if title else ""


def _score(title: str, text: str, body: str, document_type: DocumentType, telling: Mapping[str, float]) -> float:
    names = _names(document_type)
    score = 2.2 * max((_likeness(name, title) for name in names), default=0.0)
    own = _genres(names)
    if own:
        stated = _genres([title])
        score += 1.2 if own & stated else (-1.2 if stated else 0.3 * bool(own & _acts(text)))
    elif not _genres([title]) and not _acts(text):
        score += 1.2
    printed = sum(weight for word, weight in telling.items() if word in body)
    return score + 1.6 * math.tanh(printed / 4)


def _names(document_type: DocumentType) -> list[str]:
    return [name for name in (document_type.title("ko"), document_type.title("en")) if name]


def _genres(texts: list[str]) -> set[str]:
    """The genres that titles name. A consent to a contract-like act (양도 동의서) is a consent."""
    genres = {genre for genre, pattern in GENRES.items() if any(pattern.search(text) for text in texts)}
    return {"consent"} if any(re.search("동의", text) for text in texts) else genres


def _acts(text: str) -> set[str]:
    """What the text does, for documents whose title does not say: it agrees on something, or consents to it."""
    acts = set()
    if re.search(
        r"계약을?\s?(?:체결|맺)|이하\s?[\"'“‘]?(?:갑|을)|hereinafter|hereby (?:grants|assigns)|the parties agree",
        text,
        re.IGNORECASE,
    ):
        acts.add("contract")
    if re.search(r"동의함|동의합니다|동의하지\s?않|I (?:agree|consent)", text):
        acts.add("consent")
    return acts


_GENRE_WORDS = re.compile(
    r"(?:동의서|계약서|승낙서|허락서|문서|서식|consent|contract|agreement|form|document)$", re.IGNORECASE
)
PLAIN_NAME = 0.35
"""The likeness of a type whose name is nothing but a genre (계약서): what others must beat to be chosen by title."""


def _likeness(name: str, title: str) -> float:
    """How much of what sets a type's name apart from its genre a title holds, weighed by its length."""
    words = [word for part in name.split() if (word := _GENRE_WORDS.sub("", match_key(part)))]
    title = match_key(title)
    total = sum(map(len, words))
    if not total:
        return PLAIN_NAME
    return sum(_held(word, title) for word in words) / total * (1 + total / 20)


def _held(word: str, title: str) -> float:
    if word in title:
        return len(word)
    pairs = [word[i : i + 2] for i in range(len(word) - 1)]
    share = sum(pair in title for pair in pairs) / len(pairs) if pairs else 0.0
    return len(word) * share if share >= 0.4 else 0.0


def _telling_words(types: Mapping[str, DocumentType]) -> dict[str, dict[str, float]]:
    """For each type the labels and choices that it prints, weighed by how few other types print them."""
    words = {
        key: {word for field in document_type.fields for word in _printed(field)}
        for key, document_type in types.items()
    }
    counts: dict[str, int] = {}
    for own in words.values():
        for word in own:
            counts[word] = counts.get(word, 0) + 1
    return {
        key: {word: (1 / counts[word] if counts[word] < len(types) else 0.0) for word in own}
        for key, own in words.items()
    }


def _printed(field: Field) -> set[str]:
    own = {match_key(label) for label in field.labels} | {match_key(str(choice)) for choice in field.choices}
    for nested in field.fields:
        own |= _printed(nested)
    return {word for word in own if len(word) >= 3}
