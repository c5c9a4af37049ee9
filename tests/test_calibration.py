"""Confidence that says how often values are right: measured on gold, kept only where it is better."""

from __future__ import annotations

import json
import random
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from extractor import create_extractor, load_document_types
from extractor.cli import app as cli
from extractor.core.extractions import FieldValue
from extractor.extractors import confidence_curves
from extractor.quality import calibration
from extractor.reading.text import document_from_text

PAIRS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=40, max_size=80)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RIGHTSDESK_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("RIGHTSDESK_LEARNED", raising=False)
    return tmp_path


def boastful(seed: int, count: int = 400) -> list[calibration.Pair]:
    """Values of a model that is right half as often as it says."""
    chance = random.Random(seed)
    sure = [chance.uniform(0.5, 1.0) for _ in range(count)]
    return [(one, chance.random() < one / 2) for one in sure]


def test_a_boastful_model_is_set_right_on_values_that_the_curve_did_not_see() -> None:
    curve = calibration.fit(boastful(1))
    assert calibration.error(boastful(2)) == pytest.approx(0.375, abs=0.05)
    assert calibration.error(boastful(2), curve) < 0.1
    documents = [boastful(seed, 20) for seed in range(20)]
    assert calibration.held_back_error(documents) < 0.12


@given(PAIRS)
def test_a_curve_rises_between_0_and_1(pairs: list[calibration.Pair]) -> None:
    curve = calibration.fit(pairs)
    said = [confidence_curves.interpolate(curve, at / 50) for at in range(51)]
    assert all(0 <= one <= other <= 1 for one, other in pairwise(said))


def test_few_values_give_no_curve() -> None:
    assert calibration.fit(boastful(1, 29)) == ()
    assert confidence_curves.interpolate((), 0.7) == 0.7


def test_a_curve_changes_what_a_model_says_of_values_until_it_is_forgotten() -> None:
    value, null = FieldValue("가람", confidence=0.9), FieldValue(None, confidence=0.9)
    assert confidence_curves.calibrated(value, "local_x") == value
    confidence_curves.keep("local_x", ((0.0, 0.0), (1.0, 0.5)))
    assert confidence_curves.calibrated(value, "local_x").confidence == 0.45
    assert confidence_curves.calibrated(value, "builtin") == value
    assert confidence_curves.calibrated(null, "local_x") == null
    with confidence_curves.uncalibrated():
        assert confidence_curves.calibrated(value, "local_x") == value
    confidence_curves.keep("local_x", ())
    assert confidence_curves.calibrated(value, "local_x") == value


def gold(folder: Path, right: bool) -> str:
    """Contracts whose gold agrees with what they print, or not."""
    lines = []
    for number in range(20):
        text = f"저작물 이용허락 계약서\n저작물명 : 포구의 노래 {number}\n계약일 : 2024. 3. {number + 1}.\n"
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
        metadata = {"work_title": f"포구의 노래 {number}" if right or number % 2 else "다른 노래",
                    "signature_date": f"2024-03-{number + 1:02}"}  # fmt: skip
        lines.append(json.dumps({"file": f"{number}.txt", "document_type": "contract", "metadata": metadata}))
    (folder / "gold.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return str(folder / "gold.jsonl")


def sure_of_title() -> float:
    document = document_from_text("저작물 이용허락 계약서\n저작물명 : 포구의 노래\n")
    fields = create_extractor("builtin").extract(document, load_document_types()["contract"]).fields
    return fields["work_title"].confidence or 0.0


def test_the_command_draws_a_curve_and_forgets_it(here: Path) -> None:
    before = sure_of_title()
    result = CliRunner().invoke(cli.main, ["calibrate", gold(here, right=False), "--model", "builtin"])
    told = json.loads(result.stdout)
    assert told["used"] and told["error_calibrated"] < told["error"]
    assert sure_of_title() < before
    again = json.loads(
        CliRunner().invoke(cli.main, ["calibrate", str(here / "gold.jsonl"), "--model", "builtin"]).stdout
    )
    assert again["error"] == told["error"]
    CliRunner().invoke(cli.main, ["calibrate", "--model", "builtin", "--forget"])
    assert sure_of_title() == before


def test_models_that_cost_money_are_not_asked_for_a_curve(here: Path) -> None:
    result = CliRunner().invoke(cli.main, ["calibrate", gold(here, right=True), "--model", "hybrid"])
    assert result.exit_code == 2
    assert "Only the built-in extractor and local models have a curve" in result.output
    assert CliRunner().invoke(cli.main, ["calibrate", "--model", "builtin"]).exit_code == 2
