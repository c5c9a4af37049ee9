"""Twenty approved documents of a type that somebody added as a JSON file teach the extractor to read the next ones."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import FilePayload, Page, expect

from extractor import create_extractor
from extractor.core.extractions import FieldValue
from extractor.desk.intake import add_file
from extractor.store import Store
from tests.learning.making import RECEIPT, SCHEMA, receipt

from .conftest import ROOT, Desk
from .reviewing import document_shown, extract_and_review


@pytest.fixture(scope="module")
def taught(start_desk: Callable[..., Desk], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A server whose types are the shipped ones and a new JSON file; 20 receipts are corrected and approved."""
    folder = tmp_path_factory.mktemp("types") / "document_types"
    shutil.copytree(ROOT / "config" / "document_types", folder)
    (folder / "receipt.json").write_text(json.dumps(SCHEMA, ensure_ascii=False), encoding="utf-8")
    desk = start_desk(RIGHTSDESK_DOCUMENT_TYPES=str(folder))
    store = Store.open(folder=desk.data, types=lambda: {"receipt": RECEIPT})
    for number in range(20):
        text, right = receipt(number)
        row, _ = add_file(store, text.encode(), f"receipt_{number:02d}.txt", {"receipt": RECEIPT})
        store.save_extraction(row.hash, RECEIPT, create_extractor("builtin").extract(store.document(row.hash), RECEIPT))
        for path, value in right.items():
            store.set_value(row.hash, RECEIPT, path, FieldValue(value, source="person:tester"), "tester")
        store.approve(row.hash, RECEIPT, "tester")
    store.close()
    yield desk


def extract_new(page: Page, desk: Desk, name: str, number: int) -> dict[str, object]:
    """Upload a receipt nobody has seen, extract it, and give the values of its Review page's store."""
    page.goto(desk.url)
    expect(page.locator("tbody tr")).to_have_count(20)
    page.get_by_text("Add documents").first.click()
    upload = FilePayload(name=name, mimeType="text/plain", buffer=receipt(number)[0].encode())
    page.locator("input[type=file]").set_input_files([upload])
    expect(page.get_by_text("Added 1")).to_be_visible()
    extract_and_review(page)
    hash = document_shown(page)
    store = Store.open(folder=desk.data, types=lambda: {"receipt": RECEIPT})
    try:
        assert store.row(hash).document_type == "receipt"
        values = {path: value.value for path, value in store.values(hash, RECEIPT).items()}
        store.delete(hash)
        return values
    finally:
        store.close()


def right(values: dict[str, object], number: int) -> int:
    return sum(values[path] == value for path, value in receipt(number)[1].items())


def test_train_see_the_gain_use_it_and_the_next_document_is_read_better(page: Page, taught: Desk) -> None:
    before = extract_new(page, taught, "receipt_20.txt", 20)
    assert right(before, 20) < 3

    page.get_by_role("link", name="Learning").first.click()
    card = page.locator(".st-key-learn-receipt")
    expect(card.get_by_text("20 approved · read by the rules")).to_be_visible()
    card.get_by_role("button", name="Train").click()
    expect(card.get_by_text("F1 after learning").first).to_be_visible(timeout=600_000)
    by_rules, learned = (float(text) for text in card.get_by_test_id("stMetricValue").all_inner_texts())
    assert learned > by_rules + 0.3
    card.get_by_role("button", name="Use it").click()
    expect(card.get_by_text("20 approved · read by what 20 documents taught")).to_be_visible()

    after = extract_new(page, taught, "receipt_20.txt", 20)
    assert right(after, 20) > right(before, 20)
    assert right(after, 20) == 4

    page.get_by_role("link", name="Learning").first.click()
    card.get_by_role("button", name="Go back").click()
    expect(card.get_by_text("20 approved · read by the rules")).to_be_visible()
    assert extract_new(page, taught, "receipt_20.txt", 20) == before


def test_a_phone_shows_all_of_it(new_page: Callable[..., Page], taught: Desk) -> None:
    page = new_page(locale="ko-KR", width=390, height=844)
    page.goto(f"{taught.url}learning")
    expect(page.locator(".st-key-learn-receipt")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
