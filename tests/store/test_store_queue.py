from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from extractor.core.extractions import FieldValue
from extractor.store import DocumentRow, Store
from tests.store.making import LETTER, extraction

Add = Callable[..., DocumentRow]


def names(rows: list[DocumentRow]) -> list[str]:
    return [row.name for row in rows]


def test_search_finds_names_first_lines_and_values_in_any_case(store: Store, add: Add) -> None:
    first = add("Contract_가람.pdf")
    second = add("b.pdf", text="저작재산권 양도 계약서")
    store.save_extraction(first.hash, LETTER, extraction(work_title="Spring Day", fee=6100000))
    assert names(store.find("CONTRACT")) == ["Contract_가람.pdf"]
    assert names(store.find("양도 계약서")) == ["b.pdf"]
    assert names(store.find("spring day 가람")) == ["Contract_가람.pdf"]
    assert names(store.find("6100000")) == ["Contract_가람.pdf"]
    assert names(store.find("spring 양도")) == []
    store.set_value(first.hash, LETTER, "work_title", FieldValue("가을"), "kim")
    assert names(store.find("spring")) == []
    assert names(store.find("가을")) == ["Contract_가람.pdf"]
    assert store.count("가을") == 1
    store.undo(first.hash, LETTER, "kim")
    assert names(store.find("spring")) == ["Contract_가람.pdf"]
    assert second.hash != first.hash


def test_search_finds_hangul_as_macos_names_it(store: Store, add: Add) -> None:
    add(unicodedata.normalize("NFD", "동의서.pdf"))
    assert store.count("동의서") == 1
    assert store.count(unicodedata.normalize("NFD", "동의")) == 1


@pytest.mark.parametrize("wild", ["%", "_", "\\", "/", "a%c", "%' OR 1=1 --"])
def test_search_takes_wildcards_for_what_they_are(wild: str, store: Store, add: Add) -> None:
    add("abc.pdf")
    add(f"x{wild}y.pdf", text="other")
    assert names(store.find(wild)) == [f"x{wild}y.pdf"]


def test_filters_and_counts_agree(store: Store, add: Add) -> None:
    rows = [add(f"{number}.pdf", key="letter" if number % 2 else "form") for number in range(5)]
    store.save_extraction(rows[1].hash, LETTER, extraction(work_title="봄"))
    store.approve(rows[3].hash, LETTER, "kim")
    assert store.count_by_state() == {"new": 3, "extracted": 1, "in_review": 0, "approved": 1}
    assert store.count() == 5
    assert store.count(types=["form"]) == len(store.find(types=["form"])) == 3
    assert names(store.find(states=["extracted", "approved"])) == ["1.pdf", "3.pdf"]
    assert store.count("1.pdf", states=["new"]) == 0


def test_the_queue_turns_pages_without_gaps(store: Store, add: Add) -> None:
    for number in range(7):
        add(f"{number}.pdf")
    for order in ("needs_person", "changed", "name"):
        turned = [name for offset in range(0, 9, 3) for name in names(store.find(order=order, limit=3, offset=offset))]
        assert sorted(turned) == [f"{number}.pdf" for number in range(7)]
    assert names(store.find(order="name")) == [f"{number}.pdf" for number in range(7)]


def test_the_last_changed_document_comes_first(store: Store, add: Add) -> None:
    rows = [add(f"{number}.pdf") for number in range(3)]
    store.set_value(rows[1].hash, LETTER, "fee", FieldValue(1), "kim")
    assert names(store.find(order="changed")) == ["1.pdf", "2.pdf", "0.pdf"]


def test_the_least_certain_document_needs_a_person_first(store: Store, add: Add) -> None:
    new, sure, unsure, nothing, done = (add(f"{name}.pdf") for name in ("new", "sure", "unsure", "nothing", "done"))
    store.save_extraction(sure.hash, LETTER, extraction(confidence=0.9, work_title="봄"))
    store.save_extraction(unsure.hash, LETTER, extraction(confidence=0.2, work_title="봄"))
    store.save_extraction(nothing.hash, LETTER, extraction(work_title=None))
    store.approve(done.hash, LETTER, "kim")
    assert names(store.find()) == ["nothing.pdf", "unsure.pdf", "sure.pdf", "new.pdf", "done.pdf"]
    assert store.next_document() == nothing.hash
    passed = [nothing.hash]
    for _ in range(4):
        following = store.next_document(passed[-1])
        assert following is not None
        passed.append(following)
    assert passed == [nothing.hash, unsure.hash, sure.hash, new.hash, nothing.hash]


def test_the_next_document_is_never_the_same(store: Store, add: Add) -> None:
    row = add()
    assert store.next_document(row.hash) is None
    assert store.next_document("unknown") == row.hash
    store.approve(row.hash, LETTER, "kim")
    assert store.next_document() is None


def test_queue_queries_use_an_index_for_order(store: Store, add: Add) -> None:
    """What a query costs must not grow with the number of documents: no sorting of the whole table."""
    rows = [add(f"{number}.pdf") for number in range(3)]
    asked: list[tuple[str, tuple[Any, ...]]] = []
    event.listen(
        store.engine, "before_cursor_execute", lambda c, cur, sql, values, ctx, many: asked.append((sql, values))
    )
    for order in ("needs_person", "changed", "name"):
        store.find(order=order)
        store.find(order=order, states=["new"])
        store.find(order=order, types=["letter"])
    store.next_document()
    store.next_document(rows[0].hash)
    queries = [(sql, values) for sql, values in asked if "ORDER BY" in sql]
    assert len(queries) == 11
    with store.engine.connect() as connection:
        for sql, values in queries:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
            assert any("USING" in step[3] and "INDEX" in step[3] for step in plan), (sql, plan)
            assert not any("TEMP B-TREE" in step[3] for step in plan), (sql, plan)
