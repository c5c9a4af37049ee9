"""Two people at one document, each at a server and a browser of their own, on one store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Desk
from tests.browser.reviewing import LINES, add, box_of, input_of, open_review, pdf
from tests.browser.test_input import type_into, value_of, wait_for


@pytest.fixture(scope="module")
def desks(start_desk: Callable[..., Desk]) -> tuple[Desk, Desk]:
    """Kim's server and Park's, on the same data."""
    kims = start_desk(RIGHTSDESK_USER="김기록")
    parks = start_desk(RIGHTSDESK_USER="박기록", RIGHTSDESK_DATA=str(kims.data))
    return kims, replace(parks, data=kims.data)


@pytest.fixture
def both(
    desks: tuple[Desk, Desk], new_page: Callable[..., Page], request: pytest.FixtureRequest
) -> tuple[str, Page, Page]:
    """The document, Kim's page with it and Park's; Kim had it open first."""
    hash = add(desks[0], pdf((*LINES, (300, 60, request.node.name))), f"{request.node.name}.pdf")
    kim, park = new_page(), new_page(locale="ko-KR")
    open_review(kim, desks[0], hash)
    open_review(park, desks[1], hash)
    return hash, kim, park


def test_who_has_a_document_open_is_said_where_others_meet_it(
    desks: tuple[Desk, Desk], both: tuple[str, Page, Page]
) -> None:
    _hash, kim, park = both
    expect(park.get_by_text("김기록 작업 중")).to_be_visible()
    expect(kim.get_by_text("In use by")).to_have_count(0)
    park.goto(f"{desks[1].url}?lang=ko")
    expect(park.locator("tbody").get_by_text("김기록 작업 중").first).to_be_visible()


def test_a_value_of_another_comes_without_asking_but_not_over_what_is_typed(
    desks: tuple[Desk, Desk], both: tuple[str, Page, Page]
) -> None:
    hash, kim, park = both
    type_into(park, "purpose", "half a sen")
    type_into(kim, "governing_court", "Court of Kim")
    kim.keyboard.press("Tab")
    wait_for(desks[0], kim, hash, "governing_court", "Court of Kim")
    park.wait_for_timeout(6000)  # The page looks every five seconds.
    expect(input_of(park, "purpose")).to_have_value("half a sen")
    expect(input_of(park, "purpose")).to_be_focused()
    park.keyboard.type("tence")
    park.keyboard.press("Tab")
    wait_for(desks[1], park, hash, "purpose", "half a sentence")
    expect(input_of(park, "governing_court")).to_have_value("Court of Kim")
    expect(input_of(kim, "purpose")).to_have_value("half a sentence")  # Kim has done nothing since.


def test_of_two_values_at_once_both_are_offered_and_undo_is_ones_own(
    desks: tuple[Desk, Desk], both: tuple[str, Page, Page]
) -> None:
    hash, kim, park = both
    type_into(park, "purpose", "as Park says")
    type_into(kim, "purpose", "as Kim says")
    kim.keyboard.press("Tab")
    wait_for(desks[0], kim, hash, "purpose", "as Kim says")
    park.keyboard.press("Tab")
    told = box_of(park, "purpose").locator(".review-unsaved")
    expect(told).to_contain_text("김기록")
    expect(input_of(park, "purpose")).to_have_value("as Park says")
    assert value_of(desks[0], hash, "purpose") == "as Kim says"
    expect(box_of(park, "purpose").get_by_role("button")).to_have_count(2)
    expect(box_of(park, "purpose").get_by_role("button").last).to_contain_text("as Kim says")
    box_of(park, "purpose").get_by_role("button").first.click()
    wait_for(desks[1], park, hash, "purpose", "as Park says")
    expect(told).to_have_count(0)
    expect(input_of(kim, "purpose")).to_have_value("as Park says")
    for _ in range(3):
        park.keyboard.press("Alt+z")
        expect(input_of(park, "purpose")).to_have_value("as Kim says")
    assert value_of(desks[0], hash, "purpose") == "as Kim says"
    expect(input_of(kim, "purpose")).to_have_value("as Kim says")
    kim.keyboard.press("Alt+z")
    expect(input_of(kim, "purpose")).to_have_value("")


def test_the_other_value_can_be_taken(desks: tuple[Desk, Desk], both: tuple[str, Page, Page]) -> None:
    hash, kim, park = both
    type_into(park, "governing_court", "Court of Park")
    type_into(kim, "governing_court", "Court of Kim")
    kim.keyboard.press("Tab")
    wait_for(desks[0], kim, hash, "governing_court", "Court of Kim")
    park.keyboard.press("Tab")
    box_of(park, "governing_court").get_by_role("button").last.click()
    expect(input_of(park, "governing_court")).to_have_value("Court of Kim")
    expect(box_of(park, "governing_court").locator(".review-unsaved")).to_have_count(0)
    assert value_of(desks[0], hash, "governing_court") == "Court of Kim"
