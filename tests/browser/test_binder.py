"""A scanned binder of two people: the proposed cut, split, extracted, boxes on the scan, a tick corrected, approved."""

from __future__ import annotations

import pytest
from playwright.sync_api import FilePayload, Page, expect

from extractor import load_document_types
from extractor.reading.ocr import pages as scans
from extractor.store import Store
from tests.binders.making import SIGNERS, binder, whole
from tests.reading.scanning import scanned

from .conftest import Desk
from .reviewing import document_shown, settle

if scans.problem() is not None:
    pytest.skip("Tesseract is missing: apt-get install tesseract-ocr tesseract-ocr-kor", allow_module_level=True)


def test_a_scanned_binder_is_split_reviewed_and_approved(page: Page, desk: Desk) -> None:
    page.goto(desk.url)
    scan = FilePayload(name="binder.pdf", mimeType="application/pdf", buffer=scanned(binder(whole(2)), tilt=0.5))
    page.locator("input[type=file]").set_input_files([scan])
    results = page.locator(".st-key-upload-results")
    expect(results.get_by_text("Looks like 2 documents in one file.")).to_be_visible(timeout=600_000)
    results.get_by_role("button", name="Split").click()

    # The cut stands before page 3; it can be moved and is moved back.
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("2 documents: pages 1–2, 3–4")).to_be_visible()
    expect(dialog.locator("img")).to_have_count(4)
    begins = dialog.get_by_role("checkbox")
    expect(begins).to_have_count(3)
    expect(begins.nth(1)).to_be_checked()
    dialog.get_by_text("Begins here").nth(0).click()
    expect(dialog.get_by_text("3 documents: pages 1, 2, 3–4")).to_be_visible()
    dialog.get_by_text("Begins here").nth(0).click()
    expect(dialog.get_by_text("2 documents: pages 1–2, 3–4")).to_be_visible()
    dialog.get_by_role("button", name="Split into 2 documents").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody")).to_contain_text("binder (1-2).pdf")
    expect(page.locator("tbody")).to_contain_text("binder (3-4).pdf")

    page.get_by_role("button", name="Extract 2 new").click()
    page.get_by_role("button", name="Extract 2 documents").click()
    expect(page.get_by_text("Finished")).to_be_visible()
    page.get_by_role("link", name="Documents").first.click()
    page.get_by_role("link", name="binder (3-4).pdf").click()
    page.wait_for_url("**/review?document=*")
    expect(page.locator(".word").first).to_be_attached()
    settle(page)

    # The second person refuses the second consent: the box of the answer stands on the scan.
    field = page.locator(".st-key-field-modification_consent")
    field.get_by_text("p. 1", exact=False).first.click()
    bright = page.locator(".viewer .bright").first
    expect(bright).to_be_visible()
    sheet, box = page.locator(".sheet").bounding_box(), bright.bounding_box()
    assert sheet and box
    assert 0.41 < (box["y"] - sheet["y"]) / sheet["height"] < 0.44

    hash = document_shown(page)
    kind = load_document_types()["transfer_consent"]
    store = Store.open(folder=desk.data)
    before = store.values(hash, kind)
    store.close()
    assert before["transferor"].value == SIGNERS[1].name
    assert before["modification_consent"].value == "동의하지 않음"
    field.get_by_text("동의함", exact=True).first.click()
    settle(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".review-name")).to_contain_text("binder (1-2).pdf")
    store = Store.open(folder=desk.data)
    after, row = store.values(hash, kind), store.row(hash)
    store.close()
    assert row.state == "approved"
    assert after["modification_consent"].value == "동의함"
    assert after["modification_consent"].source == "person:tester"
