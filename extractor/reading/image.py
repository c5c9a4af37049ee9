"""Pictures of documents: PNG, JPEG, HEIC, TIFF of many pages. Every page goes through text recognition."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from PIL import ExifTags, Image, ImageOps

from extractor.core.documents import Document
from extractor.core.errors import N_, ReadingError
from extractor.core.messages import Message
from extractor.reading.document_writer import DocumentWriter
from extractor.reading.ocr import pages as scans
from extractor.reading.page_writer import write_page

MAX_PIXELS = 100_000_000
MAX_PAGES = 500
# A page is read from no more pixels than this: a photograph of 12 million is, one of 100 million by every other pixel.
_ENOUGH_PIXELS = 25_000_000
# The long side of A4 in points: a picture that does not say truly how large the paper was is taken for that.
_LONG_SIDE = 842.0
# Nobody scans coarser than the first or finer than the last of these; telephones, messengers and screenshots write 72,
# 96 and 144 whatever they show.
_SCANNED = (150.0, 1300.0)
_SHOWN = (60.0, 96.0)
# Faxes have half as many rows as columns an inch.
_FLATTEST = 2.2
# Formats in which pictures that follow the first are pages, not movement, previews or depths.
_PAGED = ("TIFF", "HEIF")


def read(data: bytes, name: str, progress: scans.Progress | None = None, most: int | None = None) -> Document:
    """Read a picture, at most `most` of its pages; `progress` hears of each page.

    Raises ReadingError when it is damaged, too large, holds no text, or there is no text recognition here.
    """
    problem = scans.problem(name)
    if problem is not None:
        raise problem
    with opened(data, name) as picture:
        count = getattr(picture, "n_frames", 1) if picture.format in _PAGED else 1
    if count > MAX_PAGES:
        template = N_("{name} has {pages} pages; up to {limit} are read. Split it and upload the parts.")
        raise ReadingError(template, name=name, pages=count, limit=MAX_PAGES)
    now = range(1, count + 1)[:most]
    pages = scans.recognise_all([partial(_page, data, name, number) for number in now], progress)
    writer = DocumentWriter(name)
    writer.unread = list(range(len(now) + 1, count + 1))
    unclear = False
    for number in range(1, count + 1):
        if number in writer.unread:
            writer.end_page(*size(page_image(data, name, number)), last=number == count)
            continue
        drawn = pages[number - 1]
        if drawn is None:
            writer.warnings.append(Message(N_("No text could be read on these pages: {pages}"), pages=number))
            writer.end_page(*size(page_image(data, name, number)), last=number == count)
            continue
        write_page(writer, drawn)
        if isinstance(drawn.frame, scans.ScanFrame):
            writer.warnings += drawn.frame.warnings(number)
            unclear |= drawn.frame.unclear
        writer.end_page(drawn.frame.width, drawn.frame.height, last=number == count)
    if not writer.has_words and not writer.unread:
        if unclear:
            raise ReadingError(N_("{name} is too small or blurred to be read. Photograph it again, closer and sharp."),
                               name=name)  # fmt: skip
        raise ReadingError(
            N_("{name}: no text was found on its pages. Scan it again, straight and at 300 dpi."), name=name
        )
    return writer.document(data, "image")


def page_image(data: bytes, name: str, number: int) -> Image.Image:
    """Page `number` (from 1) as people hold it, in colour. Raises ReadingError."""
    with opened(data, name) as picture:
        picture.seek(number - 1)
        # A camera of 100 million pixels: the decoder leaves out every other one, in half the time.
        wanted = math.sqrt(_ENOUGH_PIXELS / (picture.width * picture.height))
        if wanted < 1:
            width, named = picture.width, picture.info.get("dpi")
            picture.draft("RGB", (int(picture.width * wanted), int(picture.height * wanted)))
            if named and picture.width != width:
                picture.info["dpi"] = tuple(value * picture.width / width for value in named)
        picture.load()
        return _in_colour(_as_held(picture))


def size(image: Image.Image) -> tuple[float, float]:
    """Width and height of a page in points: by the resolution that the picture names where a scanner may have named it.

    Else it is taken for A4; a picture with fewer pixels than A4 has on a screen shows part of a page at that size.
    """
    for across, down in _named(image):
        if _SCANNED[0] <= across <= _SCANNED[1] and across / _FLATTEST <= down <= across * _FLATTEST:
            return image.width / across * 72, image.height / down * 72
    shown = next((across for across, _ in _named(image) if _SHOWN[0] <= across < _SCANNED[0]), _SHOWN[1])
    dpi = max(max(image.size) / _LONG_SIDE * 72, shown)
    return image.width / dpi * 72, image.height / dpi * 72


def _named(image: Image.Image) -> Iterator[tuple[float, float]]:
    """The resolutions, across and down, that the picture names: in its format's own place, then in its EXIF data."""
    lookups: list[Callable[[], Any]] = [lambda: image.info.get("dpi"), lambda: _of_exif(image)]
    for lookup in lookups:
        with suppress(Exception):  # whatever stands there
            across, down = (float(value) for value in lookup() or ())
            if across > 0 and down > 0 and math.isfinite(across + down):
                yield across, down


def _of_exif(image: Image.Image) -> tuple[float, float]:
    exif = image.getexif()
    unit = 2.54 if exif.get(ExifTags.Base.ResolutionUnit) == 3 else 1.0
    return float(exif[ExifTags.Base.XResolution]) * unit, float(exif[ExifTags.Base.YResolution]) * unit


def _as_held(picture: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # EXIF data that a messenger has cut: the picture itself is sound
        return picture.copy()


def _in_colour(picture: Image.Image) -> Image.Image:
    """Any picture as RGB: what is transparent shows white paper, 16 bits of grey become 8."""
    mode = picture.mode
    if mode[0] in "IF":
        return _eight_bits(picture).convert("RGB")
    if mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in picture.info:
        through = picture.convert("RGBA")
        paper = Image.new("RGBA", through.size, "white")
        flattened = Image.alpha_composite(paper, through).convert("RGB")
        flattened.info.update({key: value for key, value in picture.info.items() if key != "transparency"})
        return flattened
    return picture.convert("RGB")


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Grey of 8, 10, 12, 14 or 16 bits or of fractions, by its largest level: scanners put 12 bits into 16."""
    import numpy as np

    levels = np.nan_to_num(np.asarray(picture).astype(np.float32), posinf=0, neginf=0)
    largest = float(levels.max(initial=0))
    most = next((most for most in (1.0, 255.0, 1023.0, 4095.0, 16383.0, 65535.0) if largest <= most), largest)
    grey = Image.fromarray(np.clip(levels / most * 255, 0, 255).astype(np.uint8))
    grey.info.update(picture.info)
    return grey


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
    return scans.Picture(image, *size(image))
