"""Pages of a DOCX as LibreOffice prints them. The text stays as `extractor.reading.docx` reads it."""

from __future__ import annotations

import os
import posixpath
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from subprocess import DEVNULL
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

from extractor.core.documents import Document
from extractor.core.errors import N_, ReadingError
from extractor.reading.docx import with_plain_signs
from extractor.reading.docx_page_alignment import place
from extractor.reading.pdf import reader as pdf
from extractor.reading.zip_guard import copy_parts

_PARTS = re.compile(r".*\.(xml|rels)|word/media/.*\.(png|jpe?g|gif|bmp|tiff?|emf|wmf)", re.IGNORECASE)
# Programs, objects of other programs, and data that the text reader does not read either.
_LEFT_OUT = re.compile(
    r"docProps/|customXml/|.*/(embeddings|activeX)/|.*vba\w*\.xml|.*/comments\w*\.xml", re.IGNORECASE
)
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_RELATION = f"{{{_RELATIONS}}}Relationship"
_KEPT = ("Id", "Type", "Target", "TargetMode")
_NOWHERE = {"Target": "about:blank", "TargetMode": "External"}
# Nothing listens there: LibreOffice may ask, and hears nothing.
_PROXIES = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9")
_OPTIONS = '{"ExportFormFields":{"type":"boolean","value":"false"}}'
_SETTINGS = (
    ("org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("org.openoffice.Office.Writer/Content/Update", "Link", "2"),
)


def print_pages(path: Path, document: Document, printed: Path) -> Document:
    """Print the file at `path`, which was read as `document`, to the PDF `printed`, alone in its folder.

    Returns the document with its pages. Raises ReadingError when LibreOffice gives none, or pages that do not show
    the text. Belongs into a worker (`extractor.reading.sandbox`): LibreOffice is killed with it, and its limit of
    memory holds.
    """
    folder = printed.parent
    source = printed.with_suffix(f".{document.format}")
    copy_parts(path.read_bytes(), source, document.name, _is_harmless, _prepared, _not_shown(document))
    profile = folder / "profile"
    _write_settings(profile)
    command = [
        PROGRAM,
        f"-env:UserInstallation={profile.as_uri()}",
        *("--headless", "--norestore", "--nologo"),
        *("--convert-to", f"pdf:writer_pdf_Export:{_OPTIONS}", "--outdir", str(folder), str(source)),
    ]
    environment = os.environ | _PROXIES | {"no_proxy": ""}
    subprocess.run(command, env=environment, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, check=False)
    if not printed.is_file():
        raise _not_shown(document)
    return place_pages(document, printed)


def place_pages(document: Document, printed: Path) -> Document:
    """`document` with the pages of the PDF `printed`. Raises ReadingError when they do not show its text."""
    # Pages that are pictures are not recognised: their text is known.
    placed = place(document, pdf.read(printed.read_bytes(), document.name, most=0))
    if placed is None:
        raise _not_shown(document)
    return placed


def _not_shown(document: Document) -> ReadingError:
    return ReadingError(N_("{name} could not be printed to pages; it is shown as text."), name=document.name)


def _is_harmless(part: str) -> bool:
    return _PARTS.fullmatch(part) is not None and not _LEFT_OUT.match(part)


def _prepared(part: str, content: bytes) -> bytes:
    """A part without what it fetches from outside the file, its ticks as they are read, whatever fonts are here."""
    if part.lower().endswith(".rels"):
        return _cut_off(part, content)
    is_text = part.startswith("word/") and part.endswith(".xml")
    return with_plain_signs(content.decode()).encode() if is_text else content


def _cut_off(part: str, content: bytes) -> bytes:
    """Relations to nothing but parts that are copied. Links to be clicked lead nowhere: anything may refer to them."""
    try:
        relations = [relation.attrib for relation in ElementTree.fromstring(content).iter(_RELATION)]
    except ElementTree.ParseError as error:
        raise ValueError(part) from error
    links = [relation | _NOWHERE for relation in relations if relation.get("Type", "").endswith("/hyperlink")]
    kept = links + [relation for relation in relations if _is_inside(part, relation)]
    # Written by hand: LibreOffice does not read the name-space prefixes that ElementTree writes.
    lines = "".join(
        f"<Relationship {' '.join(f'{name}={quoteattr(relation[name])}' for name in _KEPT if name in relation)}/>"
        for relation in kept
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{_RELATIONS}">{lines}</Relationships>'.encode()


def _is_inside(part: str, relation: Mapping[str, str]) -> bool:
    folder = posixpath.dirname(posixpath.dirname(part))
    target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")
    return relation.get("TargetMode", "Internal") == "Internal" and _is_harmless(target)


def _write_settings(profile: Path) -> None:
    """A profile of its own for one run: no macros, nothing loaded from elsewhere, links never updated."""
    items = "".join(
        f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _SETTINGS
    )
    target = profile / "user" / "registrymodifications.xcu"
    target.parent.mkdir(parents=True)
    target.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}'
        "</oor:items>",
        encoding="utf-8",
    )


PROGRAM = "soffice"
