"""Tesseract, the usual OCR engine."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import re
import shutil
import signal
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

from extractor.core.errors import N_, ReadingError

if TYPE_CHECKING:
    from extractor.settings.ocr import TextRecognition
from extractor.reading.ocr.engines.base import Piece, overlap

# A page takes one to four seconds of CPU; one that takes this many is no print. On the wall it may take longer: the
# machine may be busy.
_CPU_SECONDS = 12
_SECONDS = 240
_SOME_HANGUL = 0.1
_HANGUL = re.compile("[가-힣]")
_LATIN = re.compile("[A-Za-z]{2,}|@")


def tesseract(_choice: TextRecognition, grey: Any, scale: float) -> list[Piece]:
    """Tesseract in its one column mode, which drops the fewest lines of forms.

    Its Korean and English models together take Hangul for Latin letters now and then, its Korean model alone
    cannot read English: where there is Hangul both read, and of what overlaps the surer one counts.
    """
    both = _tesseract(grey, scale, "kor+eng")
    letters = [letter for piece in both for letter in piece.text if letter.isalpha()]
    if sum("가" <= letter <= "힣" for letter in letters) < _SOME_HANGUL * len(letters):
        return both
    latin = [piece for piece in both if _LATIN.search(piece.text) and not _HANGUL.search(piece.text)]
    return _surer(_tesseract(grey, scale, "kor"), latin)


def _surer(korean: list[Piece], latin: list[Piece]) -> list[Piece]:
    """The Korean reading, with Latin words in place of what was read there less surely."""
    kept = list(korean)
    for word in latin:
        under = [piece for piece in kept if overlap(piece, word) > 0.5]
        if all(piece.confidence < word.confidence for piece in under):
            line = under[0].line if under else -1 - word.line
            kept = [piece for piece in kept if piece not in under] + [word._replace(line=line)]
    return kept


def _tesseract(grey: Any, scale: float, languages: str) -> list[Piece]:
    """The words of a page by the program's TSV output (its column names are those of Tesseract's manual)."""
    from PIL import Image

    page = io.BytesIO()
    Image.fromarray(grey).save(page, "PNG", compress_level=1)
    command = ["tesseract", "stdin", "stdout", "-l", languages, "--psm", "4", "--dpi", str(round(scale * 72)), "tsv"]
    # One thread a page, a page a core: measured 2.2 times faster than the other way round. Only for the program:
    # in this process the variable would break the arithmetic of models.
    environment = os.environ | {"OMP_THREAD_LIMIT": "1"}
    try:
        code, output, problem = _bounded(command, page.getvalue(), environment)
    except subprocess.TimeoutExpired as error:
        raise ReadingError(N_("Text recognition took too long.")) from error
    except OSError as error:
        raise ReadingError(N_("Text recognition failed ({reason})."), reason=error.strerror or str(error)) from error
    if _stopped(code):
        raise ReadingError(N_("Text recognition took too long."))
    if code:
        reason = problem.decode("utf-8", "replace").strip()[:200]
        raise ReadingError(N_("Text recognition failed ({reason})."), reason=reason)
    rows = csv.DictReader(io.StringIO(output.decode("utf-8", "replace")), delimiter="\t", quoting=csv.QUOTE_NONE)
    return [_piece(row) for row in rows if (row["text"] or "").strip()]


def _bounded(command: list[str], data: bytes, environment: dict[str, str]) -> tuple[int, bytes, bytes]:
    """Exit status, output and errors of a program that gets `_CPU_SECONDS`. Raises TimeoutExpired, OSError."""
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as program:
        _limit(program.pid)
        try:
            output, problem = program.communicate(data, timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            program.kill()
            raise
    return program.returncode, output, problem


def _limit(pid: int) -> None:
    """Bound the CPU time of a process where the system can (Linux); elsewhere the clock on the wall has to do."""
    if sys.platform == "linux":
        import resource

        with contextlib.suppress(OSError):  # it is gone already
            resource.prlimit(pid, resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS + 1))


def _stopped(code: int) -> bool:
    """Whether a program was ended for the time that it took. Windows has no such signals."""
    return -code in {getattr(signal, name, 0) for name in ("SIGXCPU", "SIGKILL")} - {0}


def _piece(row: dict[str, str]) -> Piece:
    x0, y0 = float(row["left"]), float(row["top"])
    line = (int(row["block_num"]) * 1000 + int(row["par_num"])) * 1000 + int(row["line_num"])
    confidence = max(float(row["conf"]), 0.0) / 100
    return Piece(x0, y0, x0 + float(row["width"]), y0 + float(row["height"]), row["text"].strip(), confidence, line)


def tesseract_problem(_choice: TextRecognition, name: str) -> ReadingError | None:
    """Why Tesseract cannot be used here and what to do; None when it can."""
    if shutil.which("tesseract") is None:
        template = N_("{name} is a scan, and Tesseract is not installed. Install tesseract-ocr and tesseract-ocr-kor.")
    elif not {"kor", "eng"} <= set(_installed()):
        template = N_("{name} is a scan, and Tesseract lacks a model. Install tesseract-ocr-kor and tesseract-ocr-eng.")
    else:
        return None
    return ReadingError(template, name=name)


@cache
def _installed() -> tuple[str, ...]:
    try:
        completed = subprocess.run(
            ["tesseract", "--list-langs"], capture_output=True, timeout=30, check=False, text=True
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(completed.stdout.splitlines()[1:])
