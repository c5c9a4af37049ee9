"""Cloud calls out of a budget: what a call can cost at most is set aside before it is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from extractor.core.document_types import DocumentType
from extractor.core.documents import Document
from extractor.core.errors import BudgetError, RightsdeskError
from extractor.core.extractions import FieldValue, Usage
from extractor.extractors.base import Extractor, Reply

if TYPE_CHECKING:
    from extractor.extractors.cloud.extractor import CloudExtractor
from extractor.spending.budget import Budget

FRAME = 200
"""Tokens that a provider may add around the messages."""


class BudgetedExtractor(Extractor):
    """A cloud extractor whose calls are taken from a budget."""

    paid = True

    def __init__(self, inner: CloudExtractor, budget: Budget) -> None:
        self.model, self.provider = inner.model, inner.provider
        self._inner, self._budget = inner, budget

    def version(self, document_type: DocumentType) -> str:
        """See Extractor."""
        return self._inner.version(document_type)

    def reply(self, document: Document, document_type: DocumentType) -> Reply:
        """See Extractor. A refused call is an error that cost nothing. Raises StoppedError."""
        try:
            with self._budget.call(self.model, most(self._inner, document, document_type)) as paid:
                try:
                    reply = self._inner.reply(document, document_type)
                except RightsdeskError as error:
                    reply = self._inner.failed(error)
                paid.usd = reply.cost_usd
                return reply
        except BudgetError as error:
            return Reply(usage=Usage(0, 0), error=error.message)


def ask(
    extractor: CloudExtractor,
    budget: Budget,
    document: Document,
    document_type: DocumentType,
    fields: Sequence[str] | None = None,
) -> tuple[dict[str, FieldValue], Usage]:
    """`extractor.ask` out of the budget. Raises ExtractionError (BudgetError too) with `spent`, and StoppedError."""
    from extractor.core.errors import ExtractionError
    from extractor.spending.pricing import cost

    with budget.call(extractor.model, most(extractor, document, document_type, fields)) as paid:
        try:
            values, usage = extractor.ask(document, document_type, fields)
        except ExtractionError as error:
            paid.usd = charged(extractor.price, error.spent)
            raise
        paid.usd = cost(extractor.price, usage)
        return values, usage


def charged(price: Any, spent: Usage | None) -> float | None:
    """USD of a failed call: 0.0 when nothing was charged, None when nobody knows."""
    from extractor.spending.pricing import cost

    if spent == Usage(0, 0):
        return 0.0
    return None if spent is None else cost(price, spent)


def most(
    extractor: CloudExtractor, document: Document, document_type: DocumentType, fields: Sequence[str] | None = None
) -> float | None:
    """USD that one call can cost at most: a token a byte of the prompt, written to a cache, and the longest
    answer allowed.

    No tokenizer makes more tokens than bytes; what it really is differs by model, up to ten times less. None: the
    price is unknown.
    """
    from extractor.extractors import prompt
    from extractor.spending.pricing import ceiling

    size = prompt.size(document, document_type, fields)
    return ceiling(extractor.price, Usage(size + FRAME, extractor.settings.max_length))
