"""Plain text and Markdown: finds the encoding, and the cells of Markdown tables."""

from __future__ import annotations

import codecs
import re

from extractor.core.documents import Cell, Document
from extractor.core.errors import N_, ReadingError
from extractor.core.messages import Message
from extractor.reading.document_writer import DocumentWriter

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNREADABLE = re.compile("[\x00\ud800-\udfff]")
_LINE_END = re.compile("\r\n?|[\x0b\x85\u2028\u2029]")
# Control characters that never stand in a text: more than a few of them mean a binary file.
_CONTROL = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd]")
# The characters of Korean and English texts.
_USUAL = re.compile("[\t\n\r -~\xa0-\xff\u2000-\u206f\u3000-\u303f가-힣\uff00-\uffee]")
_RULE_ROW = re.compile(r"^\s*+\|?(?:\s*+:?-++:?\s*+\|)++\s*+(?::?-++:?\s*+)?$")


def read(data: bytes, name: str) -> Document:
    """Read a text file in UTF-8, UTF-16, UTF-32 or CP949 (which includes EUC-KR).

    Raises ReadingError when it is binary or holds no text.
    """
    return _document(decode(data, name), name, data)


def document_from_text(text: str, name: str = "text") -> Document:
    """A document of one page from a string. Its content hash is that of the text in UTF-8.

    Raises ReadingError when there is no text.
    """
    return _document(text, name, text.encode("utf-8", "surrogatepass"))


def decode(data: bytes, name: str) -> str:
    """The text of `data` in the encoding it is most probably in. Raises ReadingError for binary data."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    if guess := _utf16_without_mark(data):
        return data.decode(guess)
    for encoding in ("utf-8", "cp949"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _looks_binary(text):
            return text
    # A text with a few broken bytes is still worth reading; replaced characters show where they were.
    text = data.decode("utf-8", "replace")
    if _looks_binary(text):
        raise ReadingError(
            N_("{name} is not a text file. Save it as PDF, DOCX, HWPX or UTF-8 text and upload that."), name=name
        )
    return text


def _looks_binary(text: str) -> bool:
    sample = text[:65536]
    return len(_CONTROL.findall(sample)) + sample.count("\x00") > max(2, len(sample) // 50)


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 shows itself by line ends and spaces: an ASCII byte beside a zero one, mostly on the same side."""
    if len(data) < 4 or len(data) % 2:
        return None
    sample = data[:65536]
    first, second = sample[0::2].count(0), sample[1::2].count(0)
    if max(first, second) <= 3 * min(first, second):
        return None
    encoding = "utf-16-le" if second > first else "utf-16-be"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    usual = len(_USUAL.findall(text[:32768]))
    return encoding if usual >= 0.8 * min(len(text), 32768) else None


def _document(text: str, name: str, data: bytes) -> Document:
    writer = DocumentWriter(name)
    cleaned = _UNREADABLE.sub("", text.removeprefix("\ufeff"))
    if len(cleaned) < len(text.removeprefix("\ufeff")):
        writer.warnings.append(Message(N_("Characters that no text can hold (NUL, lone surrogates) were left out.")))
    if "\ufffd" in cleaned:
        writer.warnings.append(Message(N_("Some characters could not be read and are shown as \ufffd.")))
    cleaned = _LINE_END.sub("\n", cleaned).replace("\f", "\n")
    if not cleaned.strip():
        raise ReadingError(N_("{name} holds no text. Check that it is the right file."), name=name)
    writer.check_length(len(cleaned))
    _write_lines(writer, cleaned.split("\n"))
    writer.end_page(last=True)
    return writer.document(data, "text")


def _write_lines(writer: DocumentWriter, lines: list[str]) -> None:
    index = 0
    while index < len(lines):
        rows = _table_at(lines, index)
        if rows:
            _write_table(writer, rows)
            index += len(rows) + 1  # the rule row below the heading
        else:
            writer.add_text(lines[index] + ("\n" if index < len(lines) - 1 else ""))
            index += 1


def _table_at(lines: list[str], index: int) -> list[list[str]]:
    """The rows of a Markdown table that begins at line `index`, without its rule row; empty if there is none."""
    if "|" not in lines[index] or index + 1 >= len(lines) or not _RULE_ROW.match(lines[index + 1]):
        return []
    rows = [_row(lines[index])]
    for at in range(index + 2, len(lines)):
        if "|" not in lines[at] or not lines[at].strip():
            break
        rows.append(_row(lines[at]))
    return rows


def _row(line: str) -> list[str]:
    content = line.strip().removeprefix("|")
    parts = re.split(r"(?<!\\)\|", content.removesuffix("|") if not content.endswith("\\|") else content)
    return [part.strip().replace("\\|", "|").replace("\t", " ") for part in parts]


def _write_table(writer: DocumentWriter, rows: list[list[str]]) -> None:
    table = writer.new_table()
    for row, cells in enumerate(rows):
        for column, text in enumerate(cells):
            writer.write("\t" if column else "")
            start = writer.length
            writer.add_text(re.sub(r"<br\s*+/?>", "\n", text))
            writer.add_cell(Cell(table, row, column, start, writer.length, writer.page_number))
        writer.write("\n")
