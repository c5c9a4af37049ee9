"""What the core data types promise: places in a document, values by path."""

from hypothesis import given
from hypothesis import strategies as st

from extractor.core.value_path import flatten, nest
from extractor.reading.text import document_from_text


@given(st.text("가나 \n\t", min_size=1, max_size=14).filter(str.strip))
def test_words_in_a_span_are_those_that_share_a_letter_with_it(text):
    document = document_from_text(text)
    for start in range(len(text) + 1):
        for end in range(start + 1, len(text) + 2):
            shared = [word for word in document.words if max(word.start, start) < min(word.end, end)]
            assert list(document.words_in(start, end)) == shared


def test_an_offset_past_the_end_is_on_the_last_page():
    document = document_from_text("가람")
    assert document.page_at(0).number == document.page_at(99).number == 1


def test_a_list_with_holes_keeps_its_order_and_closes_them():
    values = {"title": "가", "parties[2].name": "을", "parties[0].name": "갑", "parties[0].phone": None}
    nested = {"title": "가", "parties": [{"name": "갑", "phone": None}, {"name": "을"}]}
    assert nest(values) == nested
    assert nest(flatten(nested)) == nested
