from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from extractor.core.extractions import Attempt
from extractor.quality import run_statistics

from .test_export import FORMULAS

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    model: str = "small"
    provider: str = "here"
    document_hash: str = "d1"
    pages: int = 2
    input_tokens: int | None = 100
    output_tokens: int | None = 20
    cost_usd: float | None = 0.01
    seconds: float = 1.0
    error: str | None = None
    attempts: tuple[Attempt, ...] = ()
    created_at: datetime = field(default=NOON)


FALLEN = Row(
    model="hybrid",
    cost_usd=0.03,
    attempts=(
        Attempt("small", "here", "no answer", 1.0, 0.01),
        Attempt("large", "there", None, 2.0, 0.02),
    ),
)


def test_an_unknown_cost_is_counted_and_never_nothing() -> None:
    rows = [Row(cost_usd=0.25), Row(cost_usd=None), Row(model="other", cost_usd=None), Row(model="free", cost_usd=0.0)]
    found = {cost.group: cost for cost in run_statistics.costs(rows, "model")}
    assert (found["small"].usd, found["small"].results, found["small"].unknown) == (0.25, 2, 1)
    assert found["other"].usd is None
    assert found["free"].usd == 0.0
    assert (run_statistics.totals(rows).usd, run_statistics.totals(rows).unknown) == (0.25, 2)
    assert run_statistics.totals([Row(cost_usd=None)]).usd is None


def test_money_is_counted_with_the_model_it_was_spent_on() -> None:
    found = {cost.group: cost.usd for cost in run_statistics.costs([FALLEN, Row()], "model")}
    assert found == pytest.approx({"small": 0.02, "large": 0.02})


def test_attempts_that_do_not_add_up_are_not_split() -> None:
    odd = Row(model="hybrid", cost_usd=0.05, attempts=FALLEN.attempts)
    assert {cost.group: cost.usd for cost in run_statistics.costs([odd], "model")} == {"hybrid": 0.05}


def test_days_are_those_of_the_reader() -> None:
    rows = [Row(created_at=NOON.replace(hour=16)), Row(created_at=NOON)]
    assert [cost.group for cost in run_statistics.costs(rows, "day", ZoneInfo("Asia/Seoul"))] == [
        "2026-03-02",
        "2026-03-03",
    ]
    assert [cost.group for cost in run_statistics.costs(rows, "day", UTC)] == ["2026-03-02"]


def test_the_dearest_document_comes_first() -> None:
    rows = [Row(document_hash="a"), Row(document_hash="b", cost_usd=1.0), Row(document_hash="a")]
    assert [cost.group for cost in run_statistics.costs(rows, "document")] == ["b", "a"]


def test_the_monthly_bill_follows_from_the_mean() -> None:
    rows = [Row(cost_usd=0.01), Row(cost_usd=0.03), Row(model="other", cost_usd=None), Row(error="no", cost_usd=9.0)]
    bills = {bill.model: bill for bill in run_statistics.monthly(rows, 1000)}
    assert bills["small"].usd == pytest.approx(20.0)
    assert bills["small"].measured == 2
    assert bills["other"].usd is None


def test_the_volume_is_that_of_thirty_days() -> None:
    old = Row(document_hash="old", created_at=NOON - timedelta(days=31))
    assert run_statistics.volume([Row(), Row(), Row(document_hash="d2"), old], NOON) == 2


def test_failures_say_nothing_about_speed() -> None:
    rows = [Row(seconds=s) for s in (1.0, 2.0, 3.0)] + [Row(seconds=0.001, error="refused")]
    (found,) = run_statistics.latencies(rows)
    assert (found.results, found.p50, found.least, found.most) == (3, 2.0, 1.0, 3.0)
    assert found.p95 == pytest.approx(2.9)
    assert len(run_statistics.points(rows)) == 3


@pytest.mark.parametrize(
    ("values", "percent", "expected"), [([4.0], 95, 4.0), ([1.0, 2.0], 50, 1.5), ([0.0, 10.0, 20.0], 95, 19.0)]
)
def test_a_percentile_lies_between_its_neighbours(values: list[float], percent: int, expected: float) -> None:
    assert run_statistics.percentile(values, percent) == pytest.approx(expected)


def test_fallbacks_and_failures_are_told_apart() -> None:
    rows = [FALLEN, Row(error="no answer"), Row(), Row(model="hybrid", error="all", attempts=FALLEN.attempts[:1])]
    found = {item.model: (item.tried, item.failed, item.replaced) for item in run_statistics.failures(rows)}
    assert found == {"small": (4, 3, 1), "large": (1, 0, 0)}
    assert [(r.model, r.reason, r.times) for r in run_statistics.reasons(rows)] == [("small", "no answer", 3)]
    assert run_statistics.totals(rows).fallbacks == 1
    assert run_statistics.totals(rows).failed == 2


def test_exported_data_opens_in_a_spreadsheet() -> None:
    data = run_statistics.to_csv(
        run_statistics.costs([Row(document_hash="d1", cost_usd=None)], "document"), {"d1": "=계약서, 1.pdf"}
    )
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows == [{"group": "'=계약서, 1.pdf", "usd": "", "results": "1", "unknown": "1"}]
    assert run_statistics.to_csv([]) == b""


@pytest.mark.parametrize("name", FORMULAS)
def test_no_name_of_a_document_is_a_formula_in_the_exported_data(name: str) -> None:
    """The same guard as that of exported values: ` =1`, full-width `＝1` and zero-width characters do not pass."""
    data = run_statistics.to_csv(run_statistics.costs([Row(document_hash="d1")], "document"), {"d1": name})
    (row,) = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert row["group"] == f"'{name}"


def test_no_runs_give_no_numbers() -> None:
    assert run_statistics.totals([]).usd is None
    for made in (
        run_statistics.latencies,
        run_statistics.failures,
        run_statistics.reasons,
        run_statistics.trades,
        run_statistics.points,
    ):
        assert made([]) == []
