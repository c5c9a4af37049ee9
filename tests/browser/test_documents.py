"""What hands do on Documents, Extract and Export."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import Desk

CONTRACT = """저작물 이용허락 계약서

저작물명 : 은빛 강가의 노래
권리자 : 한가람
이용자 : 주식회사 새벽출판
계약일 : 2026년 3월 2일
"""


@pytest.fixture
def files(tmp_path: Path) -> Callable[..., list[Path]]:
    def write(**contents: str) -> list[Path]:
        paths = [tmp_path / name.replace("__", ".") for name in contents]
        for path, text in zip(paths, contents.values(), strict=True):
            path.write_text(text, encoding="utf-8")
        return paths

    return write


def queued(page: Page, count: int) -> None:
    expect(page.locator("tbody tr")).to_have_count(count)


def test_from_upload_to_export(page: Page, desk: Desk, files: Callable[..., list[Path]]) -> None:
    page.goto(desk.url)
    expect(page.get_by_role("heading", name="Add the first documents")).to_be_visible()
    page.locator("input[type=file]").set_input_files(
        files(
            contract__txt=CONTRACT,
            consent__md="개인정보 수집·이용 동의서\n성명 : 문해솔\n",
            copy__txt=CONTRACT,
            empty__pdf="",
            disguised__pdf="just text",
        )
    )
    expect(page.get_by_text("Added 2 · Already there 1 · Refused 2")).to_be_visible()
    results = page.locator(".st-key-upload-results")
    expect(results.get_by_text("0 bytes").first).to_be_visible()
    expect(results.get_by_text("as contract.txt").first).to_be_visible()
    queued(page, 2)

    # Reloading must not take the files in again, nor lose them.
    page.reload()
    queued(page, 2)
    page.get_by_role("button", name="Extract 2 new").click()
    expect(page).to_have_url(f"{desk.url}extract")
    expect(page.get_by_role("button", name="Extract 2 documents")).to_be_enabled()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Finished: 2 documents")).to_be_visible()
    assert "run=" in page.url
    page.reload()
    expect(page.get_by_text("Finished: 2 documents")).to_be_visible()
    queued(page, 2)

    page.get_by_role("link", name="Export").first.click()
    page.get_by_text("All", exact=True).click()
    page.get_by_text("JSON Lines", exact=True).click()
    button = page.get_by_role("button", name="Download 2 documents")
    expect(button).to_be_visible()
    expect(page.get_by_text("Everything, one document a line")).to_be_visible()
    with page.expect_download() as download:
        button.click()
    assert download.value.suggested_filename.endswith(".jsonl")
    lines = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    exported = {line["file"]: line for line in map(json.loads, lines)}
    assert set(exported) == {"contract.txt", "consent.md"}
    assert "은빛 강가의 노래" in json.dumps(exported["contract.txt"]["metadata"], ensure_ascii=False)


def test_open_a_document_from_the_queue(page: Page, desk: Desk) -> None:
    page.goto(desk.url)
    link = page.get_by_role("link", name="contract.txt")
    address = link.get_attribute("href")
    link.click()
    expect(page).to_have_url(desk.url + str(address).replace("&lang=en", ""))
    # The same address works in a new tab.
    page.goto(desk.url + str(address))
    expect(page.get_by_text("contract.txt").first).to_be_visible()


def test_open_the_next_document_with_a_key(page: Page, desk: Desk) -> None:
    page.goto(desk.url)
    queued(page, 2)
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile(r"/review\?document="))


def test_change_the_type_of_selected_documents(page: Page, desk: Desk) -> None:
    page.goto(desk.url)
    queued(page, 2)
    page.get_by_label("Select: consent.md").check()
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.get_by_role("button", name="Change type").click()
    page.locator("[data-testid=stPopoverBody]").get_by_role("combobox").click()
    page.get_by_role("option").last.click()
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("tbody tr", has_text="consent.md")).to_contain_text("Other")
    expect(page.get_by_text("1 selected")).to_have_count(0)


def test_select_all_extract(page: Page, desk: Desk) -> None:
    page.goto(desk.url)
    queued(page, 2)
    page.get_by_label("Select all on this page").check()
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.get_by_role("button", name="Extract", exact=True).click()
    expect(page.get_by_text("2 chosen documents")).to_be_visible()
    page.reload()
    expect(page.get_by_text("2 chosen documents")).to_be_visible()


def test_search_as_one_types(page: Page, desk: Desk) -> None:
    page.goto(desk.url)
    queued(page, 2)
    page.get_by_placeholder("Search names").press_sequentially("은빛")
    queued(page, 1)
    expect(page.locator("tbody tr")).to_contain_text("contract.txt")


def test_delete_asks_first(page: Page, desk: Desk) -> None:
    page.goto(desk.url)
    queued(page, 2)
    page.get_by_label("Select: consent.md").check()
    page.get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("consent.md")).to_be_visible()
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    queued(page, 2)
    page.get_by_role("button", name="Delete").click()
    dialog.get_by_role("button", name="Delete").click()
    queued(page, 1)


def test_a_phone_shows_all_of_it(new_page: Callable[..., Page], desk: Desk) -> None:
    page = new_page(locale="ko-KR", width=390, height=844)
    for path in ("", "extract", "export"):
        page.goto(desk.url + path)
        expect(page.get_by_role("heading").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
