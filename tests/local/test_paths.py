"""Where values may begin and end in the tokens of a document."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from extractor.extractors.local.fieldtree.token_constraints import Path, Place, SourceTokens, closed_paths


def source(text: str, width: int = 3) -> SourceTokens:
    """Tokens of `width` letters, as little like words as can be."""
    spans = [(at, min(at + width, len(text))) for at in range(0, len(text), width)]
    return SourceTokens(text, [hash(text[a:b]) for a, b in spans], spans, lambda piece: [hash(piece)])


def all_values(path: Path) -> list[Place]:
    found, at = [], 0
    while True:
        if (place := path.ended(at)) is not None:
            found.append(place)
        if path.token(at) is None:
            return found
        at += 1


@given(st.text("ab 가나\n\t\f.,\"'(1", max_size=260), st.integers(1, 4))
def test_no_path_ends_in_nothing(text: str, width: int) -> None:
    """A token may reach over the end of a cell: what the model has begun to say must have an end all the same."""
    for path in source(text, width).open_paths:
        at = 0
        while path.token(at) is not None:
            at += 1
        assert path.ended(at) is not None


@given(st.text("ab 가나\n\t\f.,\"'(1", max_size=40), st.integers(1, 4))
def test_open_paths_say_what_stands_there(text: str, width: int) -> None:
    for path in source(text, width).open_paths:
        for place in all_values(path):
            assert text[place.start : place.end] == place.value
            assert place.value[0].isalnum()
            assert not text[max(place.start - 1, 0) : place.start].isalnum()
            assert not {"\t", "\f"} & set(place.value) and "\n\n" not in place.value
            around = text[place.end - 1 : place.end + 1]
            assert len(around) < 2 or not around.isalnum() or "가" <= around[0] <= "힣"


def test_a_value_may_be_any_run_of_words() -> None:
    text = "By Mina Kang, poet"
    values = {place.value for path in source(text, 1).open_paths for place in all_values(path)}
    assert {"Mina", "Mina Kang", "Kang, poet", "By", "poet"} <= values
    assert not {"Min", "ina", "Kan"} & values


def test_of_closed_values_that_are_spelt_alike_the_first_counts() -> None:
    (path,) = closed_paths(lambda text: [1, 2], [("x", Place(5, 1, 2)), ("x", Place(5, 7, 8))])
    assert path.ended(2) == Place(5, 1, 2)
    assert path.ended(1) is None
    assert path.token(2) is None
