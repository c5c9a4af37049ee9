"""One scale for the colours of confidence and one name for each way that evidence was found, on every page."""

from __future__ import annotations

import pytest

from extractor.core.extractions import Alignment, Evidence, FieldValue
from extractor.desk.review import LOW_CONFIDENCE
from extractor.export.tables import ALIGNMENTS
from pages.components import fields, review_panel, ui


@pytest.mark.parametrize(
    ("confidence", "level"),
    [
        (0.0, "low"),
        (0.49, "low"),
        (0.5, "middle"),
        (LOW_CONFIDENCE - 0.01, "middle"),
        (LOW_CONFIDENCE, "high"),
        (1, "high"),
    ],
)
def test_a_confidence_has_one_colour_in_the_queue_and_in_review(confidence: float, level: str) -> None:
    assert ui.level(confidence) == level
    assert f'data-level="{level}"' in fields._confidence(FieldValue("봄", confidence=confidence))


def test_what_review_marks_as_doubtful_is_never_green_and_nothing_else_is_yellow() -> None:
    for percent in range(101):
        assert (ui.level(percent / 100) == "high") == (percent / 100 >= LOW_CONFIDENCE)


@pytest.mark.parametrize("alignment", ["normalized", "mark", "fuzzy", "manual"])
def test_review_calls_an_alignment_what_the_export_calls_it(
    alignment: Alignment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review_panel, "place", lambda: type("Place", (), {"document": "0"})())
    monkeypatch.setattr(review_panel, "sheet_of", lambda *_: 1)
    monkeypatch.setattr(fields, "_", lambda text: text)
    said = fields._evidence("title", FieldValue("봄", evidence=(Evidence(1, 0, 1, "봄", (), alignment),)))
    assert f'title="{ALIGNMENTS[alignment]}: 봄"' in said
