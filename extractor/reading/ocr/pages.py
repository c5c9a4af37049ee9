"""Pages that are pictures: made even and upright, read by a text recognition engine, lines and boxes from pixels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from extractor.core.documents import Box
from extractor.core.errors import N_, ReadingError
from extractor.core.machine import threads_a_worker
from extractor.core.messages import Message
from extractor.reading.page_writer import Drawn

if TYPE_CHECKING:
    from PIL.Image import Image as Pixels

    from extractor.reading.ocr.engines.base import Engine
    from extractor.reading.ocr.preprocessing import Prepared

# Finer than this costs time and reads no better; measured on 10 point Korean print.
DPI = 200
# A Korean form of 72 dpi is read better enlarged (letters right 0.57 → 0.85); at 96 dpi no gain was seen.
LEAST_DPI, MOST_ENLARGED = 120, 2
# A page larger than this many pixels is read coarser.
MAX_PIXELS = 16_000_000
# A page that is read less surely than this and has fewer dots an inch, or is blurred, says so; under the second nothing
# of it is kept.
_SURE, _GUESSED, _SMALL_DPI = 0.6, 0.4, 100

Progress = Callable[[int, int], None]
"""Hears how many pages of how many are recognised."""


class Picture(NamedTuple):
    """A picture of a page of `width` × `height` points, in any mode and size: it is read as fine as it needs to be."""

    image: Pixels
    width: float
    height: float


@dataclass
class ScanFrame:
    """See `page_writer.Frame`. What is shown is the picture as it was sent, with whatever lies around the sheet of
    paper:
    `perspective` is the way from the flattened sheet to it (`Sheet.perspective`), `others` says that it is not the only
    sheet there, `unclear` that it is too small or blurred to be read surely."""

    width: float
    height: float
    prepared: Prepared
    perspective: Any = None
    others: bool = False
    unclear: bool = False

    def warnings(self, number: int) -> list[str]:
        """What has to be said of page `number`."""
        said: list[str] = []
        if self.others:
            said.append(Message(N_("Page {page} shows several sheets; only the largest was read."), page=number))
        if self.unclear:
            template = N_("Page {page} is too small or blurred to be read surely. Check it, or photograph it again.")
            said.append(Message(template, page=number))
        return said

    def box(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        from extractor.reading.ocr.preprocessing import box_of

        if self.perspective is None:
            return self.prepared.box(x0, y0, x1, y1)
        corners = []
        for u, v in self.prepared.points(x0, y0, x1, y1):
            x, y, w = (float(row[0] * u + row[1] * v + row[2]) for row in self.perspective)
            corners.append((x / w, y / w))
        return box_of(corners, slanted=True)


def problem(name: str = "") -> ReadingError | None:
    """Why the scan `name` cannot be read by the chosen engine, and what to do; None when it can be.

    Raises ConfigError when the configuration chooses none that there is.
    """
    from extractor.reading.ocr.engines.registry import ENGINES
    from extractor.settings.ocr import chosen

    choice = chosen()
    return ENGINES.required(choice.engine).problem(choice, name)


def scale_for(width: float, height: float) -> float:
    """The most pixels a point at which a page of `width` × `height` points is read."""
    return min(DPI / 72, float((MAX_PIXELS / max(width * height, 1)) ** 0.5))


def recognise_all(pictures: Sequence[Callable[[], Picture]], progress: Progress | None = None) -> list[Drawn | None]:
    """Read pictures of pages, a page a core, each loaded when its turn comes. None for a page that cannot be read."""
    from extractor.reading.ocr.cache import cached
    from extractor.reading.ocr.engines.registry import ENGINES
    from extractor.settings.ocr import chosen

    choice = chosen()
    engine = cached(choice.name, partial(ENGINES.required(choice.engine).read, choice))
    recognised = []
    with ThreadPoolExecutor(threads_a_worker()) as pool:
        for number, drawn in enumerate(pool.map(partial(_recognise, engine), pictures), 1):
            recognised.append(drawn)
            if progress is not None:
                progress(number, len(pictures))
    return recognised


def _recognise(engine: Engine, load: Callable[[], Picture]) -> Drawn | None:
    from PIL.Image import Resampling

    from extractor.reading.ocr.page import is_blurred, recognise
    from extractor.reading.ocr.perspective import flattened
    from extractor.reading.ocr.sheet_detection import find_sheet

    picture = load()
    sheet = find_sheet(picture.image)
    if sheet is None:
        scale, size = _scale(picture.width, picture.height, picture.image.width / picture.width)
        grey = picture.image.convert("L")
        if max(abs(grey.width - size[0]), abs(grey.height - size[1])) > 2:  # drawn at this size, but for rounding
            grey = grey.resize(size, Resampling.LANCZOS, reducing_gap=2.0)
        scale = grey.width / picture.width
    else:
        scale, size = _scale(sheet.width, sheet.height, sheet.native(picture.image.size))
        grey = flattened(picture.image, sheet, size)
    try:
        seen = recognise(grey, scale, engine, photographed=sheet is not None)
    except ReadingError:
        return None
    native = picture.image.width / picture.width if sheet is None else sheet.native(picture.image.size)
    unclear = seen.confidence < _SURE and seen.letters and (native * 72 < _SMALL_DPI or is_blurred(grey))
    perspective, others = (sheet.perspective(), sheet.others) if sheet else (None, False)
    frame = ScanFrame(picture.width, picture.height, seen.prepared, perspective, others, unclear)
    # What is read of a page that nobody could read is made up.
    tokens = [] if unclear and seen.confidence < _GUESSED else seen.tokens
    return Drawn(frame, tokens, [], seen.horizontal, seen.vertical)


def _scale(width: float, height: float, native: float) -> tuple[float, tuple[int, int]]:
    """The pixels a point at which a page is read whose picture has `native` ones; and its size in these pixels.

    What a picture does not show is not made up: it is made larger only where letters get too few pixels otherwise.
    """
    scale = min(scale_for(width, height), max(native, min(LEAST_DPI / 72, MOST_ENLARGED * native)))
    return scale, (max(round(width * scale), 1), max(round(height * scale), 1))
