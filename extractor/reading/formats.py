"""Files into `Document`s. A format is a module with `read(data, name) -> Document` and an entry of `FORMATS`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

from extractor.core.documents import Document
from extractor.core.errors import N_, ReadingError
from extractor.core.registry import Registry
from extractor.reading.content import ENCRYPTED, TEXT, content_kind, kind_title
from extractor.reading.ocr.cache import of_file
from extractor.reading.ocr.pages import Progress
from extractor.reading.text import document_from_text

__all__ = ["FORMATS", "MAX_BYTES", "Format", "document_from_text", "read", "read_bytes", "suffixes"]

MAX_BYTES = 200 * 1024 * 1024


@dataclass(frozen=True)
class Format:
    """Files named `.<suffix>`, read by `read(data, name)` of `module`, which is imported when first used.

    A built-in format's key is what `content_kind` says of such a file. One of another package is told by its suffix,
    and by the bytes that such a file begins with where it has `signatures`. `slow`: `read` takes two more arguments,
    `progress` and `most`.
    """

    suffixes: tuple[str, ...]
    module: str
    slow: bool = False
    signatures: tuple[bytes, ...] = ()


FORMATS: Registry[Format] = Registry(
    "rightsdesk.formats",
    Format,
    {
        "pdf": Format(("pdf",), "extractor.reading.pdf.reader", slow=True),
        "docx": Format(("docx",), "extractor.reading.docx"),
        # Files are often named .hwp whichever of the two they are.
        "hwp": Format(("hwp", "hwpx"), "extractor.reading.hwp"),
        "hwpx": Format(("hwp", "hwpx"), "extractor.reading.hwp"),
        "image": Format(("png", "jpg", "jpeg", "heic", "tif", "tiff"), "extractor.reading.image", slow=True),
        TEXT: Format(("txt", "md"), "extractor.reading.text"),
    },
)


def suffixes() -> tuple[str, ...]:
    """The endings of the files that are read, without the dot."""
    return tuple(dict.fromkeys(suffix for entry in FORMATS.values() for suffix in entry.suffixes))


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
    if kind == ENCRYPTED:
        raise ReadingError(N_("{name} is encrypted. Save it without a password and upload that."), name=name)
    format_ = _format_of(data, kind, suffix)
    if format_ is None:
        raise ReadingError(
            N_("{name} is {kind}, which is not read yet. Save it as PDF, DOCX, HWPX or text and upload that."),
            name=name,
            kind=kind_title(kind),
        )
    entry = FORMATS[format_]
    if suffix and suffix not in entry.suffixes and suffix in suffixes():
        raise ReadingError(
            N_("{name} is not what its name says: inside it is {kind}. Give it the right ending or export it again."),
            name=name,
            kind=kind_title(kind),
        )
    read_format = _reader(format_)
    if not entry.slow:
        document: Document = read_format(data, name)
    else:
        with of_file(data):
            document = read_format(data, name, progress, most)
    if format_ in FORMATS.builtin:
        return document
    return replace(document, name=name, format=format_, content_hash=hashlib.sha256(data).hexdigest())


def _reader(format_: str) -> Callable[..., Document]:
    """The function that reads a format. Raises ReadingError when the package that brings it does not work."""
    try:
        read_format: Callable[..., Document] = import_module(FORMATS[format_].module).read
    except Exception as error:  # Whatever runs when a module is imported.
        if format_ in FORMATS.builtin:
            raise
        problem = FORMATS.leave_out(format_, error)
        raise ReadingError(problem.template, **problem.params) from error
    return read_format


def _format_of(data: bytes, kind: str, suffix: str) -> str | None:
    """The key of a file's format; None when there is none for it."""
    known = {known for entry in FORMATS.builtin.values() for known in entry.suffixes}
    if suffix and suffix not in known:
        for key, entry in FORMATS.plugins.items():
            # Without a signature of its own it is not a file of another format under that name.
            fits = (
                data.startswith(entry.signatures) if entry.signatures else kind == TEXT or kind not in FORMATS.builtin
            )
            if suffix in entry.suffixes and fits:
                return key
    return kind if kind in FORMATS.builtin else None


def _too_large(name: str) -> ReadingError:
    return ReadingError(
        N_("{name} is larger than {limit} MB. Split it or leave out its pictures."),
        name=name,
        limit=MAX_BYTES // (1024 * 1024),
    )
