"""Reads .kv files. Imported in the sandbox alone."""

from extractor.core.documents import Document
from extractor.core.errors import ReadingError
from extractor.reading.text import decode, document_from_text


def read(data: bytes, name: str) -> Document:
    """The lines as a form prints them: `name : value`."""
    _, *lines = decode(data, name).splitlines()
    if not lines:
        raise ReadingError("{name} has no fields. Write one a line: name = value.", name=name)
    return document_from_text("\n".join(line.replace("=", ":", 1) for line in lines), name)
