"""What a file is, told by its content."""

from __future__ import annotations

import io
import zipfile

from extractor.core.errors import N_

TEXT = "text"
ENCRYPTED = "encrypted"

_TITLES = {
    "pdf": N_("a PDF"),
    "docx": N_("a Word document (DOCX)"),
    TEXT: N_("plain text"),
    "xlsx": N_("an Excel workbook"),
    "pptx": N_("a PowerPoint file"),
    "hwp": N_("a Hancom document (HWP)"),
    "hwp3": N_("a Hancom document of the nineties (HWP 3)"),
    "hwpx": N_("a Hancom document (HWPX)"),
    "opendocument": N_("an OpenDocument file"),
    "zip": N_("a ZIP archive"),
    "damaged zip": N_("a damaged ZIP container"),
    "ole": N_("an old Office file (DOC, XLS, PPT)"),
    ENCRYPTED: N_("an encrypted Office file"),
    "image": N_("a picture"),
    "rtf": N_("an RTF document"),
    "archive": N_("a compressed archive"),
    "program": N_("a program"),
}
_SIGNATURES = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"HWP Document File V", "hwp3"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"{\\rtf", "rtf"),
    (b"\x1f\x8b", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"Rar!", "archive"),
    (b"\x7fELF", "program"),
)
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1")
_MOST_MEMBERS = 20_000
_ZIP_MARKS = (
    ("word/", "docx"),
    ("xl/", "xlsx"),
    ("ppt/", "pptx"),
)


def kind_title(kind: str) -> str:
    """The kind in words for a message."""
    return _TITLES[kind]


def content_kind(data: bytes) -> str:
    """A kind that `reading.formats.FORMATS` names, or one that is not read (see `_TITLES`). Else: text."""
    # PDF readers accept a header anywhere in the first KB; a text that quotes one has it after other words.
    head = data[:1024]
    if head.lstrip(b"\xef\xbb\xbf\x00\t\n\r ").startswith(b"%PDF-") or (b"%PDF-" in head and b"%%EOF" in data[-2048:]):
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(data)
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        return "image"
    kind = next((kind for signature, kind in _SIGNATURES if data.startswith(signature)), TEXT)
    if kind == "ole" and b"HWP Document File" in data:
        return "hwp"
    # Office wraps an encrypted document in an OLE file whose directory names this stream.
    return ENCRYPTED if kind == "ole" and "EncryptedPackage".encode("utf-16-le") in data else kind


def _zip_kind(data: bytes) -> str:
    if data.count(b"PK\x01\x02") > _MOST_MEMBERS:  # listing them alone would take much memory
        return "zip"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            marker = archive.open("mimetype").read(128) if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, EOFError, KeyError):
        # A truncated archive has lost its list of members, but the first ones are still named in the data.
        return "docx" if b"word/" in data[:65536] or b"[Content_Types].xml" in data[:256] else "damaged zip"
    if marker.startswith(b"application/hwp"):
        return "hwpx"
    if marker.startswith(b"application/vnd.oasis"):
        return "opendocument"
    return next((kind for folder, kind in _ZIP_MARKS if any(n.startswith(folder) for n in names)), "zip")
