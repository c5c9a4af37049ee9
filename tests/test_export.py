from __future__ import annotations

import csv
import io
import json
import unicodedata
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from extractor.core.document_types import DocumentType
from extractor.core.documents import Box
from extractor.core.extractions import Evidence, FieldValue
from extractor.core.value_path import ValuePath, compact
from extractor.export.formats import export
from extractor.export.jsonlines import json_line
from extractor.store import DocumentRow, Record, SetValue

NAME = {"type": ["string", "null"], "title": "이름", "x-title-en": "Name"}
PARTIES = {"type": "array", "title": "당사자", "x-title-en": "Parties", "items": {"properties": {"name": NAME}}}
LETTER = DocumentType(
    "letter",
    {
        "title": "편지",
        "x-title-en": "Letter",
        "properties": {
            "work_title": {"type": "string", "title": "저작물명", "x-title-en": "Work title"},
            "signed": {"type": "string", "format": "date", "title": "서명일"},
            "fee": {"type": "number", "title": "금액"},
            "agreed": {"type": "boolean", "title": "동의"},
            "rights": {"type": "array", "items": {"type": "string"}, "title": "권리"},
            "parties": PARTIES,
        },
    },
)
FORM = DocumentType(
    "form",
    {
        "title": "서식: [가/나]",
        "properties": {"work_title": {"title": "저작물명"}, "signer": {"title": "이름"}, "other": {"title": "이름"}},
    },
)
TIME = datetime(2026, 3, 2, 1, 2, 3, tzinfo=UTC)
EVIDENCE = Evidence(2, 10, 14, "봄날의", (Box(0.1, 0.2, 0.3, 0.4),), "normalized")


def record(values: dict[str, Any], document_type: DocumentType = LETTER, name: str = "문서.pdf") -> Record:
    row = DocumentRow("ab" * 32, name, "pdf", document_type.key, None, "approved", 1, 1, (), TIME, TIME)
    found = {path: item if isinstance(item, SetValue) else made(item) for path, item in values.items()}
    return Record(row, document_type, found, "kim", TIME)


def made(value: Any, by: str | None = None) -> SetValue:
    return SetValue(FieldValue(value, None, (EVIDENCE,), 0.5, f"person:{by}" if by else "builtin"), TIME, by)


def csv_rows(records: Sequence[Record], format: Any = "csv", language: str = "ko") -> list[dict[str, str]]:
    data = export(records, format, language)
    assert data.startswith(b"\xef\xbb\xbf"), "Excel takes UTF-8 without this mark for CP949"
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def workbook(records: Sequence[Record], language: str = "ko") -> Any:
    return openpyxl.load_workbook(io.BytesIO(export(records, "xlsx", language)))


def test_json_lines_hold_values_and_where_they_are_from() -> None:
    values = {"work_title": made("봄날", "kim"), "parties[1].name": "나래", "parties[4].name": "다솜"}
    (line,) = export([record(values)], "jsonl").decode().splitlines()
    assert "봄날" in line
    found = json.loads(line)
    assert found["file"] == "문서.pdf"
    assert (found["document_type"], found["document_type_key"]) == ("편지", "letter")
    assert (found["state"], found["approved_by"], found["approved_at"]) == ("approved", "kim", TIME.isoformat())
    assert found["metadata"] == {"work_title": "봄날", "parties": [{"name": "나래"}, {"name": "다솜"}]}
    assert list(found["provenance"]) == ["work_title", "parties[0].name", "parties[1].name"]
    assert found["provenance"]["work_title"] == {
        "value": "봄날",
        "source": "person:kim",
        "set_by": "kim",
        "set_at": TIME.isoformat(),
        "confidence": 0.5,
        "evidence": [
            {
                "page": 2,
                "start": 10,
                "end": 14,
                "text": "봄날의",
                "boxes": [{"x0": 0.1, "y0": 0.2, "x1": 0.3, "y1": 0.4}],
                "alignment": "normalized",
            }
        ],
    }
    assert json.loads(export([record(values)], "jsonl", "en"))["document_type"] == "Letter"


def test_csv_has_a_row_a_document_with_values_first_and_their_origin_after() -> None:
    values = {
        "work_title": made("봄날", "kim"),
        "signed": "2026-03-31",
        "fee": 6100000,
        "agreed": True,
        "rights": ["복제권", "배포권"],
        "parties[2].name": "가람",
    }
    rows = csv_rows([record(values), record({"work_title": None})])
    assert len(rows) == 2
    heads = list(rows[0])
    wanted = {"저작물명": "봄날", "서명일": "2026-03-31", "금액": "6100000", "동의": "TRUE", "권리": "복제권; 배포권"}
    wanted["당사자 1 이름"] = "가람"
    assert {title: rows[0][title] for title in wanted} == wanted
    assert heads[5:11] == list(wanted)
    origin = rows[0][heads[11]]
    assert all(part in origin for part in ("person:kim", "2026-03-02 01:02:03", "50%", "2", "봄날의"))
    assert set(rows[1].values()) >= {"문서.pdf", "편지", "kim", ""}
    assert rows[1]["저작물명"] == rows[1][heads[11]] == ""


def test_titles_follow_the_language() -> None:
    heads = list(csv_rows([record({"parties[0].name": "가람"})], language="en")[0])
    assert heads[:2] == ["File", "Document type"]
    assert "Work title" in heads and "Parties 1 Name" in heads


def test_types_share_a_column_only_when_path_and_title_are_the_same() -> None:
    rows = csv_rows([record({"work_title": "봄"}), record({"work_title": "가을", "signer": "가", "other": "나"}, FORM)])
    assert [row["저작물명"] for row in rows] == ["봄", "가을"]
    assert (rows[1]["이름 (signer)"], rows[1]["이름 (other)"]) == ("가", "나")
    assert rows[1]["금액"] == ""


def test_provenance_has_a_row_a_value() -> None:
    values = {"work_title": made("봄날", "kim"), "fee": None, "signed": made(None, "kim"), "agreed": False}
    rows = csv_rows([record(values)], "csv_provenance", "en")
    assert [row["Path"] for row in rows] == ["work_title", "signed", "agreed"]
    first = rows[0]
    assert (first["File"], first["Field"], first["Value"], first["Source"]) == (
        "문서.pdf",
        "Work title",
        "봄날",
        "person:kim",
    )
    assert (first["Page"], first["Start"], first["End"], first["Evidence"]) == ("2", "10", "14", "봄날의")
    assert (first["Set by"], first["Set at"], first["Confidence"]) == ("kim", "2026-03-02 01:02:03+00:00", "0.5")
    assert first["Found as"] == "normalised"
    two = SetValue(FieldValue(["가", "나"], evidence=(EVIDENCE, EVIDENCE)), TIME)
    assert csv_rows([record({"rights": two})], "csv_provenance", "en")[0]["Page"] == "2; 2"


def test_xlsx_has_a_sheet_a_type_and_typed_cells() -> None:
    values = {"work_title": "봄날", "signed": "2026-03-31", "fee": 6100000, "agreed": True}
    book = workbook([record(values), record({"work_title": "가을"}, FORM), record({"signed": "미정"})])
    assert book.sheetnames == ["편지", "서식 가 나", "provenance"]
    sheet = book["편지"]
    assert sheet.freeze_panes == "B2"
    heads = [cell.value for cell in sheet[1]]
    row = dict(zip(heads, [cell.value for cell in sheet[2]], strict=True))
    assert row["서명일"].date() == date(2026, 3, 31)
    assert (row["저작물명"], row["금액"], row["동의"]) == ("봄날", 6100000, True)
    assert sheet.cell(3, heads.index("서명일") + 1).value == "미정"
    assert not any("provenance" in str(head) for head in heads)
    assert book["provenance"].max_row == 1 + 4 + 1 + 1
    assert 5 < sheet.column_dimensions["F"].width < 61


def test_sheet_names_are_what_excel_accepts() -> None:
    def titled(key: str, title: str) -> Record:
        return record({}, DocumentType(key, {"title": title, "properties": {}}))

    long = "아주 긴 제목을 가진 문서의 종류 하나 그리고 더 긴 이름"
    titles = [
        titled(str(number), title)
        for number, title in enumerate([long + "1", long + "2", "?", "'", "Provenance", long * 2])
    ]
    names = workbook(titles).sheetnames
    assert len({name.casefold() for name in names}) == len(names) == 7
    assert all(0 < len(name) <= 31 and not set("[]:*?/\\'") & set(name) for name in names)


@pytest.mark.parametrize("format", ["jsonl", "csv", "csv_provenance", "xlsx"])
def test_nothing_to_export_is_an_empty_file_that_opens(format: Any) -> None:
    data = export([], format)
    if format == "xlsx":
        assert openpyxl.load_workbook(io.BytesIO(data)).sheetnames == ["provenance"]
    else:
        assert len(data.decode("utf-8-sig").splitlines()) <= 1


def test_dates_before_excels_calendar_stay_text() -> None:
    sheet = workbook([record({"signed": "1899-12-31"})])["편지"]
    assert "1899-12-31" in [cell.value for cell in sheet[2]]


FORMULAS = [
    "=1+1",
    "+82-10-0000-0000",
    "-1+1",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    " =1",
    "\u3000＝1",
    "＋1",
    "－1",
    "＠A",
    "\ufeff=1",
]
PLAIN = ["-5", "-6100.5", "봄날", "010-0000-0000", "a=b", "kim@example.com", "제1조 - 목적", "", "5"]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_looks_like_a_formula_is_defused(text: str) -> None:
    row = csv_rows([record({"work_title": text}, name=text)])[0]
    assert row["저작물명"] == f"'{text}"
    assert next(iter(row.values())) == f"'{text}"
    sheet = workbook([record({"work_title": text}, name=text)])["편지"]
    cells = [cell for cell in sheet[2] if isinstance(cell.value, str) and cell.value.strip() == text.strip()]
    assert len(cells) == 2
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in cells)


@pytest.mark.parametrize("text", PLAIN)
def test_plain_text_is_left_alone(text: str) -> None:
    assert csv_rows([record({"work_title": text})])[0]["저작물명"] == text


def test_negative_numbers_stay_numbers() -> None:
    assert csv_rows([record({"fee": -5})])[0]["금액"] == "-5"


anything = st.text(st.characters(codec=None))


@given(st.lists(anything | st.sampled_from(FORMULAS), min_size=1, max_size=3))
@example(["#N/A", "_x0041_", "\x00\x1f\ud800\ufffe", "가\r\n나\r다", "a" * 40_000])
def test_any_text_gives_files_that_open_and_run_nothing(texts: list[str]) -> None:
    values = {"work_title": texts[0], "rights": texts} | {f"parties[{n}].name": text for n, text in enumerate(texts)}
    records = [record(values, name=texts[-1])]
    for format in ("csv", "csv_provenance"):
        for row in csv.reader(io.StringIO(export(records, format).decode("utf-8-sig"), newline="")):
            for cell in row:
                visible = unicodedata.normalize("NFKC", cell.strip("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff \t\r\n"))
                assert visible[:1] not in ("=", "+", "@"), cell
                assert visible[:1] != "-" or cell[1:].replace(".", "").isdigit(), cell
    data = export(records, "xlsx")
    for sheet in openpyxl.load_workbook(io.BytesIO(data)):
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert not any(b"<f>" in file.read(name) for name in file.namelist())
    (line,) = export(records, "jsonl").decode().splitlines()
    assert json.loads(line)["metadata"]["rights"] == texts


ordinary = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"]), max_size=200)


@given(ordinary.filter(lambda text: "_x" not in text))
def test_ordinary_text_comes_back_from_xlsx(text: str) -> None:
    sheet = workbook([record({"work_title": text})])["편지"]
    found = [cell.value for cell in sheet[2]][5]
    assert (found or "") == text


def test_text_that_excel_would_decode_is_escaped() -> None:
    data = export([record({"work_title": "_x0041_"})], "xlsx")
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert any(b"_x005F_x0041_" in file.read(name) for name in file.namelist())


@given(
    st.recursive(st.none() | st.booleans() | anything, lambda inner: st.lists(inner) | st.dictionaries(anything, inner))
)
def test_a_json_line_is_one_line_of_utf8_and_comes_back(data: Any) -> None:
    line = json_line(data)
    assert len(line.splitlines()) <= 1
    assert json.loads(line.encode().decode()) == data


def test_paths_are_numbered_as_their_items_are() -> None:
    values = dict.fromkeys(["a[3].b[5].c", "a[3].b[2].c", "a[7].b[5].c", "d"])
    assert list(compact(values)) == ["a[0].b[1].c", "a[0].b[0].c", "a[1].b[0].c", "d"]


def test_paths_have_titles_and_an_order() -> None:
    assert ValuePath.parse("parties[1].name").title(LETTER, "ko") == "당사자 2 이름"
    assert ValuePath.parse("unknown[1].name").title(LETTER, "ko") == "unknown[1].name"
    paths = ["unknown", "parties[10].name", "parties[2].name", "work_title"]
    assert sorted(paths, key=lambda path: ValuePath.parse(path).order(LETTER)) == paths[::-1]
