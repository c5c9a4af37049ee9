import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.core.errors import ReadingError
from extractor.reading.formats import read_bytes
from extractor.reading.text import document_from_text
from tests.reading.making import assert_sound, cell_texts

KOREAN = "저작물 이용허락 계약서\n성명 : 홍길동\n2024. 3. 5.\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp949", "euc-kr", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
@pytest.mark.parametrize("text", [KOREAN, "Licence Agreement\nBetween Garam and Nuri\n"])
def test_encodings(encoding: str, text: str) -> None:
    document = read_bytes(text.encode(encoding), "계약서.txt")
    assert_sound(document)
    assert document.text == text
    assert document.warnings == ()


def test_line_ends_are_one_kind() -> None:
    assert document_from_text("가\r\n나\r다\u2028라\f마").text == "가\n나\n다\n라\n마"


def test_nul_and_lone_surrogates_are_left_out_with_a_warning() -> None:
    document = document_from_text("홍\x00길\ud83d동")
    assert_sound(document)
    assert document.text == "홍길동"
    assert "left out" in document.warnings[0]


def test_nul_in_a_file() -> None:
    document = read_bytes("홍길동\x00 (인)\n".encode(), "a.txt")
    assert document.text == "홍길동 (인)\n"
    assert document.warnings


def test_a_broken_byte_does_not_cost_the_whole_text() -> None:
    document = read_bytes("저작권 ".encode() * 100 + b"\xff\xfe\xfa" + "끝".encode(), "a.txt")
    assert document.text.startswith("저작권 저작권")
    assert document.text.endswith("끝")
    assert document.warnings


@pytest.mark.parametrize("text", ["", " \n\t ", "\x00", "\ufeff"])
def test_nothing_to_read(text: str) -> None:
    with pytest.raises(ReadingError, match="holds no text"):
        document_from_text(text)


def test_markdown_table() -> None:
    text = "# 계약서\n\n| 구분 | 내용 |\n|:--|---|\n| 성명 | 홍길동<br>(인) |\n| 주소 | a\\|b |\n\n끝\n"
    document = read_bytes(text.encode(), "계약서.md")
    assert_sound(document)
    assert document.text == "# 계약서\n\n구분\t내용\n성명\t홍길동\n(인)\n주소\ta|b\n\n끝\n"
    assert cell_texts(document) == ["구분", "내용", "성명", "홍길동\n(인)", "주소", "a|b"]
    assert [(cell.row, cell.column) for cell in document.cells] == [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1)]


def test_bars_alone_make_no_table() -> None:
    assert document_from_text("복제권 | 배포권\n공연권 | 전시권").cells == ()


@given(st.binary(max_size=400))
def test_any_bytes_are_a_document_or_refused(data: bytes) -> None:
    try:
        document = read_bytes(data, "무엇.txt")
    except ReadingError as error:
        assert "무엇.txt" in str(error)
    else:
        assert_sound(document)


@given(st.text(st.characters(), max_size=200))
def test_any_string_is_a_document_or_refused(text: str) -> None:
    try:
        document = document_from_text(text)
    except ReadingError:
        assert not "".join(character for character in text if character not in "\x00\ufeff").strip() or not any(
            character.isprintable() and not character.isspace() for character in text
        )
    else:
        assert_sound(document)


@given(st.lists(st.sampled_from(["| a | b |", "|---|---|", "가|나", "", "|", "글", "||", "| \\| |"]), max_size=12))
def test_any_arrangement_of_table_lines_is_sound(lines: list[str]) -> None:
    text = "\n".join(["글", *lines])
    document = document_from_text(text)
    assert_sound(document)


@given(st.text("가나다 abc\n.:", min_size=1, max_size=100).filter(str.strip))
def test_utf8_text_comes_back_letter_for_letter(text: str) -> None:
    assert read_bytes(text.encode(), "a.txt").text == text
