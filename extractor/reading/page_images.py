"""One page drawn as an image. Belongs into the sandbox."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.core.errors import N_, ReadingError

if TYPE_CHECKING:
    from PIL import Image
# A page may ask for any size (a drawing of 5 by 5 metres); its image is held to what a screen can use.
MAX_PIXELS = 24_000_000
_QUALITY = 85


def draw_page(path: Path, number: int, dpi: int) -> bytes:
    """What `render_page` gives, drawn in this process and not kept."""
    from extractor.reading.content import content_kind

    with path.open("rb") as file:
        is_picture = content_kind(file.read(1024)) == "image"
    picture = _of_picture(path, number, dpi) if is_picture else _of_pdf(path, number, dpi)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()


def _of_picture(path: Path, number: int, dpi: int) -> Image.Image:
    from PIL.Image import Resampling

    from extractor.reading.image import page_image, size

    picture = page_image(path.read_bytes(), path.name, number)
    width, height = size(picture)
    scale = min(dpi / 72, (MAX_PIXELS / max(width * height, 1)) ** 0.5)
    return picture.resize((max(round(width * scale), 1), max(round(height * scale), 1)), Resampling.LANCZOS)


def _of_pdf(path: Path, number: int, dpi: int) -> Image.Image:
    from pypdfium2 import PdfiumError

    from extractor.reading.pdf.pdfium import LOCK, damaged, open_pdf

    with LOCK:
        pdf = open_pdf(path, path.name)
        try:
            if not 1 <= number <= len(pdf):
                raise ReadingError(
                    N_("{name} has no page {page}; it has {pages}."), name=path.name, page=number, pages=len(pdf)
                )
            page = pdf[number - 1]
            try:
                width, height = page.get_size()
                scale = min(dpi / 72, (MAX_PIXELS / max(width * height, 1)) ** 0.5)
                bitmap = page.render(scale=scale)
                picture: Image.Image = bitmap.to_pil().convert("RGB")  # a copy: the bitmap's memory ends with the page
                bitmap.close()
            finally:
                page.close()
        except PdfiumError as error:
            raise damaged(path.name) from error
        finally:
            pdf.close()
    return picture
