"""How people write what documents print."""

from __future__ import annotations

from extractor.extractors.builtin.learned.options import Option
from extractor.extractors.builtin.learned.spelling import LEAST, learn_spelling

TREES = ("Alder", "Birch", "Cedar", "Dogwood", "Elm")


def written(pairs: list[tuple[str, str]], new: str) -> str:
    spelling = learn_spelling([([Option(printed)], [right]) for printed, right in pairs])
    [option] = spelling.apply([Option(new)])
    return str(option.value)


def test_a_change_that_people_make_again_and_again_is_applied() -> None:
    pairs = [(f"{tree} Incorporated", f"{tree} Inc.") for tree in TREES]
    assert written(pairs, "Willow Incorporated") == "Willow Inc."
    assert written(pairs, "Incorporated Willow Company") == "Inc. Willow Company"


def test_a_change_of_fewer_documents_is_not() -> None:
    pairs = [(f"{tree} Incorporated", f"{tree} Inc.") for tree in TREES[: LEAST - 1]]
    assert written(pairs, "Willow Incorporated") == "Willow Incorporated"


def test_a_word_that_people_often_leave_as_it_is_stays() -> None:
    changed = [(f"{tree} Incorporated", f"{tree} Inc.") for tree in TREES[:LEAST]]
    kept = [(f"{tree} Incorporated", f"{tree} Incorporated") for tree in TREES[LEAST:]]
    assert written([*changed, *kept], "Willow Incorporated") == "Willow Incorporated"
