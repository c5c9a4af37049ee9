"""Review in a real browser: what hands do with the page and the fields, from upload to export."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from extractor import create_extractor, load_document_types
from extractor.intake import add_file
from extractor.store import Store
from tests.browser.conftest import Desk

WIDTH, HEIGHT = A4
SIZE = 12
LINES = (
    (72, 760, "COPYRIGHT LICENSE AGREEMENT"),
    (72, 700, "Title of Work: The Silver Orchard"),
    (72, 676, "Type of Work: Illustration"),
    (72, 652, "Licensor: Mina Harrow"),
    (72, 628, "Licensee: Northlight Press Ltd."),
    (72, 604, "Effective Date: March 1, 2026"),
    (72, 580, "Fee: USD 2,500"),
    (72, 540, "The pictures are shown in the reading room"),
    (72, 522, "and in its printed catalogue."),
)


def pdf(lines=LINES, pages: int = 1) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=True)
    for number in range(pages):
        canvas.setFont("Helvetica", SIZE)
        for x, y, text in lines:
            canvas.drawString(x, y, text)
        canvas.drawString(72, 60, f"Sheet {number + 1}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def place_of(text: str) -> tuple[float, float, float, float]:
    """Where `text` was drawn: left, top, right, bottom in fractions of the page."""
    x, y, line = next(found for found in LINES if text in found[2])
    from reportlab.pdfbase.pdfmetrics import stringWidth

    left = x + stringWidth(line[: line.index(text)], "Helvetica", SIZE)
    right = left + stringWidth(text, "Helvetica", SIZE)
    return left / WIDTH, 1 - (y + SIZE * 0.72) / HEIGHT, right / WIDTH, 1 - y / HEIGHT


def add(desk: Desk, data: bytes, name: str, extract: bool = True) -> str:
    """A document put straight into the store of the running server; its hash."""
    types = load_document_types()
    store = Store.open(folder=desk.data)
    row, _new = add_file(store, data, name, types)
    store.set_type(row.hash, "contract", "tester")
    if extract:
        found = create_extractor("builtin").extract(store.document(row.hash), types["contract"])
        store.save_extraction(row.hash, types["contract"], found)
    store.close()
    return row.hash


def stored(desk: Desk, hash: str):
    store = Store.open(folder=desk.data)
    try:
        return store.values(hash, load_document_types()["contract"]), store.row(hash)
    finally:
        store.close()


def open_review(page: Page, desk: Desk, hash: str, more: str = "") -> None:
    page.goto(f"{desk.url}")
    expect(page.get_by_role("link", name=re.compile("Documents|문서")).first).to_be_attached()
    page.goto(f"{desk.url}review?document={hash}{more}")
    expect(page.locator(".word").first).to_be_attached()


def box_of(page: Page, path: str) -> Locator:
    return page.locator(f".st-key-field-{re.sub(r'[^a-z0-9_]+', '-', path)}")


def input_of(page: Page, path: str) -> Locator:
    return box_of(page, path).locator("input, textarea").first


def point(page: Page, text: str, end: bool = False) -> tuple[float, float]:
    """The middle of the first (or last) word of `text` on the screen."""
    words = text.split()
    left, top, right, bottom = place_of(text)
    word = place_of(words[-1]) if end and len(words) > 1 else None
    sheet = page.locator(".sheet").bounding_box()
    assert sheet
    x = (right - (right - left) / len(text)) if end else left + (right - left) / len(text)
    assert word is None or abs(word[2] - right) < 0.2
    return sheet["x"] + x * sheet["width"], sheet["y"] + (top + bottom) / 2 * sheet["height"]


def drag(page: Page, start: str, end: str) -> None:
    page.mouse.move(*point(page, start))
    page.mouse.down()
    page.mouse.move(*point(page, end, end=True), steps=5)
    page.mouse.up()


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
    sheet = page.locator(".sheet").bounding_box()
    for path, text in {"work_title": "The Silver Orchard", "effective_date": "March 1, 2026"}.items():
        drawn = page.locator(f'.box[data-field="{path}"]').first.bounding_box()
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
    page.locator(".st-key-export_format").get_by_text("JSON Lines").click()
    expect(page.get_by_text("Everything, one document a line")).to_be_visible()
    expect(page.locator('[data-testid="stApp"]')).to_have_attribute("data-test-script-state", "notRunning")
    with page.expect_download() as download:
        page.locator(".st-key-download button").click()
    (line,) = download.value.path().read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["metadata"]["purpose"].startswith(wanted)
    assert "manual" in line


@pytest.fixture
def contract(desk: Desk, request: pytest.FixtureRequest) -> str:
    """A contract of its own for each test."""
    return add(desk, pdf((*LINES, (300, 60, request.node.name[:60]))), f"{request.node.name[:30]}.pdf")


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
    width = page.locator(".sheet").bounding_box()["width"]
    page.keyboard.press("Alt+=")
    page.wait_for_function("() => document.querySelector('.stBidiComponent div')")
    expect(page.locator('[data-act="zoom-fit"]')).to_have_text("120%")
    assert page.locator(".sheet").bounding_box()["width"] > width * 1.15
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
    page.locator(".st-key-review-fields").get_by_role("button", name="Add: Parties").click()
    name = page.locator('[class*="st-key-field-parties-"][class*="-name"]').last
    expect(page.locator(".target")).to_contain_text("Role")
    count = cards.count()
    name.locator("input").click()
    drag(page, "Northlight Press", "Northlight Press")
    expect(name.locator("input")).to_have_value("Northlight Press")
    page.reload()
    expect(cards).to_have_count(count)
    expect(name.locator("input")).to_have_value("Northlight Press")
    cards.last.get_by_role("button", name="Remove").click()
    expect(cards).to_have_count(count - 1)
    page.keyboard.press("Alt+z")
    expect(cards).to_have_count(count)


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
    document.save(tmp_path / "a.docx")
    hash = add(desk, (tmp_path / "a.docx").read_bytes(), "a.docx")
    open_review(page, desk, hash, "&field=governing_court")
    expect(page.locator(".sheet.text td")).to_have_count(4)
    first = page.locator(".word", has_text="Seoul").bounding_box()
    last = page.locator(".word", has_text="District").bounding_box()
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
    viewer = page.locator(".viewer").bounding_box()
    assert viewer["y"] >= 0 and viewer["y"] + viewer["height"] < 844 * 0.7
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    for button in ("승인 후 다음", "실행 취소", "다음"):
        expect(page.get_by_role("button", name=button, exact=True).first).to_be_attached()
