"""From several models to one draft: a run with a failing provider, Compare, Review, Insights, Models."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pages.components.models import money
from tests.openai_server import FakeOpenAI

from .conftest import Desk

KEY = "sk-desk-secret-0123456789"
CONFIG = """
cloud: {{retry_attempts: 0, timeout: 20}}
providers:
  sound: {{title: Sound Provider, base_url: "{url}", api_key_env: SOUND_API_KEY}}
  broken: {{title: Broken Provider, base_url: "{url}", api_key_env: SOUND_API_KEY}}
  locked: {{title: Locked Provider, base_url: "{url}", api_key_env: LOCKED_API_KEY}}
models:
  reader: {{name: Reader, provider: sound, model_id: reader, cost_per_token: {{input: 0.5, output: 2.0}}}}
  failing: {{name: Failing, provider: broken, model_id: "reader@500", cost_per_token: 0.1}}
  absent: {{name: Absent, provider: locked, model_id: absent}}
cost_optimization:
  preferred_providers: [broken, sound]
"""
# The paper names the work twice, so that two readers may well choose differently.
DOCUMENTS = {
    f"{name}.txt": f"""저작물 이용허락 계약서

저작물명: 「{title}」
권리자: {holder}
이용자: 주식회사 새벽출판
계약일: 2026년 3월 {day}일
"""
    for name, title, holder, day in (
        ("first", "은빛 강가의 노래", "한가람", 2),
        ("second", "겨울 숲의 기록", "문해솔", 3),
        ("third", "바람의 지도", "윤서하", 4),
    )
}


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeOpenAI]:
    with FakeOpenAI(latency=0.1, api_key=KEY) as server:
        yield server


@pytest.fixture(scope="module")
def desk(start_desk: Callable[..., Desk], provider: FakeOpenAI, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    config = tmp_path_factory.mktemp("config") / "cloud.yaml"
    config.write_text(CONFIG.format(url=provider.base_url), encoding="utf-8")
    keys = {name: "" for name in os.environ if name.endswith("_API_KEY")}
    return start_desk(**keys, RIGHTSDESK_CLOUD_CONFIG=str(config), SOUND_API_KEY=KEY)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("papers")
    for name, text in DOCUMENTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return sorted(folder.iterdir())


def spent(provider: FakeOpenAI) -> float:
    """What the sound provider charges for the calls it answered, by the prices of the configuration."""
    return sum(call.input_tokens * 0.5 + call.output_tokens * 2.0 for call in provider.answered) / 1000


def test_three_models_one_of_them_failing(page: Page, desk: Desk, provider: FakeOpenAI, papers: list[Path]) -> None:
    page.goto(desk.url)
    page.locator("input[type=file]").set_input_files(papers)
    expect(page.locator("tbody tr")).to_have_count(3)
    page.get_by_role("button", name="Extract 3 new").click()
    page.get_by_text("models are not available").click()
    expect(page.locator("table.missing tr", has_text="Absent")).to_contain_text("LOCKED_API_KEY")
    estimate = page.locator("table.estimate")
    for count, model in ((2, "Reader"), (3, "Failing")):
        page.get_by_text(model, exact=True).click()
        expect(estimate.locator("tbody tr")).to_have_count(count)
    # It was never timed here, so nobody knows how long it takes; its price is known.
    expect(estimate.locator("tr", has_text="Reader")).to_contain_text("$")
    expect(estimate.locator("tr", has_text="Reader")).to_contain_text("unknown")
    expect(page.get_by_role("button", name="Extract 3 documents")).to_be_enabled()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Finished")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(9)
    expect(page.locator("tbody tr .note.error")).to_have_count(3)
    expect(page.get_by_text(f"spent {money(spent(provider))}")).to_be_visible()

    # Only what failed is tried again, and nothing is paid twice.
    paid = len(provider.answered)
    page.get_by_role("button", name="Try 3 failed again").click()
    expect(page.locator("tbody tr")).to_have_count(3)
    expect(page.get_by_text("Finished")).to_be_visible()
    assert len(provider.answered) == paid == 3
    assert sum(call.model == "reader@500" for call in provider.log) == 6


def test_a_value_is_taken_and_seen_in_review(page: Page, desk: Desk) -> None:
    page.goto(desk.url)
    page.get_by_label("Select: first.txt").check()
    page.get_by_role("button", name="Compare", exact=True).click()
    page.wait_for_url("**/compare?document=*")
    expect(page.get_by_text("Failing:")).to_be_visible()
    heads = page.locator(".compare-grid thead th.answer")
    expect(heads).to_have_count(2)
    expect(heads.filter(has_text="Reader")).to_contain_text("Sound Provider")
    expect(heads.filter(has_text="Reader")).to_contain_text(re.compile(r"[\d,]+ tokens\s*\$0\.\d+"))

    title = page.locator(".compare-grid tr", has=page.get_by_text("Work title", exact=True))
    expect(title).to_contain_text("2 of 2 agree")
    expect(heads.nth(1)).to_contain_text("Reader")
    cell = title.locator("td.answer").nth(1)
    cell.click()
    # The evidence is on the page at once.
    expect(page.locator(".viewer .bright").first).to_be_visible()
    expect(page.locator(".viewer .target")).to_contain_text("Reader")
    undo = page.get_by_role("button", name="Undo")
    expect(undo).to_be_disabled()
    page.keyboard.press("Enter")
    expect(undo).to_be_enabled()
    expect(cell).to_contain_text("in the draft")
    value = cell.locator(".value").inner_text()
    page.keyboard.press("Alt+z")
    expect(undo).to_be_disabled()
    cell.click()
    cell.get_by_role("button", name="Take").click()
    expect(undo).to_be_enabled()
    expect(cell).to_contain_text("in the draft")
    cell.get_by_role("button", name="In Review").click()
    page.wait_for_url("**/review?*field=work_title*")
    expect(page.get_by_label("Work title")).to_have_value(value)


def test_a_whole_answer_is_taken_with_conflicts_alone_on_the_screen(page: Page, desk: Desk) -> None:
    page.goto(f"{desk.url}compare")
    rows = page.locator(".compare-grid tbody tr:not(.group)")
    expect(rows.first).to_be_visible()
    everything, conflicts = rows.count(), page.locator(".compare-grid th.field .state.conflict").count()
    assert 0 < conflicts < everything
    page.get_by_text("Conflicts only").click()
    expect(page).to_have_url(re.compile("conflicts=true"))
    expect(rows).to_have_count(conflicts)
    page.reload()
    expect(rows).to_have_count(conflicts)
    page.get_by_text("Conflicts only").click()
    expect(rows).to_have_count(everything)
    page.locator(".compare-grid thead th", has_text="Reader").get_by_role("button", name="Take all").click()
    column = page.locator(".compare-grid tbody tr:not(.group) td.answer:nth-of-type(4)")
    filled = column.filter(has_not_text="Not stated")
    expect(filled.filter(has_text="in the draft")).to_have_count(filled.count())


def test_the_hybrid_falls_back_to_the_next_provider(
    page: Page, desk: Desk, provider: FakeOpenAI, tmp_path: Path
) -> None:
    # No user is named: the rules leave a required field empty, and the cloud is asked.
    paper = tmp_path / "fourth.txt"
    paper.write_text("저작물 이용허락 계약서\n\n저작물명: 「달의 뒷면」\n권리자: 서은재\n", encoding="utf-8")
    page.goto(desk.url)
    page.get_by_text("Add documents").first.click()
    page.locator("input[type=file]").set_input_files(paper)
    page.get_by_role("button", name="Extract 1 new").click()
    page.get_by_text("Hybrid", exact=True).click()
    expect(page.locator("table.estimate tbody tr", has_text="Hybrid")).to_contain_text(
        re.compile(r"Hybrid.*at most \$\d")
    )
    before = len(provider.log)
    page.get_by_role("button", name="Extract 1 documents").click()
    expect(page.get_by_text("Finished")).to_be_visible()
    expect(page.locator("tbody tr .note.error")).to_have_count(0)
    assert [call.model for call in provider.log[before:]] == ["reader@500", "reader"]
    page.goto(f"{desk.url}insights")
    expect(page.locator("[data-testid=stMetric]", has_text="Fallbacks")).to_contain_text("1")
    with page.expect_download() as download:
        page.locator(".st-key-chart-failures").get_by_role("button", name="CSV").click()
    lines = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert next(line for line in lines if line.startswith("cloud_failing")).endswith(",1")


def test_insights_tell_the_true_cost(page: Page, desk: Desk, provider: FakeOpenAI, papers: list[Path]) -> None:
    page.goto(f"{desk.url}insights")
    cost = page.locator("[data-testid=stMetric]", has_text="Known cost")
    expect(cost).to_contain_text(money(spent(provider)))
    with page.expect_download() as download:
        page.locator(".st-key-chart-cost_by_model").get_by_role("button", name="CSV").click()
    lines = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    reader = next(line.split(",") for line in lines if line.startswith("cloud_reader"))
    assert float(reader[1]) == pytest.approx(spent(provider))
    expect(page.locator(".js-plotly-plot").first).to_be_visible()


def test_a_key_of_the_session_is_used_and_never_shown(page: Page, desk: Desk, provider: FakeOpenAI) -> None:
    page.goto(f"{desk.url}models")
    line = page.locator("table.models tr", has_text="Absent")
    expect(line).to_contain_text("LOCKED_API_KEY")
    field = page.locator(".st-key-key-locked input")
    field.fill(KEY)
    field.press("Enter")
    expect(line).to_contain_text("Available")
    expect(field).to_have_value("")
    assert KEY not in page.content()
    page.locator('[class*="st-key-test_model"]').get_by_role("combobox").click()
    page.get_by_role("option", name="Reader").click()
    page.get_by_role("button", name="Test", exact=True).click()
    expect(page.get_by_text("은빛 강가의 노래")).to_be_visible()
    assert KEY not in desk.log.read_text(encoding="utf-8")
    assert not any(KEY.encode() in path.read_bytes() for path in desk.data.rglob("*") if path.is_file())


def test_a_phone_shows_all_of_it(new_page: Callable[..., Page], desk: Desk) -> None:
    page = new_page(locale="ko-KR", width=390, height=844)
    for path in ("compare", "insights", "models", "extract"):
        page.goto(desk.url + path)
        expect(page.locator("h1, .compare-grid").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
