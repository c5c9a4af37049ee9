"""Files into `Document`s. A format is a module with `read(data, name) -> Document` and one line in `FORMATS`."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from extractor.core.documents import Document
from extractor.core.errors import N_, ReadingError
from extractor.reading.content import ENCRYPTED, TEXT, content_kind, kind_title
from extractor.reading.ocr.cache import of_file
from extractor.reading.ocr.pages import Progress
from extractor.reading.text import document_from_text

__all__ = ["FORMATS", "MAX_BYTES", "SUFFIXES", "Format", "document_from_text", "read", "read_bytes"]

MAX_BYTES = 200 * 1024 * 1024


@dataclass(frozen=True)
class Format:
    """`kind` is what `content_kind` says of such a file; `module` is imported when first used.

    `slow`: its `read` takes two more arguments, `progress` and `most`.
    """

    kind: str
    suffixes: tuple[str, ...]
    module: str
    slow: bool = False


FORMATS: tuple[Format, ...] = (
    Format("pdf", ("pdf",), "extractor.reading.pdf.reader", slow=True),
    Format("docx", ("docx",), "extractor.reading.docx"),
    # Files are often named .hwp whichever of the two they are.
    Format("hwp", ("hwp", "hwpx"), "extractor.reading.hwp"),
    Format("hwpx", ("hwp", "hwpx"), "extractor.reading.hwp"),
    Format("image", ("png", "jpg", "jpeg", "heic", "tif", "tiff"), "extractor.reading.image", slow=True),
    Format(TEXT, ("txt", "md"), "extractor.reading.text"),
)
SUFFIXES: tuple[str, ...] = tuple(dict.fromkeys(suffix for entry in FORMATS for suffix in entry.suffixes))


def read(path: Path | str, name: str | None = None, progress: Progress | None = None) -> Document:
    """Read the file at `path`; `name` is what people call it, by default the file's name.

    `progress` hears how many of the pages that need text recognition are done.

    Raises ReadingError when it is missing, empty, encrypted, damaged, too large, in a format that
    is not read, or not what its suffix says.
    """
    path = Path(path)
    name = name or path.name
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise _too_large(name)
        data = path.read_bytes()
    except OSError as error:
        raise ReadingError(
            N_("{name} cannot be opened ({reason}). Check that it is there and may be read."),
            name=name,
            reason=error.strerror or type(error).__name__,
        ) from error
    return read_bytes(data, name, progress)


def read_bytes(data: bytes, name: str, progress: Progress | None = None, most: int | None = None) -> Document:
    """Read a file's content. Its format is told by the content; raises ReadingError as `read` does.

    Of the pages that need text recognition only the first `most` get it; the others are `Document.unread`.
    """
    if not data:
        raise ReadingError(N_("{name} is empty (0 bytes). Upload the file again."), name=name)
    if len(data) > MAX_BYTES:
        raise _too_large(name)
    kind = content_kind(data)
    suffix = Path(name).suffix.lower().lstrip(".")
    entry = next((entry for entry in FORMATS if entry.kind == kind), None)
    if kind == ENCRYPTED:
        raise ReadingError(N_("{name} is encrypted. Save it without a password and upload that."), name=name)
    if entry is None:
        raise ReadingError(
            N_("{name} is {kind}, which is not read yet. Save it as PDF, DOCX, HWPX or text and upload that."),
            name=name,
            kind=kind_title(kind),
        )
    claimed = any(suffix in other.suffixes for other in FORMATS)
    if claimed and suffix not in entry.suffixes:
        raise ReadingError(
            N_("{name} is not what its name says: inside it is {kind}. Give it the right ending or export it again."),
            name=name,
            kind=kind_title(kind),
        )
    module = import_module(entry.module)
    if not entry.slow:
        plain: Document = module.read(data, name)
        return plain
    with of_file(data):
        document: Document = module.read(data, name, progress, most)
    return document


def _too_large(name: str) -> ReadingError:
    return ReadingError(
        N_("{name} is larger than {limit} MB. Split it or leave out its pictures."),
        name=name,
        limit=MAX_BYTES // (1024 * 1024),
    )
