"""Addresses work on their own: on a server nobody has visited yet, after a reload, in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Response, expect

from .conftest import Desk

TITLES = {"": "문서", "extract": "추출", "export": "내보내기"}


# Every page's own address, and what stands on it while nothing is there to work with.
PAGES = {
    "": "첫 문서를 추가하십시오",
    "documents": "첫 문서를 추가하십시오",
    "extract": "문서 추가",
    "review": "검토할 문서가 없습니다",
    "compare": "두 모델이 함께 읽은 문서",
    "export": "문서 추가",
    "insights": "추출",
    "models": "시험 호출",
    "learning": "검토",
}


def refusals(page: Page) -> list[str]:
    """The addresses that are answered with an error from now on."""
    found: list[str] = []

    def note(answer: Response) -> None:
        if answer.status >= 400:
            found.append(answer.url)

    page.on("response", note)
    return found


@pytest.mark.parametrize("path", PAGES)
def test_a_fresh_server_opened_by_deep_link(
    new_page: Callable[..., Page], start_desk: Callable[..., Desk], path: str
) -> None:
    fresh = start_desk()
    for _visit in ("the first link on this server", "a later one"):
        page = new_page(locale="ko-KR")
        refused = refusals(page)
        page.goto(fresh.url + path)
        # The frame is there, in Korean, with who is working and all pages: the page did not run bare.
        expect(page.get_by_role("link", name="내보내기").first).to_be_visible()
        expect(page.locator(".st-key-desk-bar")).to_contain_text("tester")
        expect(page.get_by_test_id("stMain").get_by_text(PAGES[path]).first).to_be_visible()
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert refused == []
    assert "Traceback" not in fresh.log.read_text()


def test_the_address_of_documents_keeps_what_a_link_says(page: Page, desk: Desk) -> None:
    page.goto(f"{desk.url}documents?lang=ko")
    expect(page.get_by_role("heading", name="첫 문서를 추가하십시오")).to_be_visible()
    expect(page).to_have_url(f"{desk.url}?lang=ko")
    # It is the same page, not a second one in the menu.
    expect(page.get_by_role("link", name="문서", exact=True)).to_have_count(1)


def test_the_first_start_puts_the_samples_in_the_queue(
    new_page: Callable[..., Page], start_desk: Callable[..., Desk]
) -> None:
    fresh = start_desk(samples=True)
    page = new_page(locale="ko-KR")
    page.goto(fresh.url)
    expect(page.locator("tbody tr")).to_have_count(25)
    expect(page.get_by_role("button", name="신규")).to_be_visible()
    page.get_by_role("button", name="Next page").click()
    expect(page.locator("tbody tr").first).to_be_visible()


@pytest.mark.parametrize("locale", ["ko-KR", "en-US"])
def test_the_browser_chooses_the_language(new_page: Callable[..., Page], desk: Desk, locale: str) -> None:
    page = new_page(locale=locale)
    page.goto(desk.url)
    expect(page.get_by_role("link", name="문서" if locale == "ko-KR" else "Documents").first).to_be_visible()


def test_the_chosen_language_stays(page: Page, desk: Desk) -> None:
    page.goto(desk.url)
    page.get_by_text("한국어").click()
    expect(page.get_by_role("heading", name="첫 문서를 추가하십시오")).to_be_visible()
    page.get_by_role("link", name="추출").first.click()
    expect(page).to_have_url(f"{desk.url}extract?lang=ko")
    expect(page.get_by_role("heading", name="추출")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="추출")).to_be_visible()
    page.get_by_text("English").click()
    expect(page.get_by_role("heading", name="Extract")).to_be_visible()
    expect(page).to_have_url(f"{desk.url}extract?lang=en")


@pytest.mark.parametrize("path", TITLES)
def test_a_link_carries_its_language(page: Page, desk: Desk, path: str) -> None:
    page.goto(f"{desk.url}{path}?lang=ko")
    if path:
        expect(page.get_by_role("heading", name=TITLES[path])).to_be_visible()
    expect(page.get_by_role("link", name=TITLES[path]).first).to_be_visible()


def test_dark_browsers_get_the_dark_theme(new_page: Callable[..., Page], desk: Desk) -> None:
    colors = []
    for dark in (False, True):
        page = new_page(dark=dark)
        page.goto(desk.url)
        expect(page.get_by_role("heading").first).to_be_visible()
        colors.append(page.locator("[data-testid=stApp]").evaluate("e => getComputedStyle(e).backgroundColor"))
    assert colors == ["rgb(255, 255, 255)", "rgb(18, 24, 31)"]
