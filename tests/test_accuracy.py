"""F1 of models by what people approved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from extractor.core.extractions import Extraction, FieldValue, Usage
from extractor.quality.accuracy import Approved, measure
from extractor.quality.evaluation import Evaluation, Gold
from tests.store.making import LETTER


def approved(
    model: str,
    right: dict[str, Any],
    said: dict[str, Any],
    heading: str = "계약서 1",
    usd: float | None = 0.0,
    seconds: float = 1.0,
) -> Approved:
    fields = {path: FieldValue(value, source=model) for path, value in said.items()}
    result = Extraction(model, "here", "편지", fields, seconds, Usage(1, 1), usd)
    return Approved(LETTER, "a.pdf", heading, right, result)


RIGHT = {"work_title": "봄날", "fee": 5.0, "rights": ["복제권", "배포권"]}


def test_values_are_counted_for_each_model() -> None:
    found = measure(
        [
            approved("good", RIGHT, RIGHT),
            approved("poor", RIGHT, {"work_title": "여름", "rights": ["복제권"]}),
            approved("poor", RIGHT, {"work_title": "봄 날"}),
        ]
    )
    good, poor = found.models
    assert (good.model, good.documents, good.right, good.extra, good.missed, good.f1) == ("good", 1, 4, 0, 0, 1.0)
    assert (poor.model, poor.documents, poor.right, poor.extra, poor.missed) == ("poor", 2, 2, 1, 6)
    assert poor.f1 == pytest.approx(2 * 2 / (4 + 1 + 6), abs=1e-4)


def test_a_value_where_nothing_was_approved_is_extra() -> None:
    [found] = measure([approved("m", {"work_title": "봄날"}, {"work_title": "봄날", "fee": 3})]).models
    assert (found.right, found.extra, found.missed) == (1, 1, 0)


def test_the_worst_fields_and_layouts_come_first() -> None:
    one = approved("m", RIGHT, RIGHT, "양도 동의서 2024")
    other = approved("m", RIGHT, {"rights": ["복제권", "배포권"]}, "이용 허락 계약서")
    found = measure([one] * 2 + [other] * 2)
    assert [field.group for field in found.fields][-1] == "letter/rights"
    assert found.fields[0].f1 < 1
    assert [layout.group for layout in found.layouts] == ["이용 허락 계약서", "양도 동의서"]
    assert [(kind.group, kind.documents) for kind in found.types] == [("letter", 4)]


def test_numbers_of_a_heading_do_not_part_a_layout() -> None:
    found = measure([approved("m", RIGHT, RIGHT, f"동의서 제{number}호") for number in range(3)])
    assert [(one.group, one.documents) for one in found.layouts] == [("동의서 제호", 3)]


def test_a_model_that_is_beaten_in_all_three_is_not_among_the_best() -> None:
    half = {"work_title": "봄날", "fee": 5.0}
    found = measure(
        [
            approved("free", RIGHT, half, usd=0.0, seconds=0.1),
            approved("dear", RIGHT, RIGHT, usd=0.02, seconds=2.0),
            approved("worse", RIGHT, half, usd=0.03, seconds=3.0),
            approved("unpriced", RIGHT, half, usd=None, seconds=9.0),
        ]
    ).worth
    assert {one.model: one.best for one in found} == {"free": True, "dear": True, "worse": False, "unpriced": True}
    assert found[0].model == "dear"
    assert next(one for one in found if one.model == "unpriced").usd_per_document is None


def test_nothing_approved_is_no_figure() -> None:
    assert measure([]).models == []


def test_a_results_values_are_nested_once_whatever_the_number_of_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    real = vars(Extraction)["metadata"]

    def counted(result: Extraction) -> dict[str, Any]:
        asked.append(result)
        metadata: dict[str, Any] = real.fget(result)
        return metadata

    monkeypatch.setattr(Extraction, "metadata", property(counted))
    one = approved("good", RIGHT, RIGHT)
    Evaluation().add(Gold(Path("a.pdf"), "letter", RIGHT), one.result, LETTER)
    assert len(asked) == 1
