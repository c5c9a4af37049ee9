from __future__ import annotations

import threading
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractor.core.errors import StoreError
from extractor.core.extractions import FieldValue
from extractor.core.value_path import is_below
from extractor.store import DocumentRow, Store
from tests.store.making import LETTER, document, extraction

Add = Callable[..., DocumentRow]


def shown(store: Store, row: DocumentRow) -> dict[str, object]:
    return {path: item.value for path, item in store.values(row.hash, LETTER).items()}


def test_people_and_extractions_at_once_lose_nothing(store: Store, add: Add) -> None:
    row = add()
    problems: list[BaseException] = []

    def edit(user: str) -> None:
        try:
            for number in range(15):
                store.set_value(row.hash, LETTER, f"parties[{number}].{user}", FieldValue(f"{user}{number}"), user)
        except BaseException as error:
            problems.append(error)

    def extract() -> None:
        try:
            for number in range(15):
                store.save_extraction(row.hash, LETTER, extraction(fee=number))
                store.values(row.hash, LETTER)
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=edit, args=(user,)) for user in ("name", "role")]
    threads += [threading.Thread(target=extract) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not problems
    assert len(store.history(row.hash)) == 30
    people = {path: value for path, value in shown(store, row).items() if path.startswith("parties")}
    assert people == {f"parties[{n}].{user}": f"{user}{n}" for n in range(15) for user in ("name", "role")}


def test_approving_while_others_type_keeps_approval_and_values_in_step(store: Store, add: Add) -> None:
    """Each edit is either in what was approved or was refused; none is accepted and left out."""
    row = add()
    accepted: list[int] = []
    started = threading.Event()

    def edit() -> None:
        for number in range(60):
            try:
                store.set_value(row.hash, LETTER, "fee", FieldValue(number), "kim")
            except StoreError:
                return
            accepted.append(number)
            if number == 3:
                started.set()

    thread = threading.Thread(target=edit)
    thread.start()
    assert started.wait(30)
    store.approve(row.hash, LETTER, "lee")
    thread.join(60)
    assert store.record(row.hash).metadata == {"fee": accepted[-1]}


PATHS = ["work_title", "fee", "parties", "parties[0].name", "parties[0].role", "parties[1].name"]
steps = st.lists(
    st.tuples(st.just("set"), st.sampled_from(PATHS), st.integers(0, 9))
    | st.tuples(st.just("remove"), st.sampled_from(["parties[0]", "parties[1]", "work_title"]), st.none())
    | st.tuples(st.just("undo"), st.none(), st.none()),
    max_size=12,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps, approved_after=st.none() | st.integers(0, 6))
def test_any_history_gives_what_doing_its_steps_by_hand_gives(
    steps: list[tuple[str, str, int | None]], approved_after: int | None, store: Store
) -> None:
    row, new = store.add(repr((steps, approved_after)).encode(), document(), "letter", None)
    if not new:
        store.delete(row.hash)
        store.add(repr((steps, approved_after)).encode(), document(), "letter", None)
    found = extraction(work_title="봄", parties__0__name="가람", parties__1__name="나래")
    store.save_extraction(row.hash, LETTER, found)
    stages: list[dict[str, object]] = [{path: item.value for path, item in found.fields.items()}]
    for number, (kind, path, value) in enumerate(steps):
        if number == approved_after:
            store.approve(row.hash, LETTER, "kim")
            store.reopen(row.hash, "kim")
            stages = stages[-1:]
        if kind == "undo":
            store.undo(row.hash, LETTER, "kim")
            stages = stages[:-1] or stages
        elif kind == "remove":
            store.remove(row.hash, LETTER, path, "kim")
            stages.append({other: kept for other, kept in stages[-1].items() if not is_below(other, path)})
        else:
            held = {"fee": value, "parties": None}.get(path, str(value))
            store.set_value(row.hash, LETTER, path, FieldValue(held), "kim")
            clash = {o for o in stages[-1] if o != path and (o.startswith(f"{path}[") or path.startswith(f"{o}["))}
            stages.append({other: kept for other, kept in stages[-1].items() if other not in clash} | {path: held})
        assert shown(store, row) == stages[-1]
