"""What text recognition misreads, corrected against closed lists only, and ticks by hand that it takes for letters."""

from __future__ import annotations

import pytest

from extractor import create_extractor
from extractor.core.document_types import load_document_types
from extractor.core.documents import Document
from extractor.extractors.builtin.check_marks import choices_for
from extractor.reading.document_writer import DocumentWriter
from extractor.reading.text import document_from_text

RIGHTS = ("복제권", "공연권", "공중송신권", "전시권", "배포권", "대여권", "2차적저작물작성권")


def found(text: str, values: tuple[str, ...] = RIGHTS) -> list[str]:
    return [value for _, _, value in choices_for(values).find(text)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("목제권, 공중승신권 및 배포권", ["복제권", "공중송신권", "배포권"]),
        ("공중승신권을 허락한다", ["공중송신권"]),
        ("출판권, 저작권, 공유권", []),
    ],
)
def test_one_misread_letter_is_corrected_against_the_list(text: str, values: list[str]) -> None:
    assert found(text) == values


def test_a_part_of_a_longer_word_is_not_corrected() -> None:
    assert found("공중승신권자, 비목제권") == []


def test_a_corrected_value_says_so() -> None:
    text = "저작재산권 양도동의서\n저작물명 : 은빛 강가의 노래\n양도하는 권리 : 복제권, 공중승신권\n"
    kind = load_document_types()["transfer_consent"]
    value = create_extractor("builtin").extract(document_from_text(text), kind).fields["transferred_rights"]
    assert value.value == ["복제권", "공중송신권"]
    assert {place.alignment for place in value.evidence} == {"fuzzy"}


def table(*rows: tuple[str, ...]) -> Document:
    """A page with one table, as the readers write it."""
    from extractor.core.documents import Box, Cell

    writer = DocumentWriter("form.pdf")
    writer.add_text("저작재산권 양도동의서\n")
    number = writer.new_table()
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            start = writer.length
            writer.add_text(text)
            box = Box(0.2 * column, 0.2 + 0.05 * row, 0.2 * column + 0.2, 0.25 + 0.05 * row)
            writer.add_cell(Cell(number, row, column, start, writer.length, 1, 1, 1, box))
            writer.write("\t" if column + 1 < len(texts) else "\n")
    writer.end_page(595, 842, last=True)
    return writer.document(b"", "pdf")


@pytest.mark.parametrize(
    ("tick", "answer"), [("Vv", "동의함"), ("「", "동의함"), ("맵", "동의함"), ("특약", None), ("-", None)]
)
def test_a_scrawl_under_an_answer_is_a_tick(tick: str, answer: str | None) -> None:
    document = table(
        ("구분", "동의 내용", "동의함", "동의하지 않음"),
        ("초상 이용", "영상에 나타난 본인의 초상을 이용하는 일", tick, ""),
    )
    kind = load_document_types()["transfer_consent"]
    assert create_extractor("builtin").extract(document, kind).fields["portrait_consent"].value == answer
