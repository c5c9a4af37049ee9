"""A DOCX where LibreOffice is installed (a stand-in here): text while it is printed, then pages to point at."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import docx
from playwright.sync_api import Page, expect

from tests import stand_in_office
from tests.reading.test_docx import saved

from .conftest import Desk
from .reviewing import HEIGHT, WIDTH, add, input_of, open_review, settle, stored

LINES = (
    "저작물 이용허락 계약서",
    "저작물명 : 은빛 강가의 노래와 두루미의 첫 번째 겨울 여행",
    *(f"제{number}조 이용자는 저작물을 {number}년 동안 이용한다." for number in range(1, 8)),
    "계약일 : 2026년 3월 2일",
)


def test_text_gives_way_to_pages_and_is_pointed_at_there(
    start_desk: Callable[..., Desk], new_page: Callable[..., Page], tmp_path: Path
) -> None:
    desk = start_desk(PATH=stand_in_office.put(tmp_path / "bin", "prints when told"))
    source = docx.Document()
    for line in LINES:
        source.add_paragraph(line)
    hash = add(desk, saved(source), "계약서.docx")
    page = new_page(locale="ko-KR")
    open_review(page, desk, hash, "&field=signature_date")
    expect(page.locator(".sheet.text")).to_be_attached()
    (tmp_path / "bin" / "go").touch()
    while not (desk.data / "renditions" / f"{hash}.pdf").exists():
        page.wait_for_timeout(100)
    # Pages that took long show with the next thing that is done.
    page.keyboard.press("Alt+k")
    expect(page.locator(".sheet img")).to_be_attached()
    settle(page)

    # The field that was chosen stays, and its evidence, found before there were pages, stands on its page.
    expect(page.locator(".target")).to_contain_text("체결일")
    expect(page.locator(".page-count")).to_have_text("/ 2")
    expect(page.locator(".page-number")).to_have_value("2")
    sheet, box = page.locator(".sheet").bounding_box(), page.locator(".bright").bounding_box()
    assert sheet and box
    row = _row_of_last_line()
    middle = 1 - (stand_in_office.TOP - row * stand_in_office.LINE + 4) / HEIGHT
    assert abs((box["y"] + box["height"] / 2 - sheet["y"]) / sheet["height"] - middle) < 0.01
    assert (box["x"] - sheet["x"]) / sheet["width"] > stand_in_office.LEFT / WIDTH

    # A word that runs over two lines is taken whole, whichever of its ends is clicked.
    page.locator(".page-number").fill("1")
    page.keyboard.press("Enter")
    expect(page.locator('.sheet[data-page="1"]')).to_be_attached()
    settle(page)
    input_of(page, "purpose").click()
    settle(page)
    ends = page.evaluate(
        """() => [...window.rightsdeskSheets.values()].find(({ page }) => page === 1).words
            .flatMap(([start], index, words) => index && words[index - 1][0] === start ? [index] : [])"""
    )
    page.locator(f'.word[data-index="{ends[0]}"]').click(force=True)
    expect(input_of(page, "purpose")).to_have_value(re.compile("두루미의"))
    expect(page.locator(".bright")).to_have_count(2)
    values, _row = stored(desk, hash)
    [evidence] = values["purpose"].evidence
    assert (evidence.page, evidence.text) == (1, "두루미의")


def _row_of_last_line() -> int:
    """Where on its page the stand-in prints the last line."""
    before = sum(-(-len(line) // stand_in_office.LETTERS) for line in LINES[:-1])
    return before % ((stand_in_office.TOP - stand_in_office.BOTTOM) // stand_in_office.LINE)
