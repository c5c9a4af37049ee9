"""A stand-in for LibreOffice's `soffice`: takes the same arguments and prints simple DOCX files to real PDFs."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

ROOT = Path(__file__).parents[1]
LINE, TOP, BOTTOM, LEFT = 24, 740, 500, 72
LETTERS = 20
"""A line holds so many; the next word goes on in the next line wherever it stands, as Korean does."""


def put(folder: Path, kind: str = "prints") -> str:
    """A program `soffice` in `folder`, which notes its calls there; the PATH on which it is found.

    `kind`: `prints`, `prints when told` (by a file `go` in `folder`), `prints other text`, `refuses` or `hangs`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "soffice"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{__file__}" "{kind}" "{folder}" "$@"\n')
    program.chmod(0o755)
    return os.pathsep.join([str(folder), os.environ["PATH"]])


def calls(folder: Path) -> int:
    """How often the program in `folder` was started."""
    noted = folder / "calls"
    return len(noted.read_text().splitlines()) if noted.exists() else 0


def main(kind: str, folder: Path, arguments: list[str]) -> None:
    source = Path(arguments[-1])
    with (folder / "calls").open("a") as noted:
        noted.write(f"{os.getpid()}\n")
    shutil.copyfile(source, folder / "given.docx")
    profile = next(one for one in arguments if one.startswith("-env:UserInstallation=file://"))
    settings = Path(profile.partition("file://")[2], "user", "registrymodifications.xcu")
    shutil.copyfile(settings, folder / "settings.xcu")
    while kind == "hangs" or (kind == "prints when told" and not (folder / "go").exists()):
        time.sleep(0.1)
    if kind != "refuses":
        target = Path(arguments[arguments.index("--outdir") + 1], source.with_suffix(".pdf").name)
        target.write_bytes(printed(source, "어제 하늘이 맑았다" if kind == "prints other text" else None))


def printed(source: Path, instead: str | None) -> bytes:
    """The paragraphs of a DOCX, ten lines a page, with a running head and a page number of its own."""
    import docx

    from tests.reading.making import pdf

    lines = list(_lines(instead or paragraph.text for paragraph in docx.Document(str(source)).paragraphs))
    most = (TOP - BOTTOM) // LINE
    pages = [lines[start : start + most] for start in range(0, len(lines), most)]
    return pdf(*[_page(number, lines) for number, lines in enumerate(pages, 1)])


def _lines(paragraphs: Iterator[str]) -> Iterator[str]:
    for text in paragraphs:
        yield from (text[start : start + LETTERS] for start in range(0, len(text), LETTERS))


def _page(number: int, lines: list[str]) -> Callable[..., None]:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(LEFT, TOP + 2 * LINE, "가온문화재단 서식")
        for row, line in enumerate(lines):
            canvas.drawString(LEFT, TOP - LINE * row, line)
        canvas.drawString(300, 40, f"- {number} -")

    return draw


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
