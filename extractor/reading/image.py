"""Pictures of documents: PNG, JPEG, HEIC, TIFF of many pages. Every page goes through text recognition."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from PIL import Image, ImageOps

from extractor.core import Document
from extractor.errors import N_, ReadingError
from extractor.reading import scans
from extractor.reading.pages import write_page
from extractor.reading.writer import Writer

MAX_PIXELS = 100_000_000
MAX_PAGES = 500
# A photo does not say how large the paper was: its long side is taken for that of A4.
_LONG_SIDE = 842.0
_SENSIBLE_DPI = (60, 1300)


def read(data: bytes, name: str, progress: scans.Progress | None = None, most: int | None = None) -> Document:
    """Read a picture, at most `most` of its pages; `progress` hears of each page.

    Raises ReadingError when it is damaged, too large, holds no text, or there is no text recognition here.
    """
    problem = scans.problem(name)
    if problem is not None:
        raise problem
    with opened(data, name) as picture:
        count = getattr(picture, "n_frames", 1)
    if count > MAX_PAGES:
        template = N_("{name} has {pages} pages; up to {limit} are read. Split it and upload the parts.")
        raise ReadingError(template, name=name, pages=count, limit=MAX_PAGES)
    now = range(1, count + 1)[:most]
    pages = scans.recognise_all([partial(_page, data, name, number) for number in now], progress)
    writer = Writer(name)
    writer.unread = list(range(len(now) + 1, count + 1))
    for number in range(1, count + 1):
        if number in writer.unread:
            writer.end_page(*size(page_image(data, name, number)), last=number == count)
            continue
        drawn = pages[number - 1]
        if drawn is None:
            writer.warnings.append(N_("No text could be read on these pages: {pages}").format(pages=number))
            writer.end_page(*size(page_image(data, name, number)), last=number == count)
            continue
        write_page(writer, drawn)
        writer.end_page(drawn.frame.width, drawn.frame.height, last=number == count)
    if not writer.has_words and not writer.unread:
        raise ReadingError(
            N_("{name}: no text was found on its pages. Scan it again, straight and at 300 dpi."), name=name
        )
    return writer.document(data, "image")


def page_image(data: bytes, name: str, number: int) -> Image.Image:
    """Page `number` (from 1) as people hold it, in colour. Raises ReadingError."""
    with opened(data, name) as picture:
        picture.seek(number - 1)
        return ImageOps.exif_transpose(picture).convert("RGB")


def size(image: Image.Image) -> tuple[float, float]:
    """Width and height in points, by the resolution that the picture names when it is a sensible one."""
    across, _down = image.info.get("dpi") or (0, 0)
    if not _SENSIBLE_DPI[0] <= across <= _SENSIBLE_DPI[1]:
        across = max(image.size) / _LONG_SIDE * 72
    return image.width / float(across) * 72, image.height / float(across) * 72


@contextmanager
def opened(data: bytes, name: str) -> Iterator[Image.Image]:
    """The picture, and whatever goes wrong with it as a ReadingError."""
    if data[4:8] == b"ftyp":
        from pillow_heif import register_heif_opener

        register_heif_opener()
    damaged = ReadingError(N_("{name} is damaged or incomplete. Scan or export it again and upload that."), name=name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise ReadingError(
                        N_("{name} has more than {limit} million pixels. Scan it at 300 dpi."),
                        name=name,
                        limit=MAX_PIXELS // 1_000_000,
                    )
                yield picture
    except ReadingError:
        raise
    except Exception as error:  # Pillow's parsers raise whatever they trip over.
        raise damaged from error


def _page(data: bytes, name: str, number: int) -> scans.Picture:
    image = page_image(data, name, number)
    width, height = size(image)
    scale = scans.scale_for(width, height)
    wanted = (max(round(width * scale), 1), max(round(height * scale), 1))
    return scans.Picture(image.convert("L").resize(wanted, Image.Resampling.LANCZOS), width, height)
