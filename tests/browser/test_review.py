"""Review in a real browser: pointing at the page, from upload to export."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Desk
from tests.browser.reviewing import add, box_of, drag, input_of, open_review, pdf, place_of, point, rectangle


def test_upload_extract_point_reload_approve_export(desk: Desk, page: Page, tmp_path: Path) -> None:
    file = tmp_path / "silver_orchard.pdf"
    file.write_bytes(pdf())
    page.goto(desk.url)
    page.locator('input[type="file"]').first.set_input_files(file)
    expect(page.get_by_text("Added").first).to_be_visible()
    page.get_by_role("link", name="Extract", exact=True).click()
    page.locator(".st-key-start button").click()
    page.locator(".st-key-review_next button").click()
    expect(page.locator(".word").first).to_be_attached()
    page.locator('[class*="st-key-review-type"] input').click()
    page.get_by_role("option", name="Contract", exact=True).click()
    expect(input_of(page, "work_title")).to_have_value("The Silver Orchard")
    sheet = rectangle(page.locator(".sheet"))
    for path, text in {"work_title": "The Silver Orchard", "effective_date": "March 1, 2026"}.items():
        drawn = rectangle(page.locator(f'.box[data-field="{path}"]').first)
        left, top, right, bottom = place_of(text)
        assert abs(drawn["x"] - (sheet["x"] + left * sheet["width"])) < 4
        assert abs(drawn["x"] + drawn["width"] - (sheet["x"] + right * sheet["width"])) < 8
        middle = sheet["y"] + (top + bottom) / 2 * sheet["height"]
        assert drawn["y"] < middle < drawn["y"] + drawn["height"]

    input_of(page, "purpose").click()
    expect(page.locator(".target")).to_contain_text("Purpose")
    drag(page, "shown in the reading", "printed catalogue")
    wanted = "shown in the reading room and in its printed catalogue"
    expect(input_of(page, "purpose")).to_have_value(re.compile(f"^{wanted}"))
    expect(page.locator('.box.bright[data-field="purpose"]')).to_have_count(2)
    expect(page).to_have_url(re.compile("field=purpose"))

    page.reload()
    expect(page.locator(".target")).to_contain_text("Purpose")
    expect(input_of(page, "purpose")).to_have_value(re.compile(f"^{wanted}"))
    expect(page.locator('.box.bright[data-field="purpose"]')).to_have_count(2)

    page.keyboard.press("Control+Enter")
    if page.locator(".st-key-review-anyway").is_visible():
        pytest.fail("all required fields were filled in")
    expect(page.get_by_text("No other document needs a person.")).to_be_visible()
    page.get_by_role("link", name="Export", exact=True).click()
    page.locator('[class*="st-key-export_format"]').get_by_text("JSON Lines").click()
    expect(page.get_by_text("Everything, one document a line")).to_be_visible()
    expect(page.locator('[data-testid="stApp"]')).to_have_attribute("data-test-script-state", "notRunning")
    with page.expect_download() as download:
        page.locator(".st-key-download button").click()
    (line,) = download.value.path().read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["metadata"]["purpose"].startswith(wanted)
    assert "manual" in line


def test_a_click_fills_the_chosen_field_normalised_and_undo_takes_it_back(
    desk: Desk, page: Page, contract: str
) -> None:
    open_review(page, desk, contract, "&field=signature_date")
    expect(input_of(page, "signature_date")).to_be_visible()
    before = input_of(page, "signature_date").input_value()
    drag(page, "March 1, 2026", "March 1, 2026")
    expect(input_of(page, "signature_date")).to_have_value("2026-03-01")
    expect(box_of(page, "signature_date").locator(".review-evidence")).to_contain_text("pointed at")
    page.keyboard.press("Alt+z")
    expect(input_of(page, "signature_date")).to_have_value(before)


def test_what_was_typed_but_not_committed_does_not_win_over_a_pick(desk: Desk, page: Page, contract: str) -> None:
    open_review(page, desk, contract)
    field = input_of(page, "rights_holder")
    field.click()
    field.press_sequentially("half a na")
    page.mouse.click(*point(page, "Northlight"))
    expect(field).to_have_value("Northlight")
    expect(field).to_be_focused()
    page.keyboard.press("Alt+z")
    expect(field).to_have_value(re.compile("half a na"))


def test_shift_continues_a_text_and_alt_takes_a_block(desk: Desk, page: Page, contract: str) -> None:
    open_review(page, desk, contract)
    field = input_of(page, "purpose")
    field.click()
    page.mouse.click(*point(page, "pictures"))
    expect(field).to_have_value("pictures")
    page.keyboard.down("Shift")
    page.mouse.click(*point(page, "catalogue"))
    page.keyboard.up("Shift")
    expect(field).to_have_value("pictures catalogue.")
    expect(page.locator('.box.bright[data-field="purpose"]')).to_have_count(2)
    # The first words of two lines, and nothing of what stands to the right of them.
    (left, top), (right, bottom) = point(page, "Licensor:"), point(page, "Licensee:", end=True)
    page.keyboard.down("Alt")
    page.mouse.move(left, top - 6)
    page.mouse.down()
    page.mouse.move(right, bottom + 6, steps=5)
    page.mouse.up()
    page.keyboard.up("Alt")
    expect(field).to_have_value("Licensor: Licensee")


def test_evidence_says_its_field_and_leads_to_it(desk: Desk, page: Page, contract: str) -> None:
    open_review(page, desk, contract)
    expect(page.locator('.box[data-field="work_title"]')).to_be_visible()
    x, y = point(page, "The Silver Orchard")
    page.mouse.move(x, y)
    expect(page.locator(".tip")).to_have_text("Work title")
    page.keyboard.down("Control")
    page.mouse.click(x, y)
    page.keyboard.up("Control")
    expect(input_of(page, "work_title")).to_be_focused()


def test_a_link_to_a_field_opens_the_page_of_its_evidence(desk: Desk, page: Page) -> None:
    hash = add(desk, pdf(pages=5), "five.pdf")
    open_review(page, desk, hash, "&field=governing_court&page=4")
    input_of(page, "governing_court").click()
    page.locator(".word", has_text="").last.click()
    expect(input_of(page, "governing_court")).not_to_have_value("")
    open_review(page, desk, hash, "&field=governing_court")
    expect(page.locator('.sheet[data-page="4"]')).to_be_visible()
    expect(page.locator('.box.bright[data-field="governing_court"]')).to_be_visible()
