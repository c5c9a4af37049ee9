"""A walk over everything that can be done on Review, with a field untouched, typed in, or being composed in.

What there is to do is read off the page: a new button, menu entry or shortcut is walked without being added here. All
of it is walked with a field typed in. How a field is left depends on the kind of what is done, not on which menu entry
it is: untouched and composing, the first two of each kind are walked.

It takes minutes, so it is apart from `make test`: `make walk`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from extractor.core.extractions import FieldValue
from tests.browser.conftest import Desk
from tests.browser.reviewing import LINES, add, input_of, pdf, stored

FIELD = "purpose"
TYPED, COMPOSED = "shown in the library", "shown in 도서관"
KEYS = {"↓": "ArrowDown", "↑": "ArrowUp", "Del": "Delete", "PgUp": "PageUp", "PgDn": "PageDown"}
KEYS |= {"−": "Minus", "+": "Equal"}
# What takes the field's text back or away: that is what these are for. And what adds or takes away whole items.
TAKES_BACK = ("shortcut Alt+Z", "click Undo review-undo")
CLEARS = ("key Alt+Delete",)
CHANGES_ITEMS = ("Remove", "Add: ")

Do = Callable[[Page], object]


def actions(page: Page) -> dict[str, Do]:
    """All that can be done on the page as it is, by name."""
    found: dict[str, Do] = {}
    for link in page.get_by_test_id("stTopNavLink").all():
        found[f"menu {link.inner_text().strip()}"] = _clicks(
            f'[data-testid="stTopNavLink"]:has-text("{link.inner_text()}")'
        )
    for label in page.locator('[aria-label^="Shortcut "]').all():
        if label.locator("xpath=ancestor::button").is_enabled():
            shortcut = (label.get_attribute("aria-label") or "").removeprefix("Shortcut ").replace(" ", "")
            found[f"shortcut {shortcut}"] = _presses(shortcut.replace("Ctrl", "Control"))
    for entry in page.locator(".keys > span").all():
        names = [name.inner_text() for name in entry.locator("kbd").all()]
        if names == ["Alt"] or names in (["Ctrl"], ["Shift"]):
            continue  # Held while pointing.
        held = [name for name in names if name in ("Alt", "Ctrl")]
        for key in (part for name in names if name not in held for part in name.split()):
            shortcut = "+".join([*held, KEYS.get(key, key)])
            found[f"key {shortcut}"] = _presses(shortcut.replace("Ctrl", "Control"))
    # Buttons of the page with a key of their own, those inside fields (choices) left out.
    for button in page.locator('[data-testid="stMain"] [class*="st-key-"] .stButton button:enabled').all():
        keyed = button.locator('xpath=ancestor::*[contains(@class, "st-key-")][1]').get_attribute("class") or ""
        key = next((name for name in keyed.split() if name.startswith("st-key-")), "")
        if key and not key.startswith("st-key-field-"):
            # Without the document's hash, which is another one each time.
            end = re.sub(r"^st-key-[0-9a-f]{12}", "", key)
            shown = button.inner_text().splitlines()[0]
            button_of_key = f'//*[contains(concat(@class, " "), "{end} ")]//button'
            found[f"click {shown} {end.removeprefix('st-key-')}"] = _clicks(button_of_key)
    for language in ("한국어", "English"):
        found[f"language {language}"] = _clicks(f'.st-key-desk-bar >> text="{language}"')
    found["theme"] = lambda page: page.emulate_media(color_scheme="dark")
    found["type"] = _choose_type
    found["logo"] = _clicks('[data-testid="stLogo"], [data-testid="stHeaderLogo"]')
    found["back"] = lambda page: page.go_back()
    found["reload"] = lambda page: page.reload()
    return found


def of_each_kind(known: dict[str, Do], most: int) -> dict[str, Do]:
    """The first actions of each kind, which is the first word of their names."""
    kinds = [name.split()[0] for name in known]
    return {name: do for at, (name, do) in enumerate(known.items()) if kinds[:at].count(kinds[at]) < most}


def _clicks(selector: str) -> Do:
    return lambda page: page.locator(selector).first.click()


def _presses(keys: str) -> Do:
    return lambda page: page.keyboard.press(keys)


def _choose_type(page: Page) -> None:
    page.locator('[class*="st-key-review-type"] input').click()
    page.get_by_role("option").nth(1).click()


def untouched(page: Page) -> str | None:
    input_of(page, FIELD).click()
    return None


def typed(page: Page) -> str:
    input_of(page, FIELD).click()
    page.keyboard.press("Control+a")
    page.keyboard.type(TYPED)
    return TYPED


def composing(page: Page) -> str:
    input_of(page, FIELD).click()
    page.keyboard.press("Control+a")
    page.keyboard.type("shown in 도서")
    hands = page.context.new_cdp_session(page)
    for text in ("ㄱ", "과", "관"):
        hands.send("Input.imeSetComposition", {"text": text, "selectionStart": 1, "selectionEnd": 1})
    return COMPOSED


def open_fresh(page: Page, desk: Desk, name: str) -> str:
    """A document of its own on the page."""
    hash = add(desk, pdf((*LINES, (300, 90, name))), f"{name}.pdf")
    page.goto(f"{desk.url}review?document={hash}&field={FIELD}")
    expect(page.locator(".word").first).to_be_attached()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    return hash


def is_quiet(page: Page) -> None:
    page.wait_for_timeout(150)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


@pytest.mark.skipif(not os.environ.get("RIGHTSDESK_WALK"), reason="takes minutes: make walk")
@pytest.mark.parametrize("hands", [untouched, typed, composing])
def test_whatever_is_done_nothing_typed_is_lost_and_nothing_else_changes(
    desk: Desk, new_page: Callable[..., Page], hands: Callable[[Page], str | None]
) -> None:
    page = new_page()
    for name in ("before", "after"):
        add(desk, pdf((*LINES, (300, 90, f"{hands.__name__} {name}"))), f"{hands.__name__} {name}.pdf")
    open_fresh(page, desk, f"{hands.__name__} first look")
    known = actions(page)
    assert len(known) > 25, sorted(known)
    wrong = []
    for number, (name, do) in enumerate((known if hands is typed else of_each_kind(known, 2)).items()):
        page.emulate_media(color_scheme="light")
        if name == "back":
            page.goto(f"{desk.url}export")  # Where it leads.
        hash = open_fresh(page, desk, f"{hands.__name__} {number}")
        before = stored(desk, hash)[0]
        text = hands(page)
        do(page)
        wrong += [f"{hands.__name__}, {name}: {told}" for told in faults(desk, page, hash, before, text, name)]
        if text is not None and page.url.startswith(desk.url):
            is_quiet(page)
    assert wrong == []


def faults(desk: Desk, page: Page, hash: str, before: dict[str, FieldValue], text: str | None, name: str) -> list[str]:
    """What went wrong: the text is not in the store, or something else is another."""
    wanted = before[FIELD].value if FIELD in before and (text is None or name in TAKES_BACK) else text
    wanted = None if name in CLEARS else wanted
    found = None
    for _try in range(60):
        values = stored(desk, hash)[0]
        found = values[FIELD].value if FIELD in values else None
        if found == wanted:
            break
        page.wait_for_timeout(100)
    is_quiet(page)
    values = stored(desk, hash)[0]
    found = values[FIELD].value if FIELD in values else None
    # What leaves neither field nor page (another theme) leaves the text where it is being typed.
    field = input_of(page, FIELD)
    is_open = hash in page.url and field.count() and field.input_value() == wanted
    told = [] if found == wanted or is_open else [f"{found!r} instead of {wanted!r}"]
    for path in values | before:
        was, now = (kept[path].value if path in kept else None for kept in (before, values))
        may = path == FIELD or (path.startswith("parties[") and any(part in name for part in CHANGES_ITEMS))
        if was != now and not may:
            told.append(f"{path} became {now!r}")
    if page.get_by_test_id("stMain").locator('[data-testid="stElementContainer"]').count() < 2:
        told.append("an empty page")
    return told
