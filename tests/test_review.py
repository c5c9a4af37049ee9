"""What Review does to values: pointing, typing, lists, problems, doubts; and how a text is shown without pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from extractor.core import leaves
from extractor.core.document_types import DocumentType, Field
from extractor.core.documents import Cell, Page
from extractor.core.extractions import Evidence, FieldValue
from extractor.desk import review, text_view
from extractor.reading.text import document_from_text

SCHEMA = {
    "type": "object",
    "title": "계약서",
    "properties": {
        "title": {"type": ["string", "null"], "title": "저작물명"},
        "signed": {"type": ["string", "null"], "format": "date"},
        "amount": {"type": ["number", "null"], "title": "금액"},
        "consent": {"type": ["string", "null"], "enum": ["동의함", "동의하지 않음", None]},
        "included": {"type": ["boolean", "null"]},
        "rights": {"type": ["array", "null"], "items": {"type": "string", "enum": ["복제권", "배포권", "전시권"]}},
        "terms": {"type": ["array", "null"], "items": {"type": "string"}},
        "place": {"type": "object", "properties": {"city": {"type": ["string", "null"]}}},
        "parties": {
            "type": ["array", "null"],
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": ["string", "null"]},
                    "email": {"type": ["string", "null"], "format": "email"},
                },
                "required": ["name"],
            },
        },
    },
    "required": ["title"],
}
TYPE = DocumentType("contract", SCHEMA)
HERE = (Evidence(1, 0, 3, "가나다", (), "manual"),)


def field(path: str) -> Field:
    return TYPE.field_at(path)


def value(what: object, **more: Any) -> FieldValue:
    return FieldValue(what, source="builtin", **more)


@pytest.mark.parametrize(
    ("path", "raw", "stored"),
    [
        ("title", " 달이 머무는\n우체국 ", "달이 머무는 우체국"),
        ("signed", "2024년 2월 27일", "2024-02-27"),
        ("amount", "일금 삼백만원정", 3_000_000),
        ("consent", "☑ 동의하지 않음", "동의하지 않음"),
        ("included", "☑", True),
        ("included", "아니오", False),
        ("rights", "배포권, 복제권", ["복제권", "배포권"]),
        ("terms", "인용할 때 출처를\n밝힌다", ["인용할 때 출처를 밝힌다"]),
        ("parties.name", "윤 서 하 (인)", "윤서하"),
    ],
)
def test_what_is_pointed_at_is_normalised_to_the_kind_of_the_field(
    path: str, raw: str, stored: bool | int | list[str] | str
) -> None:
    picked = review.picked(field(path), value("before"), raw, HERE)
    assert picked is not None
    assert picked.value == stored
    assert picked.raw == raw
    assert picked.evidence[-1:] == HERE


@pytest.mark.parametrize(
    ("path", "raw"), [("signed", "계약서"), ("amount", "없음"), ("consent", "주소"), ("rights", "서울")]
)
def test_what_is_no_value_of_the_field_is_refused(path: str, raw: str) -> None:
    assert review.picked(field(path), value("before"), raw, HERE) is None


def test_a_pick_into_a_list_adds_an_item_and_its_place() -> None:
    old = value(["하나"], evidence=(Evidence(1, 9, 11, "하나"),))
    picked = review.picked(field("terms"), old, "둘째 조건", HERE)
    assert picked is not None and picked.value == ["하나", "둘째 조건"]
    assert picked.evidence == (*old.evidence, *HERE)
    again = review.picked(field("terms"), picked, "하나", HERE)
    assert again is not None and again.value == ["하나", "둘째 조건"]


def test_a_pick_into_choices_adds_the_choices_that_are_named_in_schema_order() -> None:
    picked = review.picked(field("rights"), value(["전시권"]), "복제권", HERE)
    assert picked is not None and picked.value == ["복제권", "전시권"]


def test_a_text_is_replaced_or_continued() -> None:
    old = value("달이", raw="달이", evidence=(Evidence(1, 9, 11, "달이"),))
    other = review.picked(field("title"), old, "우체국", HERE)
    assert other is not None and other.value == "우체국"
    longer = review.picked(field("title"), old, "머무는", HERE, add=True)
    assert longer is not None
    assert (longer.value, longer.evidence) == ("달이 머무는", (*old.evidence, *HERE))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("윤서하(이하", "윤서하"),
        ("“가람”,", "“가람”"),
        ("한빛문화재단(재단)", "한빛문화재단(재단)"),
        ("갑”) 이은별", "이은별"),
        ("서울시 중구", "서울시 중구"),
        ("(", "("),
    ],
)
def test_what_hangs_on_to_a_word_is_left_out(text: str, meant: str) -> None:
    start, end = review.tidy(text)
    assert text[start:end].strip() == meant


@pytest.mark.parametrize(
    ("text", "mark", "said"),
    [
        ("동의 여부: ☑ 동의함 □ 동의하지 않음", "☑", "동의함"),
        ("동의함 □ 동의하지 않음 ☑\n서명", "☑", "동의하지 않음"),
        ("[V] 복제권 [ ] 배포권", "[V]", "복제권"),
        ("성명 홍길동", "홍길동", "홍길동"),
    ],
)
def test_a_lone_check_mark_stands_for_the_words_beside_it(text: str, mark: str, said: str) -> None:
    start = text.index(mark)
    assert review.beside_tick(text, start, start + len(mark)) == said


@pytest.mark.parametrize(
    ("path", "entered", "stored"),
    [
        ("title", "  가람 ", "가람"),
        ("title", "", None),
        ("signed", "2024. 2. 27.", "2024-02-27"),
        ("signed", "내일", "내일"),
        ("amount", "2,500,000", 2_500_000),
        ("amount", "많이", "많이"),
        ("terms", "하나\n\n 둘 \n하나", ["하나", "둘"]),
        ("terms", " \n", None),
        ("rights", ["복제권"], ["복제권"]),
        ("rights", [], None),
        ("included", False, False),
    ],
)
def test_what_is_typed_is_normalised_where_it_can_be_and_kept_where_not(
    path: str, entered: bool | list[str] | str, stored: bool | int | list[str] | str | None
) -> None:
    assert review.typed(field(path), entered) == stored


def pages(*texts: str) -> Iterator[tuple[Page, str]]:
    start = 0
    for number, text in enumerate(texts, 1):
        page = document_from_text(text).pages[0]
        words = tuple(type(w)(w.start + start, w.end + start) for w in page.words)
        yield type(page)(number, start, start + len(text), words), text
        start += len(text) + 1


def test_a_typed_value_is_looked_up_page_by_page_with_offsets_into_the_whole_text() -> None:
    found = review.typed_value(field("signed"), leaves.EMPTY, "2024-02-27", pages("계약서", "체결일 2024. 2. 27."))
    (place,) = found.evidence
    assert (place.page, place.text.rstrip("."), place.alignment) == (2, "2024. 2. 27", "normalized")
    assert place.start == len("계약서\f체결일 ")


def test_a_typed_value_that_the_document_does_not_say_is_unsupported() -> None:
    found = review.typed_value(field("title"), leaves.EMPTY, "없는 제목이다", pages("계약서", "체결일"))
    assert not found.supported


def test_pages_after_the_one_that_says_it_are_not_read() -> None:
    read = []

    def counted() -> Iterator[tuple[Page, str]]:
        for page in pages("하나", "둘", "셋"):
            read.append(page[0].number)
            yield page

    review.find_evidence(counted(), field("title"), "둘")
    assert read == [1, 2]


def test_items_of_a_list_that_stay_keep_their_places() -> None:
    had = Evidence(7, 70, 72, "하나", (), "manual")
    found = review.typed_value(field("terms"), value(["하나"], evidence=(had,)), ["하나", "둘"], pages("하나", "둘"))
    assert found.evidence[0] == had
    assert [place.text for place in found.evidence[1:]] == ["둘"]


VALUES = {
    "title": value("가람", confidence=0.9, evidence=HERE),
    "parties[0].name": value("윤서하", confidence=0.9, evidence=HERE),
    "parties[3].name": value("이은별", confidence=0.4, evidence=HERE),
    "parties[3].email": value("이은별 앳 가람", confidence=0.9, evidence=HERE),
}


def test_leaves_open_up_objects_and_items_in_schema_order() -> None:
    paths = [path for path, _ in leaves.leaves(TYPE, VALUES)]
    assert paths[:2] == ["title", "signed"]
    assert paths[-5:] == ["place.city", "parties[0].name", "parties[0].email", "parties[3].name", "parties[3].email"]


def test_a_new_item_gets_an_index_that_no_other_has_had() -> None:
    assert leaves.new_item(TYPE, VALUES, "parties") == "parties[4].name"
    assert leaves.new_item(TYPE, {}, "parties") == "parties[0].name"


def test_items_without_any_value_are_empty() -> None:
    assert leaves.empty_items(TYPE, VALUES | {"parties[4].name": leaves.EMPTY}) == ["parties[4]"]


def test_problems_carry_stable_paths_although_the_schema_counts_without_holes() -> None:
    assert list(review.problems(TYPE, VALUES)) == ["parties[3].email"]


def test_problems_inside_a_list_belong_to_the_list_and_come_in_schema_order() -> None:
    wrong = VALUES | {"title": leaves.EMPTY, "rights": value(["복제권", "날개"]), "signed": value("내일")}
    found = review.problems(TYPE, wrong)
    assert list(found) == ["title", "signed", "rights", "parties[3].email"]
    assert [path for path, error in found.items() if review.is_missing(error)] == ["title"]


def test_what_an_item_requires_is_asked_for_unless_the_whole_item_is_empty() -> None:
    values = VALUES | {
        "parties[3].name": leaves.EMPTY,
        "parties[3].email": value("a@b.kr"),
        "parties[5].email": leaves.EMPTY,
    }
    assert list(review.problems(TYPE, values)) == ["parties[3].name"]


@pytest.mark.parametrize(
    ("path", "what", "doubtful"),
    [
        ("title", value("가람", confidence=0.95, evidence=HERE), False),
        ("title", value("가람", confidence=0.5, evidence=HERE), True),
        ("title", value("가람", confidence=0.95), True),
        ("title", leaves.EMPTY, True),
        ("signed", leaves.EMPTY, False),
        ("title", FieldValue("가람", source="person:지은"), False),
        ("title", FieldValue(None, source="person:지은"), True),
    ],
)
def test_what_deserves_a_look(path: str, what: FieldValue, doubtful: bool) -> None:
    assert review.is_doubtful(field(path), what) is doubtful


def test_a_long_text_is_cut_at_line_ends_without_loss() -> None:
    text = "\n".join(f"제{number}조 내용이 여기에 있다." for number in range(2000))
    cut = text_view.parts(text, length=1000)
    assert len(cut) > 10
    assert "".join(text[start:end] for start, end in cut) == text
    assert all(text[end - 1] == "\n" for _, end in cut[:-1])
    assert max(end - start for start, end in cut) <= 1500


def test_a_text_without_line_ends_is_cut_all_the_same() -> None:
    for text in ("가" * 50_000, "가 " * 25_000):
        cut = text_view.parts(text, length=1000)
        assert "".join(text[start:end] for start, end in cut) == text
        assert max(end - start for start, end in cut) <= 1500


def table(text: str) -> tuple[Cell, ...]:
    """Cells of `a\\tb` lines."""
    cells, at = [], 0
    for row, line in enumerate(text.split("\n")):
        for column, cell in enumerate(line.split("\t")):
            cells.append(Cell(0, row, column, at, at + len(cell), 1))
            at += len(cell) + 1
    return tuple(cells)


def test_a_table_row_is_never_cut_and_blocks_hold_every_word_once() -> None:
    rows = "\n".join(f"성명 {number}\t윤서하 {'가' * 40}" for number in range(200))
    cells = table(rows)
    text = rows + "\n끝"
    shown = []
    for start, end in text_view.parts(text, cells, length=1000):
        for block in text_view.blocks(text, start, end, cells):
            pieces = block.get("cells", [block])
            shown += [word for piece in pieces for word in piece["text"].split()]
            assert all(text[p["start"] : p["start"] + len(p["text"])] == p["text"] for p in pieces)
            assert len(pieces) in (1, 2)
    assert shown == text.split()
