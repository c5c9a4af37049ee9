"""What a call costs. USD per 1,000 tokens; unknown is None everywhere, never 0."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Any

from extractor.core.extractions import Usage
from extractor.settings.cloud import Price

CACHE_WRITE = 1.25
"""What it costs to write a cache, as a share of the price of input, at every provider that charges for it."""


def price(provider: str, model_id: str, configured: Price | None = None) -> Price | None:
    """The price of a model: what the configuration says, else what genai-prices knows, else None.

    `provider` is the provider's name in genai-prices (`openai`, `together`). A Hugging Face model pinned to one
    inference provider (`Qwen/Qwen3-32B:groq`) is looked up under that provider; without the pin the router
    chooses, and the price is unknown.
    """
    if configured is not None:
        return configured
    if provider == "huggingface":
        model_id, _, pinned = model_id.partition(":")
        if not pinned:
            return None
        provider = f"huggingface_{pinned}"
    return _listed(provider, model_id)


@lru_cache(maxsize=512)
def _listed(provider: str, model_id: str) -> Price | None:
    import genai_prices

    used = genai_prices.Usage(input_tokens=1000, output_tokens=1000)
    try:
        calculation = genai_prices.calc_price(used, model_id, provider_id=provider)
    except LookupError:
        return None
    return Price(float(calculation.input_price), float(calculation.output_price), (provider, model_id))


def cost(price: Price | None, usage: Usage) -> float | None:
    """USD of a call. None when the price or a token count is unknown.

    By the price list with its steps for long prompts and its prices of caches; by a price of the configuration with
    caches read at the price of input and written at `CACHE_WRITE` times that.
    """
    if price is None or usage.input_tokens is None or usage.output_tokens is None:
        return None
    written = min(usage.cache_write_tokens, usage.input_tokens)
    flat = (usage.input_tokens * price.input + usage.output_tokens * price.output) / 1000
    if price.listed is None:
        return flat + written * (CACHE_WRITE - 1) * price.input / 1000
    read = min(usage.cache_read_tokens, usage.input_tokens - written)
    return _by_list(*price.listed, usage.input_tokens, usage.output_tokens, read, written)


def _by_list(provider: str, model_id: str, tokens: int, output: int, read: int, written: int) -> float:
    """USD by genai-prices. Where it does not say what writing a cache costs, that is not to be had for less."""
    import genai_prices

    def priced(read: int, written: int) -> genai_prices.types.PriceCalculation:
        used = genai_prices.Usage(
            input_tokens=tokens, output_tokens=output, cache_read_tokens=read, cache_write_tokens=written
        )
        return genai_prices.calc_price(used, model_id, provider_id=provider)

    calculation = priced(read, written)
    usd = float(calculation.total_price)
    if not written or getattr(calculation.model_price, "cache_write_mtok", None) is not None:
        return usd
    return usd + (CACHE_WRITE - 1) * float(priced(0, 0).input_price) * written / tokens


def ceiling(price: Price | None, usage: Usage) -> float | None:
    """USD that a call can cost at most: the whole prompt written to a cache."""
    if usage.input_tokens is None:
        return None
    return cost(price, replace(usage, cache_read_tokens=0, cache_write_tokens=usage.input_tokens))


def together(price: Price | None, usage: Usage, calls: int) -> float | None:
    """USD of `calls` calls that use `usage` in all: what a long prompt costs more is a matter of each call."""
    if calls <= 1 or usage.input_tokens is None or usage.output_tokens is None:
        return cost(price, usage)
    if price is None or price.listed is None:
        return cost(price, usage)
    each = cost(price, Usage(-(-usage.input_tokens // calls), -(-usage.output_tokens // calls)))
    return None if each is None else each * calls


_PIECES = re.compile(
    r"(?P<hangul>[가-힣]+)|(?P<latin>[A-Za-z]+)|(?P<digits>\d+)|(?P<line>\n)|[^\S\n]+|(?P<mark>[^\w\s]+)|\w"
)


def count_tokens(text: str, tokenizer: Any | None = None) -> int:
    """Tokens of `text`: counted when a `tokenizer` with `encode` is given, else approximated.

    The weights were fitted to what the tokenizers of today's models (a vocabulary of 130,000 and more) make of
    Korean and English contracts; docs/providers.md has the error of each.
    """
    if tokenizer is not None:
        return len(tokenizer.encode(text))
    total = 0.0
    for match in _PIECES.finditer(text):
        kind, length = match.lastgroup, match.end() - match.start()
        if kind == "hangul":
            total += 0.91 * length - 0.31
        elif kind == "latin":
            total += 0.83 * -(-length // 6)
        elif kind == "digits":
            total += 2.1 * -(-length // 3)
        elif kind == "line":
            total += 1.3
        elif kind == "mark":
            total += 0.86
        elif not match.group().isspace():
            total += 1
        elif length > 1 or match.group() == "\t":
            total += 1.5  # A single space belongs to the word after it.
    return max(round(total), 1) if text else 0
