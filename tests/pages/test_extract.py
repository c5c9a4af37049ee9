from __future__ import annotations

import time
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from extractor.store import DocumentRow, Store
from pages.components import desk

from .conftest import texts

Open = Callable[..., AppTest]
Add = Callable[..., DocumentRow]


def run_id(app: AppTest) -> str:
    found = app.query_params["run"]
    return found if isinstance(found, str) else found[0]


def wait(id: str) -> None:
    until = time.monotonic() + 300
    while not desk.get_runs().progress(id).finished:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_an_empty_desk_leads_to_documents(open_page: Open) -> None:
    app = open_page("extract")
    assert "There are no documents yet" in texts(app)
    assert app.button(key="start").disabled


def test_all_new_documents_are_extracted_by_one_click(open_page: Open, add: Add, store: Store) -> None:
    for number in range(3):
        add(f"{number}.txt", f"이용허락 계약서\n저작물명 : 노래 {number}\n")
    app = open_page("extract")
    start = app.button(key="start")
    assert start.label == "Extract 3 documents"
    start.click().run()
    assert not app.exception
    wait(run_id(app))
    app.run()
    assert "Extracted **3**" in texts(app)
    assert app.button(key="review_next").proto.type == "primary"
    assert store.count_by_state()["extracted"] == 3


def test_the_address_brings_a_run_back(open_page: Open, add: Add) -> None:
    add()
    app = open_page("extract")
    app.button(key="start").click().run()
    id = run_id(app)
    wait(id)
    again = open_page("extract", run=id)
    assert "Extracted **1**" in texts(again)
    again.button(key="leave").click().run()
    assert "run" not in again.query_params
    assert again.button(key="start").disabled  # Nothing is new any more.


def test_a_run_that_is_not_known_any_more(open_page: Open) -> None:
    app = open_page("extract", run="0123456789ab")
    assert "not known any more" in texts(app)
    app.button(key="leave").click().run()
    assert app.button(key="start")


def test_the_address_names_documents(open_page: Open, add: Add, store: Store) -> None:
    chosen, gone, _other = add("a.txt", "가\n"), add("b.txt", "나\n"), add("c.txt", "다\n")
    store.delete(gone.hash)
    app = open_page("extract", document=[chosen.hash, gone.hash])
    assert app.button(key="start").label == "Extract 1 documents"
    app.button(key="start").click().run()
    wait(run_id(app))
    assert [row.name for row in store.find(states=["extracted"])] == ["a.txt"]


def test_stored_results_are_kept_unless_asked_for(open_page: Open, add: Add) -> None:
    row = add()
    for again, expected in (
        (False, "Extracted **1**"),
        (False, "Had a result already **1**"),
        (True, "Extracted **1**"),
    ):
        app = open_page("extract", document=row.hash)
        if again:
            app.checkbox(key="extract_again").check().run()
        app.button(key="start").click().run()
        wait(run_id(app))
        app.run()
        assert expected in texts(app)
