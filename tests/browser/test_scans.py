"""A scan on the desk: uploaded, recognised, its evidence on the picture, a wrong tick corrected, approved."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from extractor.reading.ocr import pages as scans
from tests.binders.making import together as pdfs
from tests.reading.scanning import scanned

from .conftest import Desk
from .reviewing import document_shown, extract_and_review, settle, stored

if scans.problem() is not None:
    pytest.skip("Tesseract is missing: apt-get install tesseract-ocr tesseract-ocr-kor", allow_module_level=True)

SAMPLE = Path(__file__).parents[2] / "samples" / "contract_table_01.pdf"


def test_a_scan_is_recognised_reviewed_and_approved(page: Page, desk: Desk) -> None:
    page.goto(desk.url)
    scan = FilePayload(name="scan.pdf", mimeType="application/pdf", buffer=scanned(SAMPLE.read_bytes(), tilt=0.8))
    page.locator("input[type=file]").set_input_files([scan])
    expect(page.get_by_text(re.compile("recognised|Added 1")).first).to_be_visible()
    expect(page.locator("tbody tr")).to_contain_text("scan.pdf", timeout=600_000)
    extract_and_review(page)

    # The box of the ticked right stands on the ticked box of the picture: dark in the frame.
    rights = page.locator('[class*="st-key-field-granted_rights"]')
    rights.get_by_text("p. 1", exact=False).first.click()
    bright = page.locator(".viewer .bright").first
    expect(bright).to_be_visible()
    sheet, box = page.locator(".sheet").bounding_box(), bright.bounding_box()
    assert sheet and box
    assert 0.16 < (box["y"] + box["height"] / 2 - sheet["y"]) / sheet["height"] < 0.22
    assert 0.27 < (box["x"] - sheet["x"]) / sheet["width"] < 0.60

    # A tick that the scan shows is taken back, as when the person who signed had crossed it out.
    right = rights.get_by_role("button", name="공연권")
    expect(right).to_have_attribute("aria-pressed", "true")
    right.click()
    expect(right).to_have_attribute("aria-pressed", "false")
    settle(page)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("No other document needs a person")).to_be_visible()
    hash = document_shown(page)
    values, row = stored(desk, hash)
    assert row.state == "approved"
    assert values["granted_rights"].value == ["복제권", "공중송신권"]
    assert values["granted_rights"].source == "person:tester"


def test_a_long_scan_is_worked_on_from_its_first_pages_on(page: Page, desk: Desk) -> None:
    contract = pdfs(*[SAMPLE.read_bytes()] * 6)
    page.goto(desk.url)
    page.get_by_text("Add documents").first.click()
    scan = FilePayload(name="long.pdf", mimeType="application/pdf", buffer=scanned(contract, noise=5))
    page.locator("input[type=file]").set_input_files([scan])
    row = page.locator("tbody tr", has_text="long.pdf")
    expect(row).to_contain_text("4 of 6 pages are left", timeout=600_000)
    row.get_by_role("link", name="long.pdf").click()
    expect(page.get_by_text("pages are still being recognised")).to_be_visible()
    expect(page.locator(".word").first).to_be_attached()
    page.get_by_role("button", name="Extract now").click()
    expect(page.get_by_label("Work title").first).not_to_have_value("")
    page.get_by_role("link", name="Documents").first.click()
    # The queue follows by itself.
    expect(row).not_to_contain_text("pages are left", timeout=600_000)
    expect(row).to_contain_text("long.pdf")
