"""Tables as CSV and XLSX, safe to open.

A spreadsheet takes text that begins like a formula for one, and documents come from strangers. In XLSX
such text is stored as text, in CSV it gets an apostrophe in front, which spreadsheets do not show.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from extractor.core.formulas import begins_formula, escape_formula
from extractor.export.tables import CellValue, Table, provenance_table, values_table

if TYPE_CHECKING:
    from extractor.store import Record

MAX_WIDTH = 60
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# What Excel decodes in the text of a cell.
_XLSX_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_XLSX_LONGEST = 32_767
_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")


def csv_values(records: Sequence[Record], language: str) -> bytes:
    return _csv(values_table(records, language, provenance=True))


def csv_provenance(records: Sequence[Record], language: str) -> bytes:
    return _csv(provenance_table(records, language))


def xlsx(records: Sequence[Record], language: str) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, NamedStyle, PatternFill

    workbook = Workbook(write_only=True)
    # Named styles: making an Alignment for each cell takes longer than all the rest.
    workbook.add_named_style(NamedStyle("text", alignment=Alignment(vertical="top", wrap_text=True)))
    workbook.add_named_style(NamedStyle("date", number_format="yyyy-mm-dd", alignment=Alignment(vertical="top")))
    workbook.add_named_style(NamedStyle("plain", alignment=Alignment(vertical="top")))
    fill = PatternFill("solid", fgColor="E8EDF3")
    workbook.add_named_style(NamedStyle("head", font=Font(bold=True), fill=fill))
    names: set[str] = set()
    for title, mine in _by_type(records, language).items():
        _add_sheet(workbook, _sheet_name(title, names), values_table(mine, language))
    _add_sheet(workbook, _sheet_name("provenance", names), provenance_table(records, language))
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def writable(text: str) -> str:
    """`text` without the characters that XML and spreadsheets refuse."""
    return _ILLEGAL.sub("\ufffd", text)


def _csv(table: Table) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([_csv_cell(title) for title in table.titles])
    writer.writerows([_csv_cell(value) for value in row] for row in table.rows)
    # Excel reads UTF-8 only when the file begins with this mark.
    return out.getvalue().encode("utf-8-sig")


def _csv_cell(value: CellValue) -> Any:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if not isinstance(value, str):
        return value
    return escape_formula(writable(value))


def _by_type(records: Sequence[Record], language: str) -> dict[str, list[Record]]:
    by_type: dict[str, list[Record]] = {}
    for record in records:
        by_type.setdefault(record.document_type.key, []).append(record)
    sheets: dict[str, list[Record]] = {}
    for key, mine in by_type.items():
        title = mine[0].document_type.title(language)
        sheets[title if title not in sheets else f"{title} {key}"] = mine
    return sheets


def _sheet_name(title: str, taken: set[str]) -> str:
    """A name that Excel accepts, not yet `taken`: at most 31 characters, none of []:*?/\\'."""
    plain = " ".join(_SHEET_NAME.sub(" ", writable(title)).split()) or "-"
    name, number = plain[:31], 2
    while name.casefold() in taken:
        ending = f" ({number})"
        name, number = plain[: 31 - len(ending)] + ending, number + 1
    taken.add(name.casefold())
    return name


def _add_sheet(workbook: Any, name: str, table: Table) -> None:
    from openpyxl.utils import get_column_letter

    sheet = workbook.create_sheet(name)
    sheet.freeze_panes = "B2"
    for number, width in enumerate(_widths(table), 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([_xlsx_cell(sheet, title, "head") for title in table.titles])
    for row in table.rows:
        sheet.append([None if value is None else _xlsx_cell(sheet, value) for value in row])
    if table.rows:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.titles))}{len(table.rows) + 1}"


def _xlsx_cell(sheet: Any, value: Any, style: str = "text") -> Any:
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, date) and value.year < 1900:
        value = value.isoformat()  # Excel has no earlier dates.
    if not isinstance(value, str):
        cell = WriteOnlyCell(sheet, value)
        cell.style = "date" if isinstance(value, date) else "plain"
        return cell
    text = writable(value).replace("\r\n", "\n").replace("\r", "\n")
    text = _XLSX_ESCAPE.sub("_x005F_", text)[:_XLSX_LONGEST]
    cell = WriteOnlyCell(sheet, text)
    cell.style = style
    cell.data_type = "s"
    cell.quotePrefix = begins_formula(text)
    return cell


def _widths(table: Table) -> list[float]:
    """The width of each column in characters, wide ones limited."""
    widths = []
    for number, title in enumerate(table.titles):
        # The first rows tell enough, and a long export stays fast.
        longest = max((_width(row[number]) for row in table.rows[:500]), default=0)
        widths.append(min(max(longest, _width(title)) + 2.5, MAX_WIDTH))
    return widths


def _width(value: CellValue) -> int:
    lines = ("" if value is None else str(value)).split("\n")
    return max(sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line) for line in lines)
