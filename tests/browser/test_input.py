"""No input is lost, and no value changes without one: the faults of ordinary use, each by its number."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from extractor import create_extractor, load_document_types
from extractor.store import Store
from tests.binders.making import binder, whole
from tests.browser.conftest import Desk
from tests.browser.reviewing import LINES, add, input_of, open_review, pdf, settle, stored

LONG = "31 Chaekmaeul-ro, Nuri-gu, Seoul, Republic of Korea 12345"
NOTHING_FOUND = {"English": "No document matches.", "한국어": "조건에 맞는 문서가 없습니다."}
MENU = ("Documents", "Extract", "Compare", "Export", "Insights", "Models", "Learning")


def choose_language(page: Page, name: str) -> None:
    page.locator(".st-key-desk-bar").get_by_text(name).click()
    (settle if page.locator(".sheet").count() else settle_quietly)(page)


def type_into(page: Page, path: str, text: str) -> None:
    """Type over what a field holds, and stay in it."""
    input_of(page, path).click()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def another(desk: Desk, name: str) -> str:
    return add(desk, pdf((*LINES, (300, 90, name))), f"{name}.pdf")


def value_of(desk: Desk, hash: str, path: str) -> object:
    found = stored(desk, hash)[0].get(path)
    return found.value if found else None


def wait_for(desk: Desk, page: Page, hash: str, path: str, value: object) -> None:
    """Wait until the store has a value: what was typed is on its way when the page is left."""
    for _try in range(600):
        if value_of(desk, hash, path) == value:
            return
        page.wait_for_timeout(100)
    assert value_of(desk, hash, path) == value


# ---- B1: the language ----


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_b1_the_language_changes_neither_type_nor_values(
    desk: Desk, new_page: Callable[..., Page], contract: str, locale: str
) -> None:
    before = stored(desk, contract)
    page = new_page(locale=locale)
    open_review(page, desk, contract)
    for name in ("English", "한국어", "English", "한국어"):
        choose_language(page, name)
    # The next thing that is done carries what the browser still holds of the other language.
    input_of(page, "term").fill("five years")
    page.keyboard.press("Tab")
    wait_for(desk, page, contract, "term", "five years")
    for name in ("English", "한국어"):
        choose_language(page, name)
    values, row = stored(desk, contract)
    assert row.document_type == "contract"
    assert {path for path in values if values[path] != before[0].get(path)} == {"term"}
    expect(page.locator('[class*="st-key-review-type"] input')).to_have_value("계약서")
    expect(input_of(page, "work_title")).to_have_value("The Silver Orchard")


def test_b1_filters_mean_the_same_in_both_languages(desk: Desk, page: Page, contract: str) -> None:
    page.goto(desk.url)
    rows = page.locator("tbody tr")
    expect(rows.first).to_be_visible()
    page.get_by_role("radio", name=re.compile("Approved")).click(force=True)
    expect(page.get_by_text("No document matches.")).to_be_visible()
    for name in ("한국어", "English", "한국어"):
        choose_language(page, name)
        expect(
            page.get_by_text(re.compile("No document matches|조건에 맞는 문서가 없습니다|일치하는 문서"))
        ).to_be_visible()
    page.get_by_role("radio", name=re.compile("^전체|^모두")).first.click(force=True)
    expect(rows.first).to_be_visible()


# ---- B2: a page is left with text in a field ----


@pytest.mark.parametrize("entry", MENU)
def test_b2_a_menu_entry_keeps_the_text_and_opens_its_page(desk: Desk, page: Page, contract: str, entry: str) -> None:
    open_review(page, desk, contract)
    type_into(page, "governing_court", f"Court of {entry}")
    page.get_by_role("link", name=entry, exact=True).first.click()
    expect(
        page.get_by_test_id("stMain").get_by_text(re.compile(entry + "|Conflicts only|two models")).first
    ).to_be_visible()
    settle_quietly(page)
    expect(page.get_by_test_id("stMain").locator("[data-testid=stElementContainer]").nth(3)).to_be_attached()
    assert value_of(desk, contract, "governing_court") == f"Court of {entry}"


def settle_quietly(page: Page) -> None:
    for _again in range(3):  # What was pressed may not have come to the server yet.
        expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
        page.wait_for_timeout(200)


def test_b2_back_and_forward_keep_the_text(desk: Desk, page: Page, contract: str) -> None:
    page.goto(desk.url)
    page.get_by_role("link", name=re.compile("back_and_forward")).first.click()
    page.wait_for_url("**/review?document=*")
    expect(page.locator(".word").first).to_be_attached()
    settle(page)
    type_into(page, "governing_court", "Court of Yesterday")
    page.go_back()
    expect(page.get_by_role("heading", name="Documents")).to_be_visible()
    settle_quietly(page)
    expect(page.locator("tbody tr").first).to_be_visible()
    assert value_of(desk, contract, "governing_court") == "Court of Yesterday"
    page.go_forward()
    expect(input_of(page, "governing_court")).to_have_value("Court of Yesterday")


@pytest.mark.parametrize("way", ["reload", "close", "address"])
def test_b2_a_closed_or_reloaded_tab_keeps_the_text(desk: Desk, page: Page, contract: str, way: str) -> None:
    open_review(page, desk, contract)
    type_into(page, "governing_court", f"Court of {way}")
    if way == "reload":
        page.reload()
    elif way == "address":
        page.goto(f"{desk.url}export")
    else:
        page.close(run_before_unload=True)
    store = Store.open(folder=desk.data)
    try:
        for _try in range(600):
            found = store.values(contract, load_document_types()["contract"]).get("governing_court")
            if found and found.value == f"Court of {way}":
                break
            time.sleep(0.1)
        assert found and found.value == f"Court of {way}"
    finally:
        store.close()


# ---- B3: shortcuts ----


@pytest.mark.parametrize("key", ["Alt+n", "Alt+p", "Alt+j", "Alt+ArrowDown", "Alt+ArrowUp", "Control+Enter", "Alt+k"])
def test_b3_a_shortcut_keeps_what_is_typed(desk: Desk, page: Page, contract: str, key: str) -> None:
    for name in ("one", "two"):
        another(desk, f"{key} {name}")
    open_review(page, desk, contract)
    type_into(page, "purpose", "shown in the library")
    page.keyboard.press(key)
    wait_for(desk, page, contract, "purpose", "shown in the library")


def test_b3_undo_takes_back_what_is_being_typed(desk: Desk, page: Page, contract: str) -> None:
    open_review(page, desk, contract)
    before = input_of(page, "purpose").input_value()
    type_into(page, "purpose", "a slip of the hand")
    page.keyboard.press("Alt+z")
    expect(input_of(page, "purpose")).to_have_value(before)
    wait_for(desk, page, contract, "purpose", before or None)


@pytest.mark.parametrize("key", ["Alt+n", "Control+Enter", "Alt+ArrowDown", "Alt+k", "click", "menu"])
def test_b3_a_composed_syllable_is_text(desk: Desk, page: Page, contract: str, key: str) -> None:
    another(desk, f"composed {key}")
    open_review(page, desk, contract)
    type_into(page, "purpose", "도서관 ")
    # An input method at work: the last syllable is composed, and not yet chosen.
    hands = page.context.new_cdp_session(page)
    for composed in ("ㅈ", "저", "전"):
        hands.send("Input.imeSetComposition", {"text": composed, "selectionStart": 1, "selectionEnd": 1})
    if key == "click":
        page.locator(".st-key-review-next button").click()
    elif key == "menu":
        page.get_by_role("link", name="Export", exact=True).first.click()
    else:
        page.keyboard.press(key)
    wait_for(desk, page, contract, "purpose", "도서관 전")


# ---- B4: the topmost thing has the keys ----


def a_binder(desk: Desk) -> str:
    store, types = Store.open(folder=desk.data), load_document_types()
    from extractor.desk.intake import add_file

    row, _new = add_file(store, binder(whole(2)), "binder.pdf", types)
    kind = types[row.document_type]
    store.save_extraction(row.hash, kind, create_extractor("builtin").extract(store.document(row.hash), kind))
    store.close()
    return row.hash


@pytest.mark.parametrize("where", ["review", "documents"])
def test_b4_ctrl_enter_in_the_split_dialog_splits(start_desk: Callable[..., Desk], page: Page, where: str) -> None:
    desk = start_desk()
    hash = a_binder(desk)
    if where == "review":
        open_review(page, desk, hash)
    else:
        page.goto(desk.url)
        page.get_by_role("checkbox", name="Select: binder.pdf").check()
    page.get_by_role("button", name="Split").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("2 documents: pages 1–2, 3–4")).to_be_visible()
    # Keys of the page below do nothing.
    for key in ("Alt+n", "Alt+p", "Alt+z", "Alt+k", "Alt+Delete", "Alt+o"):
        page.keyboard.press(key)
    settle_quietly(page)
    expect(dialog).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.locator("tbody tr")).to_have_count(2)
    store = Store.open(folder=desk.data)
    assert {row.state for row in store.find(limit=10)} == {"new"}
    store.close()


def test_b4_keys_do_not_reach_through_a_confirmation(start_desk: Callable[..., Desk], page: Page) -> None:
    desk = start_desk()
    another(desk, "only")
    page.goto(desk.url)
    page.get_by_role("checkbox", name=re.compile("Select: only")).check()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Control+Enter")
    settle_quietly(page)
    expect(page.get_by_role("dialog")).to_be_visible()
    assert "review" not in page.url


def test_b4_keys_do_not_reach_through_an_open_list(desk: Desk, page: Page, contract: str) -> None:
    another(desk, "open list")
    open_review(page, desk, contract)
    page.locator('[class*="st-key-review-type"] input').click()
    expect(page.get_by_role("listbox")).to_be_visible()
    for key in ("Control+Enter", "Alt+n", "Alt+Delete"):
        page.keyboard.press(key)
    settle_quietly(page)
    assert contract in page.url
    _values, row = stored(desk, contract)
    assert row.state != "approved" and row.document_type == "contract"


# ---- B5: long values ----


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("governing_court", LONG),
        ("governing_court", "x" * 48),
        ("governing_court", "x" * 49),
        ("purpose", f"{LONG} {LONG}"),
        ("parties[0].address", LONG),
        ("work_title", "short"),
    ],
)
def test_b5_a_value_of_any_length_stays_in_its_field(
    desk: Desk, page: Page, contract: str, path: str, text: str
) -> None:
    open_review(page, desk, contract)
    type_into(page, path, text)
    page.keyboard.press("Enter")
    wait_for(desk, page, contract, path, text)
    settle_quietly(page)
    expect(input_of(page, path)).to_have_value(text)
    # Nothing writes it once more, and nothing else changes it.
    page.keyboard.press("Tab")
    page.keyboard.press("Alt+ArrowUp")
    settle_quietly(page)
    page.wait_for_timeout(800)
    assert value_of(desk, contract, path) == text
    type_into(page, path, "now short")
    page.keyboard.press("Tab")
    wait_for(desk, page, contract, path, "now short")
    expect(input_of(page, path)).to_have_value("now short")
    page.keyboard.press("Alt+z")
    expect(input_of(page, path)).to_have_value(text)


def test_a_button_acts_once_although_a_timer_of_the_page_tells_of_it_first(
    desk: Desk, page: Page, contract: str
) -> None:
    open_review(page, desk, contract)
    for text in ("first", "second"):
        type_into(page, "work_title", text)
        page.keyboard.press("Tab")
        wait_for(desk, page, contract, "work_title", text)
    settle_quietly(page)
    # As on a busy machine: the press waits in the browser for longer than the page takes to look around by itself.
    page.evaluate(
        """() => {
            const { setTimeout: soon } = window;
            window.setTimeout = (task, delay, ...rest) => soon(task, delay || 6500, ...rest);
            document.querySelector('.st-key-review-undo button').click();
            window.setTimeout = soon;
        }"""
    )
    page.wait_for_timeout(8000)
    settle_quietly(page)
    assert value_of(desk, contract, "work_title") == "first"


def test_no_message_refers_to_one_that_the_browser_may_have_dropped(desk: Desk, page: Page, contract: str) -> None:
    messages: list[ForwardMsg] = []
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda data: messages.append(ForwardMsg.FromString(data))),
    )
    open_review(page, desk, contract)
    another(desk, "after it")
    page.keyboard.press("Alt+n")
    expect(page.locator(".sheet")).to_be_visible()
    settle_quietly(page)
    assert max(message.ByteSize() for message in messages) > 10_000
    assert [message for message in messages if message.ref_hash or message.metadata.cacheable] == []


def test_b5_quick_turns_empty_nothing(desk: Desk, page: Page, contract: str) -> None:
    others = [another(desk, f"quick {number}") for number in range(3)]
    before = {hash: stored(desk, hash)[0] for hash in (contract, *others)}
    open_review(page, desk, contract)
    for key in ("Alt+n", "Alt+p", "Alt+n", "Alt+n", "Alt+p", "Alt+p") * 2:
        page.keyboard.press(key)
        page.wait_for_timeout(40)
    settle_quietly(page)
    for path in ("work_title", "licensee", "term"):
        input_of(page, path).click()
        page.keyboard.press("Tab")
    settle_quietly(page)
    for hash, values in before.items():
        after = stored(desk, hash)[0]
        assert {path for path in values | after if values.get(path) != after.get(path)} == set()


# ---- B6: Compare ----


def test_b6_compare_is_walked_by_keys_with_conflicts_only(start_desk: Callable[..., Desk], page: Page) -> None:
    from dataclasses import replace

    from extractor.core.extractions import FieldValue

    desk = start_desk()
    kind = load_document_types()["contract"]
    for name in ("one", "two", "three"):
        hash = another(desk, name)
        store = Store.open(folder=desk.data)
        said = store.extraction(hash, kind, "builtin")
        assert said
        other = {**said.fields, "work_title": FieldValue("Another Orchard", source="cloud_gpt4o")}
        store.save_extraction(hash, kind, replace(said, model="cloud_gpt4o", fields=other))
        store.close()
    page.goto(f"{desk.url}compare?conflicts=true")
    expect(page.locator(".compare-grid tbody tr")).to_have_count(1)
    shown = page.locator(".review-name")
    names = set()
    for key in ("Alt+n", "Alt+n", "Alt+p", "Alt+p"):
        before = shown.inner_text()
        page.keyboard.press(key)
        expect(shown).not_to_have_text(before)
        settle_quietly(page)
        names.add(shown.inner_text())
        expect(page.get_by_role("alert")).to_have_count(0)
        expect(page.get_by_text("error")).to_have_count(0)
        expect(page.locator(".compare-grid tbody tr")).to_have_count(1)
        assert "conflicts=true" in page.url
    assert len(names) == 3
    page.get_by_text("Conflicts only").click()
    expect(page.locator(".compare-grid tbody tr").nth(3)).to_be_visible()
    assert "conflicts" not in page.url
