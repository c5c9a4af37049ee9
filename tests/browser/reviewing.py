"""What the browser tests of Review share: a document with known places, and hands that point at them."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

from playwright.sync_api import FloatRect, Locator, Page, expect
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from extractor import create_extractor, load_document_types
from extractor.core.extractions import FieldValue
from extractor.desk.intake import add_file
from extractor.store import DocumentRow, Store
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


def pdf(lines: Sequence[tuple[float, float, str]] = LINES, pages: int = 1) -> bytes:
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


def stored(desk: Desk, hash: str) -> tuple[dict[str, FieldValue], DocumentRow]:
    store = Store.open(folder=desk.data)
    try:
        return store.values(hash, load_document_types()["contract"]), store.row(hash)
    finally:
        store.close()


def document_shown(page: Page) -> str:
    """The hash of the document that Review shows."""
    found = re.search(r"document=(\w+)", page.url)
    assert found is not None, page.url
    return found[1]


def settle(page: Page) -> None:
    """Wait until the page stands still: no rerun is going on, and the sheet does not move."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    sheet = page.locator(".sheet")
    before = None
    while before != (before := sheet.bounding_box()):
        page.wait_for_timeout(150)


def open_review(page: Page, desk: Desk, hash: str, more: str = "") -> None:
    page.goto(f"{desk.url}review?document={hash}{more}")
    expect(page.locator(".word").first).to_be_attached()
    settle(page)
    if any(isinstance(value.value, int | float) for value in stored(desk, hash)[0].values()):
        # Streamlit draws texts empty and fills them in its next step.
        page.wait_for_function(
            "() => [...document.querySelectorAll('.st-key-review-fields textarea')].some(t => t.value)"
        )


def extract_and_review(page: Page) -> None:
    """From the queue with one new document to that document in Review."""
    page.get_by_role("button", name="Extract 1 new").click()
    page.get_by_role("button", name="Extract 1 documents").click()
    expect(page.get_by_text("Finished")).to_be_visible()
    page.get_by_role("button", name="Review next").click()
    page.wait_for_url("**/review?document=*")
    settle(page)


def box_of(page: Page, path: str) -> Locator:
    return page.locator(f".st-key-field-{re.sub(r'[^a-z0-9_]+', '-', path)}")


def rectangle(locator: Locator) -> FloatRect:
    """Where it is on the screen."""
    found = locator.bounding_box()
    assert found is not None, "not on the screen"
    return found


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
    settle(page)
    page.mouse.move(*point(page, start))
    page.mouse.down()
    page.mouse.move(*point(page, end, end=True), steps=5)
    page.mouse.up()
