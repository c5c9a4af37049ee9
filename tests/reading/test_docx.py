import io
from typing import Any

import docx
import pytest
from docx.document import Document as DocxDocument
from docx.oxml import parse_xml

from extractor.core.documents import Document
from extractor.core.errors import ReadingError
from extractor.reading import office_blocks, zip_guard
from extractor.reading.formats import read_bytes
from tests.reading.making import archive, assert_sound, cell_texts

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


def saved(document: DocxDocument) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def read(document: DocxDocument) -> Document:
    result = read_bytes(saved(document), "계약서.docx")
    assert_sound(result)
    return result


def element(xml: str) -> Any:
    tag, rest = xml[1:].split(">", 1) if ">" in xml.split(" ")[0] else xml[1:].split(" ", 1)
    joint = ">" if ">" in xml.split(" ")[0] else " "
    return parse_xml(f"<{tag} {NAMESPACES}{joint}{rest}")


def check_box(state: str, drawn: str) -> str:
    return (
        f'<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="{state}"/></w14:checkbox></w:sdtPr>'
        f"<w:sdtContent><w:r><w:t>{drawn}</w:t></w:r></w:sdtContent></w:sdt>"
    )


def test_paragraphs_headers_and_footers() -> None:
    source = docx.Document()
    source.sections[0].header.paragraphs[0].text = "머리글"
    source.sections[0].footer.paragraphs[0].text = "꼬리글"
    source.add_paragraph("저작물 이용허락 계약서")
    source.add_paragraph("")
    source.add_paragraph("성명 : 홍길동\t(인)")
    document = read(source)
    lines = document.text.splitlines()
    assert [line for line in lines if line] == ["머리글", "저작물 이용허락 계약서", "성명 : 홍길동\t(인)", "꼬리글"]
    assert document.format == "docx"
    assert [(page.number, page.width) for page in document.pages] == [(1, 0.0)]
    assert all(word.box is None for word in document.words)


def test_properties_comments_links_and_bookmarks_are_not_text() -> None:
    source = docx.Document()
    source.core_properties.title = "속성의 제목"
    source.core_properties.author = "속성의 지은이"
    paragraph = source.add_paragraph("문의 ")
    paragraph._p.append(element('<w:hyperlink w:anchor="x"><w:r><w:t>hong@example.org</w:t></w:r></w:hyperlink>'))
    paragraph._p.insert(0, element('<w:bookmarkStart w:id="1" w:name="mark"/>'))
    source.add_paragraph("누리집 <https://garam.example> [bookmark: 글]")
    source.add_comment(paragraph.runs[0], text="덧글", author="지은이")
    assert read(source).text == "문의 hong@example.org\n누리집 <https://garam.example> [bookmark: 글]\n"


def test_merged_cells() -> None:
    source = docx.Document()
    table = source.add_table(rows=3, cols=4)
    for row in range(3):
        for column in range(4):
            table.cell(row, column).text = f"{row}{column}"
    for first, last, text in (((0, 0), (1, 1), "넷"), ((2, 1), (2, 3), "셋")):
        for row in range(first[0], last[0] + 1):
            for column in range(first[1], last[1] + 1):
                table.cell(row, column).text = ""
        table.cell(*first).merge(table.cell(*last)).text = text
    document = read(source)
    assert document.text == "넷\t02\t03\n12\t13\n20\t셋\n"
    spans = [(cell.row, cell.column, cell.row_span, cell.column_span) for cell in document.cells]
    # The two cells beside the merged four stand in columns 2 and 3 of the second row too.
    assert spans == [(0, 0, 2, 2), (0, 2, 1, 1), (0, 3, 1, 1), (1, 2, 1, 1), (1, 3, 1, 1), (2, 0, 1, 1), (2, 1, 1, 3)]


def test_table_inside_a_cell() -> None:
    source = docx.Document()
    outer = source.add_table(rows=1, cols=2)
    outer.cell(0, 0).text = "밖"
    inner = outer.cell(0, 1).add_table(1, 2)
    inner.cell(0, 0).text = "안"
    inner.cell(0, 1).text = "속"
    source.add_paragraph("끝")
    document = read(source)
    assert document.text == "밖\t안\t속\n끝\n"
    assert cell_texts(document) == ["밖", "안\t속", "안", "속"]
    assert [cell.table for cell in document.cells] == [0, 0, 1, 1]


def test_check_boxes() -> None:
    source = docx.Document()
    paragraph = source.add_paragraph("동의함 ")
    paragraph._p.append(element(check_box("1", "☒")))
    paragraph.add_run(" 동의하지 않음 ")
    paragraph._p.append(element(check_box("0", "☐")))
    symbols = source.add_paragraph()
    symbols._p.append(element('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>'))
    symbols.add_run(" 예 ")
    symbols._p.append(element('<w:r><w:sym w:font="Wingdings" w:char="F0A8"/></w:r>'))
    symbols.add_run(" 아니오")
    assert read(source).text == "동의함 ☑ 동의하지 않음 ☐\n☑ 예 ☐ 아니오\n"


def test_wide_gaps_are_tabs_but_not_inside_a_spaced_word() -> None:
    source = docx.Document()
    source.add_paragraph("성        명 : 홍길동          (인)")
    source.add_paragraph("20    년    월    일")
    assert read(source).text == "성 명 : 홍길동\t(인)\n20 년 월 일\n"


def test_document_without_text_is_refused() -> None:
    with pytest.raises(ReadingError, match=r"계약서\.docx holds no text"):
        read(docx.Document())


def test_bomb_is_stopped_while_it_unpacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_guard, "MAX_TEXT_BYTES", 1_000_000)
    bomb = archive({"[Content_Types].xml": "<Types/>", "word/document.xml": b"\x20" * 5_000_000})
    assert len(bomb) < 10_000
    with pytest.raises(ReadingError, match="unpacks to more than a document can hold"):
        read_bytes(bomb, "폭탄.docx")


def test_bomb_of_tags_is_refused_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_guard, "MAX_TAGS", 1_000)
    monkeypatch.setattr(office_blocks, "parse", lambda *_: pytest.fail("parsed"))
    bomb = archive({"[Content_Types].xml": "<Types/>", "word/document.xml": "<a/>" * 2_000})
    with pytest.raises(ReadingError, match="unpacks to more than a document can hold"):
        read_bytes(bomb, "폭탄.docx")


def test_archive_of_too_many_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_guard, "MAX_MEMBERS", 20)
    crowd = archive({"word/document.xml": "<w/>"} | {f"word/{number}.xml": "" for number in range(30)})
    with pytest.raises(ReadingError, match="unpacks to more than a document can hold"):
        read_bytes(crowd, "많다.docx")


def test_document_part_that_is_no_document_is_damaged() -> None:
    data = archive({"[Content_Types].xml": "<Types/>", "word/document.xml": "이것은 XML이 아니다"})
    with pytest.raises(ReadingError, match=r"계약서\.docx is damaged"):
        read_bytes(data, "계약서.docx")
