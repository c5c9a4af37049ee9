"""How many tokens a call will use, and what it will cost, before it is made."""

from __future__ import annotations

from typing import Any

from extractor.core.document_types import DocumentType
from extractor.core.documents import Document
from extractor.core.extractions import Usage
from extractor.settings.cloud import Price
from extractor.spending.pricing import cost, count_tokens


def estimate_usage(text: str | Document, document_type: DocumentType, tokenizer: Any | None = None) -> Usage:
    """Tokens that one extraction will use: the prompt as built, and an answer of the schema's usual length."""
    from extractor.extractors.prompt import build

    prompt = "\n".join(str(message["content"]) for message in build(text, document_type))
    return Usage(count_tokens(prompt, tokenizer), _answer_tokens(document_type))


def estimate(text: str | Document, document_type: DocumentType, price: Price | None) -> float | None:
    """USD that one extraction will cost. None when the price is unknown."""
    return cost(price, estimate_usage(text, document_type))


def _answer_tokens(document_type: DocumentType) -> int:
    total = 2
    for field in document_type.fields:
        leaves = [*field.fields] or [field]
        items = 2 if field.kind == "objects" else 1
        for leaf in leaves:
            total += items * (count_tokens(f'"{leaf.name}": ,') + _VALUE_TOKENS.get(leaf.kind, 12))
    return total


_VALUE_TOKENS = {"boolean": 1, "integer": 3, "number": 3, "date": 7, "choice": 6, "choices": 20, "list": 20}
