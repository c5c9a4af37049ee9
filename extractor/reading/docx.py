"""DOCX through dochan, guarded: only the parts that hold text are handed over, and never more than fit."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from extractor.core.documents import Document
from extractor.core.errors import N_, ReadingError
from extractor.reading import office_blocks
from extractor.reading.zip_guard import copy_parts

# Pictures, charts, comments and properties are not the document's text.
_LEFT_OUT = re.compile(r"docProps/|customXml/|.*/(media|embeddings|charts|diagrams|fonts|theme)/|.*/comments\w*\.xml")
# Tags are read to the next < at most, and never given back: a tag that is not closed costs no more than its length.
_CHECKED = re.compile(r'<w14:checked\s++w14:val="(?P<state>\w++)"\s*+/>')
_CONTENT, _CONTROL_END = "<w:sdtContent>", "</w:sdt>"
_SHOWN = re.compile(r"<w:t(?:\s[^<>]*+)?>[^<]*+</w:t>|<w:sym\s[^<>]*+(?<=/)>")
_SYMBOL = re.compile(r"<w:sym\s(?>[^<>]*?w:char=\"(?P<code>[0-9A-Fa-f]{4})\")[^<>]*+(?<=/)>")
# Wingdings and Wingdings 2 characters that forms use as check boxes.
_SYMBOLS = {
    **dict.fromkeys(("FE", "FD", "52", "53"), "☑"),
    **dict.fromkeys(("FC", "50"), "✔"),
    **dict.fromkeys(("A8", "6F", "71", "72", "A3"), "☐"),
    **dict.fromkeys(("6E", "A7"), "■"),
    **dict.fromkeys(("6C", "9F"), "●"),
    **dict.fromkeys(("A1", "99"), "○"),
    "E0": "→",
}
_TRUE = ("1", "true", "on")
_LINK = re.compile(r"<w:hyperlink\s[^<>]*+(?<!/)>")
_BOOKMARK = re.compile(r"<w:bookmarkStart\s[^<>]*+(?<=/)>")


def read(data: bytes, name: str) -> Document:
    """Read a DOCX. Tables become cells; nested tables stand inside the cell that holds them.

    Raises ReadingError when it is damaged, encrypted, too large or without text.
    """
    with tempfile.TemporaryDirectory(prefix="rightsdesk-") as folder:
        copy = Path(folder) / "document.docx"
        copy_parts(data, copy, name, _is_text, _prepared, _damaged(name))
        content = office_blocks.parse(copy, _damaged(name))
    if not content.sections:
        raise _damaged(name)
    return office_blocks.document_of(content, data, name, "docx")


def _is_text(part: str) -> bool:
    return part.endswith((".xml", ".rels")) and not _LEFT_OUT.match(part)


def _prepared(part: str, xml: bytes) -> bytes:
    """Link targets and bookmark names go, which dochan would write into the text, and signs become plain."""
    if not part.startswith("word/"):
        return xml
    try:
        text = xml.decode("utf-8")
    except UnicodeDecodeError:
        return xml
    return with_plain_signs(_BOOKMARK.sub("", _LINK.sub("<w:hyperlink>", text))).encode("utf-8")


def with_plain_signs(xml: str) -> str:
    """Check-box controls and symbol-font characters as plain ☑ and ☐, which others drop, or draw empty."""
    return _SYMBOL.sub(lambda m: f"<w:t>{_SYMBOLS.get(m['code'][-2:].upper(), '')}</w:t>", _with_plain_boxes(xml))


def _with_plain_boxes(xml: str) -> str:
    """What a check-box control shows, the first text or symbol in its content, as ☑ or ☐."""
    parts: list[str] = []
    reached = content = 0
    control_end = -1
    shown: re.Match[str] | None = None
    for checked in _CHECKED.finditer(xml):
        at = checked.end()
        if checked.start() < reached:
            continue
        # Each is looked for again only when the last one found lies behind: all of it is read once.
        if 0 <= content < at:
            content = xml.find(_CONTENT, at)
        if content < 0:
            break
        if control_end < at:
            control_end = xml.find(_CONTROL_END, at)
            control_end = len(xml) if control_end < 0 else control_end
        if content > control_end:
            continue
        if shown is None or shown.start() < content:
            shown = _SHOWN.search(xml, content)
        if shown is None:
            break
        if shown.start() < control_end:
            parts += [xml[reached : shown.start()], f"<w:t>{'☑' if checked['state'].lower() in _TRUE else '☐'}</w:t>"]
            reached = shown.end()
    return "".join([*parts, xml[reached:]])


def _damaged(name: str) -> ReadingError:
    return ReadingError(
        N_("{name} is damaged or incomplete. Open it in Word, save it again and upload that."), name=name
    )
