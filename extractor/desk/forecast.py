"""What a run will cost and how long it will take, said before it starts. Unknown stays unknown."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from extractor.core.document_types import DocumentType
from extractor.core.documents import Document
from extractor.core.errors import ReadingError
from extractor.core.extractions import Usage
from extractor.core.model_keys import HYBRID
from extractor.extractors.sandboxed_text import count_tokens
from extractor.settings.cloud import Price
from extractor.spending.pricing import together

if TYPE_CHECKING:
    from extractor.extractors.base import ModelInfo
    from extractor.settings.cloud import CostRules

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Forecast:
    """One model's share of a run. `usd` None: its price is unknown; `seconds` None: it was never timed here.

    `at_most`: `usd` is what it costs when every document is asked of the dearest model; it may be less, down to 0.
    """

    model: str
    documents: int
    usage: Usage
    usd: float | None
    seconds: float | None
    at_most: bool = False


def usage_of(sample: Iterable[tuple[Document, DocumentType]]) -> tuple[Usage, int]:
    """The tokens of some documents together, and how many pages these have."""
    tokens_in = tokens_out = pages = 0
    for document, document_type in sample:
        try:
            used = count_tokens(document, document_type)
        except ReadingError as error:
            log.warning("left out of a forecast: %s", error)
            continue
        tokens_in += used.input_tokens or 0
        tokens_out += used.output_tokens or 0
        pages += len(document.pages)
    return Usage(tokens_in, tokens_out), pages


def spread(count: int, most: int) -> list[int]:
    """At most `most` places of `count`, evenly spread, the first one included."""
    if count <= most:
        return list(range(count))
    return [round(position * (count - 1) / (most - 1)) for position in range(most)] if most > 1 else [0]


def scaled(usage: Usage, factor: float) -> Usage:
    """Tokens for `factor` times as many pages."""
    return Usage(round((usage.input_tokens or 0) * factor), round((usage.output_tokens or 0) * factor))


def forecast(
    model: str,
    documents: int,
    usage: Usage,
    price: Price | None,
    free: bool,
    seconds_a_document: float | None,
    at_once: int = 1,
) -> Forecast:
    """The share of a model that reads `documents` with `usage` tokens in all, `at_once` of them at a time."""
    seconds = None if seconds_a_document is None else seconds_a_document * documents / max(min(at_once, documents), 1)
    return Forecast(
        model, documents, usage, 0.0 if free or not documents else together(price, usage, documents), seconds
    )


def at_once(info: ModelInfo | None, pool: int) -> int:
    """How many documents of a run a model reads at a time, of the `pool` that a run works on: a local model takes one
    after the other, whoever waits for it."""
    return 1 if info is not None and info.type == "local" else pool


def hybrid(
    documents: int, usage: Usage, prices: Sequence[Price | None], seconds_a_document: float | None, at_once: int = 1
) -> Forecast:
    """The share of the hybrid: how many documents it will ask of the cloud nobody knows, so the most it can cost.

    `prices` are those of the cloud models that it may ask, None where a price is unknown. An answer of no use that
    was charged, after which the next model is asked, comes on top.
    """
    costs = [together(price, usage, documents) if documents else 0.0 for price in prices]
    known = [usd for usd in costs if usd is not None]
    made = forecast(HYBRID, documents, usage, None, True, seconds_a_document, at_once)
    return replace(made, usd=max(known, default=0.0) if len(known) == len(costs) else None, at_most=True)


def asked_by_hybrid(known: Iterable[ModelInfo], rules: CostRules) -> list[Price | None]:
    """The prices of the cloud models that hybrid may ask (see `extractor.extractors.hybrid.extractor`), for `hybrid`
    here.

    Those that are available, of the providers that the rules name where they name any; under a limit of spending only
    those with a known price.
    """
    named = {*rules.preferred_providers, *rules.fallback_providers}
    limited = rules.budget_limit is not None or rules.monthly_limit is not None
    return [
        info.price
        for info in known
        if info.type == "cloud" and info.available and (not named or info.provider in named)
        if info.price is not None or not limited
    ]


def total(parts: Sequence[Forecast]) -> tuple[float, list[str]]:
    """The known cost of all parts in USD, and the models whose cost is not in it."""
    return sum(part.usd or 0.0 for part in parts), [part.model for part in parts if part.usd is None]
