"""Turns PDFs into scans: pages as pictures, tilted, turned, grey and noisy."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pypdfium2
from PIL import Image


def pictures(data: bytes, dpi: int = 200, tilt: float = 0.0, noise: float = 0.0, turned: int = 0) -> list[Image.Image]:
    """The pages of a PDF. `tilt` in degrees anticlockwise, `noise` the spread of grey levels, `turned` in degrees."""
    random = np.random.default_rng(7)
    found = []
    for page in pypdfium2.PdfDocument(data):
        image = page.render(scale=dpi / 72, grayscale=True).to_pil()
        if tilt:
            image = image.rotate(tilt, resample=Image.Resampling.BICUBIC, fillcolor=255)
        if noise:
            # Grey paper in uneven light.
            light = np.asarray(image, np.float32) * 0.8 + 35 - np.linspace(0, 40, image.width)[None, :]
            light += random.normal(0, noise, light.shape)
            image = Image.fromarray(np.clip(light, 0, 255).astype(np.uint8))
        found.append(image.rotate(turned, expand=True) if turned else image)
    return found


def saved(images: list[Image.Image], format: str = "PDF", dpi: int = 200) -> bytes:
    """The pictures as one file: a PDF of pictures, a TIFF of many pages, a PNG of the first."""
    buffer = io.BytesIO()
    first, *others = images
    if format == "PNG":
        first.save(buffer, format, dpi=(dpi, dpi))
    else:
        more = {"resolution": dpi} if format == "PDF" else {"dpi": (dpi, dpi), "compression": "tiff_lzw"}
        first.save(buffer, format, save_all=True, append_images=others, **more)
    return buffer.getvalue()


def scanned(data: bytes, **how: Any) -> bytes:
    """A PDF without a text layer that shows what the PDF `data` shows; `how` as for `pictures`."""
    return saved(pictures(data, **how))
