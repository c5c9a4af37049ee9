"""Pages that are pictures: made even and upright, read by a text recognition engine, lines and boxes from pixels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from extractor.core import Box
from extractor.errors import ReadingError
from extractor.machine import threads_a_worker
from extractor.reading.pages import Drawn

if TYPE_CHECKING:
    from PIL import Image

    from extractor.reading.scans.engines import Engine
    from extractor.reading.scans.prepare import Prepared

# Finer than this costs time and reads no better; measured on 10 point Korean print.
DPI = 200
# A page larger than this many pixels is read coarser.
MAX_PIXELS = 16_000_000

Progress = Callable[[int, int], None]
"""Hears how many pages of how many are recognised."""


class Picture(NamedTuple):
    """A picture of a page of `width` × `height` points."""

    image: Image.Image
    width: float
    height: float


@dataclass
class ScanFrame:
    """See `pages.Frame`."""

    width: float
    height: float
    prepared: Prepared

    def box(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        return self.prepared.box(x0, y0, x1, y1)


def problem(name: str = "") -> ReadingError | None:
    """Why the scan `name` cannot be read by the chosen engine, and what to do; None when it can be.

    Raises ConfigError when the configuration chooses none that there is.
    """
    from extractor.reading.scans.choice import chosen
    from extractor.reading.scans.engines import ENGINES

    choice = chosen()
    return ENGINES[choice.engine].problem(choice, name)


def scale_for(width: float, height: float) -> float:
    """The pixels a point at which a page of `width` × `height` points is read."""
    return min(DPI / 72, float((MAX_PIXELS / max(width * height, 1)) ** 0.5))


def recognise_all(pictures: Sequence[Callable[[], Picture]], progress: Progress | None = None) -> list[Drawn | None]:
    """Read pictures of pages, a page a core, each loaded when its turn comes. None for a page that cannot be read."""
    from extractor.reading.scans.cache import cached
    from extractor.reading.scans.choice import chosen
    from extractor.reading.scans.engines import ENGINES

    choice = chosen()
    engine = cached(choice.name, partial(ENGINES[choice.engine].read, choice))
    found = []
    with ThreadPoolExecutor(threads_a_worker()) as pool:
        for number, drawn in enumerate(pool.map(partial(_recognise, engine), pictures), 1):
            found.append(drawn)
            if progress is not None:
                progress(number, len(pictures))
    return found


def _recognise(engine: Engine, load: Callable[[], Picture]) -> Drawn | None:
    from extractor.reading.scans.page import recognise

    picture = load()
    scale = picture.image.width / picture.width
    try:
        seen = recognise(picture.image, scale, engine)
    except ReadingError:
        return None
    frame = ScanFrame(picture.width, picture.height, seen.prepared)
    return Drawn(frame, seen.tokens, [], seen.horizontal, seen.vertical)
