"""Local first, the cloud where local is not good enough; or either alone.

extractor = create_hybrid_extractor()
extractor.extract_metadata(text, {"title": "string", "date": "date"}, "계약서").attempts
"""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.core.document_types import DocumentType, as_document_type
from extractor.core.documents import Document
from extractor.core.errors import (
    N_,
    AnswerError,
    BudgetError,
    ConfigError,
    ExtractionError,
    ModelNotFoundError,
    PutOffError,
    RequestError,
    RightsdeskError,
    StoppedError,
)
from extractor.core.extractions import Attempt, Extraction, FieldValue, Usage
from extractor.core.model_keys import HYBRID, cloud_key, is_cloud
from extractor.extractors import estimates, prompt
from extractor.extractors.base import Extractor, ModelInfo, Reply, Schema
from extractor.extractors.cloud.budgeted import ask, charged
from extractor.extractors.cloud.circuit_breaker import CircuitBreaker
from extractor.extractors.cloud.rate_limits import HELD, put_off
from extractor.extractors.hybrid.escalation import cheaper, merged, needs_escalation
from extractor.extractors.registry import available_models, create_extractor
from extractor.settings.cloud import STRATEGIES, CloudConfig, CostRules, load_cloud
from extractor.spending import pricing
from extractor.spending.budget import Budget

if TYPE_CHECKING:
    from extractor.extractors.cloud.extractor import CloudExtractor

MOST_CLOUD_ATTEMPTS = 4
"""So many answers, paid or perhaps paid, are asked for one document at most."""


@dataclass
class _Work:
    """One document on its way: what was tried, what it used and cost."""

    document: Document
    type: DocumentType
    attempts: list[Attempt] = field(default_factory=list)
    usage: list[Usage] = field(default_factory=list)
    last: RightsdeskError | None = None
    provider: str = ""

    @property
    def cost_usd(self) -> float | None:
        costs = [attempt.cost_usd for attempt in self.attempts]
        return None if None in costs else sum(cost or 0.0 for cost in costs)

    @property
    def dear(self) -> bool:
        """Whether what was done so far is not to be done again: it was paid for, or took long."""
        return self.cost_usd != 0.0 or sum(attempt.seconds for attempt in self.attempts) > HELD


class HybridExtractor(Extractor):
    """Asks `local` and the `clouds`, as `config` and the strategy say. Safe to use from several threads.

    `budget` is spent by this extractor's calls, all documents together.
    """

    model = HYBRID
    provider = HYBRID
    paid = True

    def __init__(
        self,
        local: Extractor,
        clouds: Sequence[CloudExtractor],
        config: CloudConfig,
        budget: Budget | None = None,
        models: Mapping[str, ModelInfo] | None = None,
        breaker: CircuitBreaker | None = None,
    ) -> None:
        self._local = local
        # A model that stands in for one that is gone is there under its own name too.
        self._groups = _groups([cloud for cloud in clouds if cloud.settings.replaced is None], config.cost)
        self._config = config
        self._models = dict(models or {})
        self._breaker = breaker or CircuitBreaker()
        self.budget = budget or Budget(config.cost)
        self.strategy: str = config.strategy

    def get_available_models(self) -> dict[str, ModelInfo]:
        """Every model by key: `builtin`, `local_<name>`, `cloud_<name>`, available or with the reason why not."""
        return {key: info for key, info in self._models.items() if key != self.model}

    def with_budget(self, budget: Budget) -> HybridExtractor:
        """This extractor with a budget of its own; connections and the state of providers stay shared."""
        other = copy.copy(self)
        other.budget = budget
        return other

    def switch_strategy(self, strategy: str) -> None:
        """`local`, `cloud` or `hybrid`, for the documents that are begun from now on. Raises ConfigError."""
        if strategy not in STRATEGIES:
            template = N_("There is no strategy “{strategy}”. Choose one of: {known}.")
            raise ConfigError(template, strategy=strategy, known=", ".join(STRATEGIES))
        self.strategy = strategy

    def estimate_cost(self, text: str, model_key: str, schema: Schema | None = None) -> float | None:
        """USD that one extraction from `text` will cost; None when the model's price is unknown.

        Without a `schema` it is for the document type that the text looks like. Raises ConfigError for an unknown
        model, SchemaError for an unusable schema.
        """
        if (info := self._models.get(model_key)) is None:
            template = N_("There is no model “{model}”. Known models: {known}.")
            raise ConfigError(template, model=model_key, known=", ".join(self._models))
        if not info.is_paid:
            return 0.0
        return estimates.estimate(text, as_document_type(schema) if schema is not None else _type_of(text), info.price)

    def version(self, document_type: DocumentType) -> str:
        """That of the prompt: better rules are no reason to buy an answer again. Another strategy than the configured
        one is another question."""
        return prompt.VERSION if self.strategy == self._config.strategy else f"{prompt.VERSION}-{self.strategy}"

    def reply(self, document: Document, document_type: DocumentType) -> Reply:
        """See Extractor: `attempts` says who was asked and why they were left, the `source` of each field who gave
        it. Raises StoppedError."""
        work = _Work(document, document_type)
        strategy, version = self.strategy, self.version(document_type)
        if strategy == "cloud":
            fields = self._cloud_first(work)
        else:
            fields = self._local_first(work, ask_cloud=strategy == "hybrid")
        return Reply(
            fields or {},
            _sum(work.usage),
            work.cost_usd,
            version,
            None if fields is not None else _why_none(work),
            tuple(work.attempts),
            work.provider,
        )

    def _local_first(self, work: _Work, ask_cloud: bool) -> dict[str, FieldValue] | None:
        local = self._ask_local(work)
        asked, doubt = needs_escalation(local, work.type, self._config.min_confidence)
        alone = not ask_cloud or (not any(self._groups) and self._config.fallback_to_local)
        if doubt is None or alone:
            return self._accept(work, local)
        # It failed already, or it is left with the reason why.
        if local.error is None:
            work.attempts[-1] = replace(work.attempts[-1], error=doubt.message)
        whole = local.error is not None or len(asked) == len(work.type.fields)
        names = None if whole else cheaper(work.document, work.type, asked)
        answer = self._ask_clouds(work, names)
        if answer is not None:
            return answer if local.error is not None else merged(local, answer, asked, work.type)
        return self._fall_back(work, local)

    def _cloud_first(self, work: _Work) -> dict[str, FieldValue] | None:
        answer = self._ask_clouds(work, None)
        if answer is not None:
            return answer
        if not self._config.fallback_to_local:
            return None
        return self._accept(work, self._ask_local(work))

    def _ask_local(self, work: _Work) -> Extraction:
        result = self._local.extract(work.document, work.type)
        usd = result.cost_usd or 0.0
        work.attempts.append(Attempt(result.model, result.provider, result.error, result.processing_time, usd))
        work.usage.append(result.usage)
        return result

    def _accept(self, work: _Work, local: Extraction) -> dict[str, FieldValue] | None:
        if local.error is not None:
            work.last = ExtractionError(N_("It failed: {reason}"), reason=local.error)
            return None
        work.provider = local.provider
        return dict(local.fields)

    def _fall_back(self, work: _Work, local: Extraction) -> dict[str, FieldValue] | None:
        """The local result after all, when the cloud gave none and it is there."""
        if local.error is not None or not self._config.fallback_to_local:
            return None
        work.attempts.append(Attempt(local.model, local.provider, cost_usd=0.0))
        return self._accept(work, local)

    def _ask_clouds(self, work: _Work, names: Sequence[str] | None) -> dict[str, FieldValue] | None:
        """The answer of the first model that gives one, None when none does."""
        left: set[str] = set()
        tried = 0
        for extractor in self._in_order(work):
            if extractor.provider in left or tried >= MOST_CLOUD_ATTEMPTS:
                continue
            started = time.perf_counter()
            try:
                self._breaker.check(extractor.provider)
                answer = self._ask_one(work, extractor, names)
                work.attempts.append(_attempt(extractor, None, started, pricing.cost(extractor.price, work.usage[-1])))
                work.provider = extractor.provider
                return answer
            except StoppedError:
                if not work.cost_usd and work.cost_usd is not None:
                    raise
                break  # Something was paid for this document: keep what there is.
            except ExtractionError as error:
                usd = charged(extractor.price, error.spent)
                work.attempts.append(_attempt(extractor, error, started, usd))
                work.usage.append(error.spent or Usage())
                work.last = error
                tried += error.spent != Usage(0, 0)
                if not isinstance(error, AnswerError | RequestError | ModelNotFoundError | BudgetError):
                    left.add(extractor.provider)
        if work.last is None:
            work.last = ConfigError(N_("No cloud model is available. The Models page says why."))
        return None

    def _ask_one(self, work: _Work, extractor: CloudExtractor, names: Sequence[str] | None) -> dict[str, FieldValue]:
        if extractor.price is None and self.budget.limited:
            template = N_(
                "The price of {model} is unknown, so the limits of spending cannot be kept. "
                "Give its cost_per_token in the cloud configuration (0 when it is free)."
            )
            raise BudgetError(template, spent=Usage(0, 0), model=extractor.settings.name)
        try:
            if work.dear:
                with put_off(False):
                    answer, usage = ask(extractor, self.budget, work.document, work.type, names)
            else:
                answer, usage = ask(extractor, self.budget, work.document, work.type, names)
        except BudgetError:
            raise
        except PutOffError:
            self._breaker.unasked(extractor.provider)
            raise
        except ExtractionError as error:
            self._breaker.note(extractor.provider, error)
            raise
        self._breaker.note(extractor.provider, None)
        work.usage.append(usage)
        return answer

    def _in_order(self, work: _Work) -> Iterator[CloudExtractor]:
        """The preferred providers' models, the cheapest for this document first; then the fallback providers'."""
        for group in self._groups:
            yield from sorted(group, key=lambda extractor: self._price_of(work, extractor))

    def _price_of(self, work: _Work, extractor: CloudExtractor) -> float:
        usd = pricing.cost(extractor.price, estimates.estimate_usage(work.document, work.type))
        return float("inf") if usd is None else usd


def _why_none(work: _Work) -> str:
    assert work.last is not None  # Whoever gives no result says why.
    return work.last.message


def fell_back(extraction: Extraction) -> str | None:
    """Why a result is the local one although cloud models were asked: what the last of them said; else None."""
    *before, last = extraction.attempts or (Attempt("", ""),)
    if extraction.error is not None or last.error is not None or is_cloud(last.model):
        return None
    return next((attempt.error for attempt in reversed(before) if is_cloud(attempt.model)), None)


def _groups(clouds: Sequence[CloudExtractor], rules: CostRules) -> tuple[list[CloudExtractor], ...]:
    """The models of preferred providers, and of those to fall back to; all together where neither is named."""
    if not rules.preferred_providers and not rules.fallback_providers:
        return (list(clouds),)
    preferred = [extractor for extractor in clouds if extractor.provider in rules.preferred_providers]
    fallback = [extractor for extractor in clouds if extractor.provider in rules.fallback_providers]
    return preferred, [extractor for extractor in fallback if extractor not in preferred]


def _attempt(extractor: Extractor, error: ExtractionError | None, started: float, usd: float | None) -> Attempt:
    seconds = time.perf_counter() - started
    return Attempt(extractor.model, extractor.provider, error.message if error else None, seconds, usd)


def _sum(usages: Sequence[Usage]) -> Usage:
    """All tokens; None when of none it is known."""
    known_in = [usage.input_tokens for usage in usages if usage.input_tokens is not None]
    known_out = [usage.output_tokens for usage in usages if usage.output_tokens is not None]
    return Usage(
        sum(known_in) if known_in else None,
        sum(known_out) if known_out else None,
        sum(usage.cache_read_tokens for usage in usages),
        sum(usage.cache_write_tokens for usage in usages),
    )


def _type_of(text: str) -> DocumentType:
    from extractor.core.document_types import load_document_types
    from extractor.extractors.sandboxed_text import document_from_text, propose_type

    types = load_document_types()
    return types[propose_type(document_from_text(text), types)[0]]


def create_hybrid_extractor(
    config_path: Path | str | None = None,
    cloud_config_path: Path | str | None = None,
    keys: Mapping[str, str] | None = None,
    budget: Budget | None = None,
) -> HybridExtractor:
    """The extractor of both configuration files, with all cloud models that are available.

    `keys` are API keys by provider name that win over the environment. Without a `budget`, the limit of a run is
    that of all documents of this extractor, and the month is that of this process. Raises ConfigError.
    """
    config = load_cloud(cloud_config_path)
    models = available_models(config_path, cloud_config_path, keys)
    local = create_extractor(config.local_model, config_path, cloud_config_path)
    clouds: list[CloudExtractor] = []
    if any(info.available for info in models.values() if info.type == "cloud"):
        from extractor.extractors.cloud.extractor import CloudExtractor

        for model in config.models.values():
            if models[cloud_key(model.key)].available:
                provider = config.providers[model.provider]
                clouds.append(CloudExtractor(provider, model, provider.api_key(keys) or "", config))
    return HybridExtractor(local, clouds, config, budget or Budget(config.cost), models)
