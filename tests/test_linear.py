"""Twice the text takes at most 2.6 times as long, wherever a text comes in: no text that is sent in freezes the desk.

Here some hundred pairs of entry and text, those that once took seconds a page among them; `benchmarks/doubling.py` has
the whole cross product. CPU time of the own thread counts, not the clock on the wall: a busy machine changes little.
"""

import math
import random
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.linear import measure
from tests.linear.entries import ENTRIES
from tests.linear.measure import MOST, growth
from tests.linear.units import UNITS, maker

FORM = (
    "space",
    "tab",
    "newline",
    "no-break space",
    "colon",
    "갑:",
    "A",
    "성명: lines",
    "cells",
    "1)",
    "이하",
    "양도",
    "동의",
)
AGREEMENT = ("space", "digit", "A", "comma", "brackets open", "names", "governed", "years", "e-mails", "quote")
SHORT = (
    "space",
    "newline",
    "colon",
    "digit",
    "A",
    "Hangul",
    "comma",
    "brackets open",
    "quote",
    "dots",
    "e-mails",
    "only marks",
)
PAIRS = [
    *(("extract contract", unit, "form") for unit in FORM),
    *(("extract transfer_consent of a table", unit, "form") for unit in ("boxes", "ticks and words", "label cells")),
    *(("extract agreement", unit, "agreement") for unit in AGREEMENT),
    *(("extract nested of a wide table", unit, "form") for unit in ("role cells", "cells")),
    *(("learning agreement", unit, "agreement") for unit in ("space", "names")),
    *(("normalize list", unit, "alone") for unit in SHORT),
    *(("normalize name", unit, "alone") for unit in SHORT),
    *(("normalize email", unit, "alone") for unit in ("digit", "a.", "mail starts")),
    *(("align phone", unit, "alone") for unit in ("brackets open", "A", "digits apart")),
    *(("review", unit, "alone") for unit in SHORT),
    *(("retell", unit, "alone") for unit in ("template parts", "space", "quote")),
    *(("answers to repair", unit, "alone") for unit in ("fence", "space", "brace")),
    *(("DOCX", unit, "alone") for unit in ("XML symbol", "XML box", "XML link", "XML bookmark")),
    *(("text reader", unit, "alone") for unit in ("space", "rule row", "table row")),
    *(("compare", unit, "alone") for unit in ("words", "Hangul")),
    ("search_key", "marks out of order", "alone"),
    ("prompt and cost", "tag", "alone"),
    ("textview", "table row", "alone"),
    ("local tokens", "words", "alone"),
    ("JSON end", "words", "alone"),
    ("layout of 3 columns", "Hangul", "alone"),
]  # fmt: skip


@pytest.mark.parametrize("entry, unit, wrap", PAIRS)
def test_twice_the_text_takes_twice_as_long(entry: str, unit: str, wrap: str) -> None:
    found = growth(ENTRIES[entry], maker(UNITS[unit], wrap), floor=0.02, start=2_000, cap=16_000)
    assert found.is_linear, f"{entry}, {unit}: {found}; {MOST} are allowed"


@settings(max_examples=12, suppress_health_check=list(HealthCheck), derandomize=True)
@given(units=st.lists(st.sampled_from(sorted(UNITS.values())), min_size=2, max_size=4), seed=st.integers(0, 9))
def test_mixed_texts_take_twice_as_long_too(units: list[str], seed: int) -> None:
    def mixed(length: int) -> str:
        draw = random.Random(seed)
        return (
            "계약서\n" + "".join(draw.choice(units) for _ in range(length // max(map(len, units)))) + "\n성명: 홍길동"
        )

    for entry in ("extract contract", "normalize list", "review"):
        found = growth(ENTRIES[entry], mixed, floor=0.02, start=2_000, cap=8_000)
        assert found.is_linear, f"{entry}, {units}: {found}"


def test_the_measure_tells_a_square_from_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    # What a call says it cost counts, so that no busy machine has a part in it.
    monkeypatch.setattr(measure, "_seconds", lambda call, text: call(text))
    make = partial(str.__mul__, "a")
    assert not growth(lambda text: len(text) ** 2 / 1e9, make).is_linear
    assert growth(lambda text: len(text) / 1e6, make).is_linear
    assert growth(lambda text: len(text) * math.log(len(text)) / 1e7, make).is_linear
    noisy = iter([0.04, 0.11, 0.04, 0.07, *[0.05] * 99])
    assert growth(lambda text: next(noisy), make, start=1_000).is_linear, "noise only ever adds"
