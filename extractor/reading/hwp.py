"""Hancom's HWP 5 and HWPX through dochan, guarded: encrypted and oversized files are refused before it reads them."""

from __future__ import annotations

import tempfile
import zlib
from contextlib import closing
from pathlib import Path

from extractor.core.documents import Document
from extractor.core.errors import N_, ReadingError
from extractor.reading import office_blocks
from extractor.reading.content import content_kind
from extractor.reading.zip_guard import MAX_TEXT_BYTES, copy_parts, encrypted, too_large

# Where the text is. Distribution documents (배포용 문서) keep theirs in ViewText; dochan decrypts it.
_TEXT_STORAGES = ("DocInfo", "BodyText", "ViewText")


def read(data: bytes, name: str) -> Document:
    """Read a HWP or HWPX file, told apart by content. Tables become cells; text boxes, notes and fields are text.

    Raises ReadingError when it is damaged, encrypted, too large or without text.
    """
    format = content_kind(data)
    with tempfile.TemporaryDirectory(prefix="rightsdesk-") as folder:
        copy = Path(folder) / f"document.{format}"
        if format == "hwpx":
            if b"encryption-data" in data:
                raise encrypted(name)
            copy_parts(data, copy, name, _is_text, lambda _part, content: content, _damaged(name))
        else:
            copy.write_bytes(data)
            _check(copy, name)
        content = office_blocks.parse(copy, _damaged(name))
    header = content.file_header
    if header is not None and (getattr(header, "is_encrypted", False) or getattr(header, "is_drm", False)):
        raise encrypted(name)
    if not content.sections:
        raise _damaged(name)
    return office_blocks.document_of(content, data, name, format)


def _is_text(part: str) -> bool:
    """Pictures, previews and scripts are left out."""
    return not part.startswith(("BinData/", "Preview/", "Scripts/", "Chart/"))


def _check(path: Path, name: str) -> None:
    """Raise ReadingError when the text streams cannot be opened or unpack to more than fits."""
    from dochan.cfb import OleFileIO

    budget = MAX_TEXT_BYTES
    try:
        with closing(OleFileIO(str(path))) as container:
            for stream in container.listdir():
                if stream[0] in _TEXT_STORAGES:
                    budget -= _unpacked(container.openstream(stream).read(), budget)
    except ReadingError:
        raise
    except Exception as error:  # whatever a damaged container makes the library raise
        raise _damaged(name) from error
    if budget < 0:
        raise too_large(name)


def _unpacked(stream: bytes, most: int) -> int:
    """How many bytes a stream unpacks to, `most` + 1 at most; its own size when it is not compressed."""
    try:
        return len(zlib.decompressobj(-15).decompress(stream, most + 1))
    except zlib.error:
        return len(stream)


def _damaged(name: str) -> ReadingError:
    return ReadingError(
        N_("{name} is damaged or incomplete. Open it in Hancom Office, save it again and upload that."), name=name
    )
