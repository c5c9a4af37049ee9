"""Review in a real browser: typing, approving, keys, parties, texts, small screens."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from extractor import load_document_types
from extractor.store import Store
from tests.browser.conftest import Desk
from tests.browser.reviewing import LINES, add, box_of, drag, input_of, open_review, pdf, point, rectangle, stored


def test_words_that_are_no_value_of_the_field_are_refused_with_a_reason(desk: Desk, page: Page, contract: str) -> None:
    open_review(page, desk, contract)
    before = input_of(page, "payment_amount").input_value()
    input_of(page, "payment_amount").click()
    page.mouse.click(*point(page, "Northlight"))
    expect(page.get_by_text("“Northlight” cannot be read as a value of this field.")).to_be_visible()
    expect(input_of(page, "payment_amount")).to_have_value(before)


def test_a_typed_value_is_kept_looked_up_and_survives_a_reload(desk: Desk, page: Page, contract: str) -> None:
    open_review(page, desk, contract)
    input_of(page, "governing_court").fill("Court of Nowhere")
    page.keyboard.press("Enter")
    expect(box_of(page, "governing_court").locator(".review-unsupported")).to_be_visible()
    input_of(page, "term").fill("printed catalogue")
    page.keyboard.press("Tab")
    expect(box_of(page, "term").locator(".review-evidence")).to_be_visible()
    page.reload()
    expect(input_of(page, "governing_court")).to_have_value("Court of Nowhere")
    expect(input_of(page, "term")).to_have_value("printed catalogue")
    values, row = stored(desk, contract)
    assert values["governing_court"].source == "person:tester"
    assert row.state == "in_review"


def test_a_wrong_value_says_so_and_cannot_be_approved_a_missing_one_only_knowingly(
    desk: Desk, page: Page, contract: str
) -> None:
    open_review(page, desk, contract)
    input_of(page, "effective_date").fill("some day")
    page.keyboard.press("Enter")
    expect(box_of(page, "effective_date").locator(".review-problem")).to_contain_text("Not a date")
    input_of(page, "licensee").fill("")
    page.keyboard.press("Enter")
    expect(box_of(page, "licensee").locator(".review-problem")).to_contain_text("required")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".st-key-review-problems")).to_contain_text("Effective date")
    expect(page.locator(".st-key-review-anyway")).to_have_count(0)
    page.locator(".st-key-review-problems").get_by_text("Effective date").click()
    expect(input_of(page, "effective_date")).to_be_focused()
    page.keyboard.press("Alt+Delete")
    expect(input_of(page, "effective_date")).to_have_value("")
    anyway = page.locator(".st-key-review-anyway")
    expect(anyway).to_be_visible()
    page.keyboard.press("Control+Shift+Enter")
    # The next document opens, or this one shows that it is approved.
    expect(anyway).to_have_count(0)
    assert stored(desk, contract)[1].state == "approved"


def test_the_keyboard_goes_through_fields_doubts_and_pages(desk: Desk, page: Page) -> None:
    hash = add(desk, pdf(pages=4), "four.pdf")
    open_review(page, desk, hash, "&field=work_title&page=2")
    expect(page.locator('.sheet[data-page="2"]')).to_be_visible()
    input_of(page, "work_title").click()
    page.keyboard.press("Alt+ArrowDown")
    expect(input_of(page, "work_category")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(input_of(page, "work_title")).to_be_focused()
    expect(page.locator('.sheet[data-page="1"]')).to_be_visible()
    expect(page.locator('.box.bright[data-field="work_title"]')).to_be_visible()
    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    page.keyboard.press("PageDown")
    expect(page.locator('.sheet[data-page="4"]')).to_be_visible()
    expect(page).to_have_url(re.compile("page=4"))
    page.keyboard.press("PageUp")
    expect(page.locator('.sheet[data-page="3"]')).to_be_visible()
    width = rectangle(page.locator(".sheet"))["width"]
    page.keyboard.press("Alt+=")
    page.wait_for_function("() => document.querySelector('.stBidiComponent div')")
    expect(page.locator('[data-act="zoom-fit"]')).to_have_text("120%")
    for _try in range(200):  # It is drawn anew, so for a moment there is none.
        box = page.locator(".sheet").bounding_box()
        if box and box["width"] > width * 1.15:
            break
        page.wait_for_timeout(50)
    assert box and box["width"] > width * 1.15
    page.keyboard.press("Alt+0")
    expect(page.locator('[data-act="zoom-fit"]')).to_have_text("100%")
    input_of(page, "signature_date").fill("some day")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Not a date.")).to_be_visible()
    input_of(page, "work_title").click()
    page.keyboard.press("Alt+j")
    expect(input_of(page, "signature_date")).to_be_focused()


def test_parties_are_added_filled_by_pointing_and_removed(desk: Desk, page: Page, contract: str) -> None:
    open_review(page, desk, contract)
    cards = page.locator('[class*="st-key-item-parties-"]')
    expect(cards).to_have_count(2)
    page.locator(".st-key-review-fields").get_by_role("button", name="Add: Parties").click()
    expect(cards).to_have_count(3)
    # Until the server's answer is drawn whole, the widget with the old value stands below the one with the new.
    name = page.locator('[class*="st-key-field-parties-"][class*="-name"]').last.locator("textarea").first
    expect(page.locator(".target")).to_contain_text("Role")
    name.click()
    drag(page, "Northlight Press", "Northlight Press")
    expect(name).to_have_value("Northlight Press")
    page.reload()
    expect(cards).to_have_count(3)
    expect(name).to_have_value("Northlight Press")
    cards.last.get_by_role("button", name="Remove").click()
    expect(cards).to_have_count(2)
    page.keyboard.press("Alt+z")
    expect(cards).to_have_count(3)


def test_a_docx_is_shown_as_text_and_can_be_pointed_at(desk: Desk, page: Page, tmp_path: Path) -> None:
    from docx import Document

    document = Document()
    document.add_paragraph("License of the Silver Orchard")
    table = document.add_table(rows=2, cols=2)
    for row, cells in zip(
        table.rows, [("Licensor", "Mina Harrow"), ("Court", "Seoul Central District Court")], strict=True
    ):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.save(str(tmp_path / "a.docx"))
    hash = add(desk, (tmp_path / "a.docx").read_bytes(), "a.docx")
    open_review(page, desk, hash, "&field=governing_court")
    expect(page.locator(".sheet.text td")).to_have_count(4)
    first = rectangle(page.locator(".word", has_text="Seoul"))
    last = rectangle(page.locator(".word", has_text="District"))
    page.mouse.move(first["x"] + 3, first["y"] + first["height"] / 2)
    page.mouse.down()
    page.mouse.move(last["x"] + last["width"] - 3, last["y"] + last["height"] / 2, steps=4)
    page.mouse.up()
    expect(input_of(page, "governing_court")).to_have_value("Seoul Central District")
    expect(page.locator(".word.bright")).to_have_text(["Seoul", "Central", "District"])


def test_a_long_text_is_shown_in_parts(desk: Desk, page: Page) -> None:
    lines = [f"Article {number}. The parties agree on clause {number} of this contract." for number in range(9000)]
    hash = add(desk, "\n".join(lines).encode(), "long.txt", extract=False)
    open_review(page, desk, hash, "&page=50&field=governing_court")
    expect(page.locator('.sheet[data-page="50"]')).to_be_visible()
    assert page.locator(".word").count() < 3000
    page.locator(".word", has_text="Article").first.click()
    expect(input_of(page, "governing_court")).to_have_value("Article")
    expect(page.locator(".word.bright")).to_have_count(1)


def test_a_document_without_extraction_offers_one(desk: Desk, page: Page) -> None:
    hash = add(desk, pdf((*LINES, (300, 90, "fresh"))), "fresh.pdf", extract=False)
    open_review(page, desk, hash)
    page.locator(".st-key-review-extract button").click()
    expect(input_of(page, "work_title")).to_have_value("The Silver Orchard")
    expect(page.locator(".st-key-review-extract")).to_have_count(0)


def test_an_approved_document_is_locked_until_it_is_reopened(desk: Desk, page: Page, contract: str) -> None:
    store = Store.open(folder=desk.data)
    store.approve(contract, load_document_types()["contract"], "tester")
    store.close()
    open_review(page, desk, contract, "&field=licensee")
    expect(input_of(page, "licensee")).to_be_disabled()
    page.mouse.click(*point(page, "Harrow"))
    expect(page.get_by_text("Approved. Reopen the document to change it.")).to_be_visible()
    page.locator(".st-key-review-reopen button").click()
    expect(input_of(page, "licensee")).to_be_enabled()


def test_on_a_small_korean_screen_page_and_fields_are_usable(
    desk: Desk, new_page: Callable[..., Page], contract: str
) -> None:
    page = new_page(locale="ko-KR", width=390, height=844)
    open_review(page, desk, contract, "&field=licensee")
    expect(page.locator(".target")).to_contain_text("이용자·양수인")
    field = input_of(page, "licensee")
    field.scroll_into_view_if_needed()
    page.mouse.click(*point(page, "Harrow"))
    expect(field).to_have_value("Harrow")
    viewer = rectangle(page.locator(".viewer"))
    assert viewer["y"] >= 0 and viewer["y"] + viewer["height"] < 844 * 0.7
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    for button in ("승인 후 다음", "실행 취소", "다음"):
        expect(page.get_by_role("button", name=button, exact=True).first).to_be_attached()
