"""The path of a value: a string and its parts are the same thing, and nothing else passes for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.core.document_types import as_document_type
from extractor.core.value_path import MAX_INDEX, ValuePath, closing_holes, is_below

names = st.text(min_size=1, max_size=6).filter(lambda name: not set(name) & set(".[]"))
paths = st.builds(
    lambda first, rest: ValuePath((first, *rest)), names, st.lists(names | st.integers(0, MAX_INDEX), max_size=4)
)

CONTRACT = as_document_type(
    {
        "type": "object",
        "properties": {
            "title": {"type": "string", "title": "제목"},
            "parties": {
                "type": "array",
                "title": "당사자",
                "x-title-en": "Parties",
                "items": {
                    "type": "object",
                    "properties": {
                        "phone": {"type": "string", "title": "전화"},
                        "name": {"type": "string", "title": "이름", "x-title-en": "Name"},
                    },
                },
            },
        },
    }
)


@given(paths)
def test_a_path_as_a_string_and_read_again_is_the_same(path: ValuePath) -> None:
    assert ValuePath.parse(str(path)) == path


@given(st.text(max_size=12) | st.text("a.[]0123", max_size=12))
def test_a_string_is_a_path_that_is_written_the_same_or_none(text: str) -> None:
    try:
        path = ValuePath.parse(text)
    except ValueError:
        return
    assert str(path) == text


@pytest.mark.parametrize(
    "text",
    ["", ".", "a.", ".a", "a..b", "[0]", "a[0", "a]", "a[01]", "a[-1]", "a[1000000]", "a[0]b", "a[٣]", "a[0].[1]"],
)
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a value's path"):
        ValuePath.parse(text)


def test_a_path_with_one_more_index_than_a_list_may_have_is_refused() -> None:
    assert ValuePath.parse(f"a[{MAX_INDEX}]").index == MAX_INDEX
    with pytest.raises(ValueError, match="not a value's path"):
        ValuePath(("a", MAX_INDEX + 1))


@given(paths)
def test_the_parts_of_a_path(path: ValuePath) -> None:
    assert path.top == path.parts[0]
    assert path.field_path == ".".join(part for part in path.parts if isinstance(part, str))
    assert path.index == (path.parts[-1] if isinstance(path.parts[-1], int) else None)
    assert path.with_index(3).parent == path.field("name").parent == path
    assert path.with_index(3).index_below(path) == path.with_index(3).field("name").index_below(path) == 3
    assert path.field("name").index_below(path) is path.index_below(path) is None
    assert next(path.field("name").ancestors) == path
    assert all(path.starts_with(ancestor) and not ancestor.starts_with(path) for ancestor in path.ancestors)


def test_items_and_lists_of_a_path() -> None:
    path = ValuePath.parse("works[2].authors[0].name")
    assert (path.top, path.leaf, path.field_path) == ("works", "name", "works.authors.name")
    assert str(path.item) == "works[2].authors[0]"
    assert str(path.outermost_list) == "works"
    assert ValuePath.parse("title").item is ValuePath.parse("title").outermost_list is None


def test_a_name_that_begins_like_another_is_not_below_it() -> None:
    assert is_below("parties[1].name", "parties[1]")
    assert not is_below("parties[10].name", "parties[1]")
    assert not is_below("parties_of_old", "parties")


def test_titles_count_items_from_one_and_are_the_path_where_the_type_has_no_such_field() -> None:
    path = ValuePath.parse("parties[1].name")
    assert path.title(CONTRACT, "ko") == "당사자 2 이름"
    assert path.title(CONTRACT, "en", " · ") == "Parties 2 · Name"
    assert ValuePath.parse("parties[0]").title(CONTRACT, "en") == "Parties 1"
    assert ValuePath.parse("parties[0].age").title(CONTRACT, "en") == "parties[0].age"


def test_paths_are_in_schema_order_and_items_by_number() -> None:
    ordered = ["title", "parties[0].phone", "parties[0].name", "parties[2].phone", "parties[10].name", "unknown"]
    shuffled = [ordered[at] for at in (5, 3, 0, 4, 1, 2)]
    assert sorted(shuffled, key=lambda path: ValuePath.parse(path).order(CONTRACT)) == ordered


def test_items_are_counted_without_the_holes_that_removed_ones_left() -> None:
    closed = closing_holes(["parties[1].name", "parties[4].name", "works[2].authors[3].name"])
    assert str(closed("parties[4].phone")) == "parties[1].phone"
    assert str(closed("works[2].authors[3].name")) == "works[0].authors[0].name"
    assert str(closed("parties[7].name")) == "parties[7].name"


def test_a_path_that_is_none_is_no_field_of_a_type() -> None:
    assert CONTRACT.field_at("parties[3].name").path == "parties.name"
    with pytest.raises(KeyError):
        CONTRACT.field_at("parties[")
