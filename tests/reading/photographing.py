"""Photographs sheets of paper: perspective, a table beneath, uneven light, shadow, blur, noise, JPEG.

A camera is drawn once: what stands where on the sheet is known on the photograph, by `Photo.at`.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pypdfium2
from PIL import Image, ImageDraw, ImageFilter

TABLES = ("dark", "wood", "cloth", "light", "leaves", "tiles")


@dataclass(frozen=True)
class Camera:
    """How a photograph is taken. Lengths as shares of the picture; `shadow` and `gradient` are the light that is left.

    `lean` is how much shorter one side looks than the opposite one, `turn` in degrees, `beyond` how far the sheet's
    right side leaves the picture.
    """

    size: tuple[int, int] = (3024, 4032)
    table: str = "dark"
    fill: float = 0.86
    lean: float = 0.05
    turn: float = 2.0
    shadow: float = 1.0
    soft: float = 0.02
    gradient: float = 1.0
    blur: float = 0.8
    noise: float = 4.0
    quality: int = 85
    beyond: float = 0.0


LEVELS = {
    "careful": Camera(),
    "hasty": Camera(table="wood", lean=0.1, turn=5, shadow=0.7, gradient=0.75, blur=1.3, noise=7, quality=75),
    "messenger": Camera((1440, 1920), "cloth", lean=0.08, turn=4, shadow=0.75, gradient=0.8, blur=0.5, noise=5,
                        quality=70),
    "bad": Camera(table="tiles", fill=0.7, lean=0.16, turn=9, shadow=0.55, soft=0.004, gradient=0.6, blur=2.0,
                  noise=12, quality=60),
}  # fmt: skip


@dataclass(frozen=True)
class Photo:
    """`corners` are the sheet's (top left, top right, bottom right, bottom left) in pixels of `image`."""

    image: Image.Image
    corners: Any
    forward: Any

    def at(self, u: float, v: float) -> tuple[float, float]:
        """Where (u, v) of the sheet, as shares of its width and height, is on the picture, as shares of its size."""
        x, y, w = self.forward @ np.array([u, v, 1.0])
        return float(x / w / self.image.width), float(y / w / self.image.height)


def sheets(data: bytes, dpi: int = 220) -> list[Image.Image]:
    """The pages of a PDF as printed."""
    return [page.render(scale=dpi / 72).to_pil().convert("RGB") for page in pypdfium2.PdfDocument(data)]


def photograph(sheet: Image.Image, camera: Camera = LEVELS["careful"], seed: int = 0) -> Photo:
    """A picture of `sheet` on a table; `seed` chooses directions, colours and grain within what `camera` says."""
    random = np.random.default_rng(seed)
    width, height = camera.size
    corners = _corners(sheet.width / sheet.height, camera, random)
    forward = homography(((0, 0), (1, 0), (1, 1), (0, 1)), corners)
    back = np.linalg.inv(
        homography(((0, 0), (sheet.width, 0), (sheet.width, sheet.height), (0, sheet.height)), corners)
    )
    back = (back / back[2, 2]).ravel()[:8].tolist()
    seen = sheet.transform(camera.size, Image.Transform.PERSPECTIVE, back, Image.Resampling.BICUBIC)
    mask = Image.new("L", sheet.size, 255).transform(camera.size, Image.Transform.PERSPECTIVE, back)
    table = surface(camera.table, camera.size, random)
    # The sheet casts a thin shadow on the table.
    fall = mask.filter(ImageFilter.GaussianBlur(width / 250)).point(lambda level: level * 0.35)
    table = Image.composite(Image.new("RGB", camera.size, "black"), table, fall)
    picture = Image.composite(seen.point(lambda level: 20 + level * 0.88), table, mask)
    light = _light(camera, random)
    levels = np.asarray(picture.filter(ImageFilter.GaussianBlur(camera.blur)), np.float32) * light[..., None]
    levels *= np.array([1.0, random.uniform(0.94, 1.0), random.uniform(0.82, 0.98)], np.float32)
    grain = random.normal(0, camera.noise, (height, width)).astype(np.float32)
    image = Image.fromarray(np.clip(levels + grain[..., None], 0, 255).astype(np.uint8))
    return Photo(image, corners, forward)


def jpeg(image: Image.Image, quality: int = 85, **more: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, **more)
    return buffer.getvalue()


def homography(source: Any, target: Any) -> Any:
    """The 3 × 3 matrix that takes four points to four others."""
    rows, values = [], []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return np.append(np.linalg.solve(np.array(rows, float), np.array(values, float)), 1).reshape(3, 3)


def _corners(ratio: float, camera: Camera, random: Any) -> Any:
    """A sheet seen by a pinhole camera that is held aslant, so that its sides are those of a real rectangle."""
    width, height = camera.size
    turn = math.radians(camera.turn * random.choice((-1, 1)) * random.uniform(0.6, 1))
    around, far = random.uniform(0, 2 * math.pi), 3.2
    lean = math.asin(min(camera.lean * far / 2, 0.9))
    points = []
    for x, y in ((-ratio, -1.0), (ratio, -1.0), (ratio, 1.0), (-ratio, 1.0)):
        x, y = x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)
        along, across = x * math.cos(around) + y * math.sin(around), -x * math.sin(around) + y * math.cos(around)
        depth = far + along * math.sin(lean)
        along *= math.cos(lean)
        x, y = (
            along * math.cos(around) - across * math.sin(around),
            along * math.sin(around) + across * math.cos(around),
        )
        points.append((x * far / depth, y * far / depth))
    found = np.array(points)
    found -= (found.max(axis=0) + found.min(axis=0)) / 2
    extent = found.max(axis=0)
    found *= min(width / 2 * camera.fill / extent[0], height / 2 * camera.fill / extent[1])
    slack = np.array([width, height]) / 2 * (1 - camera.fill) * 0.5
    found += np.array([width, height]) / 2 + random.uniform(-1, 1, 2) * slack
    if camera.beyond:
        found[:, 0] += width * (1 + camera.beyond) - found[:, 0].max()
    return found


def _light(camera: Camera, random: Any) -> Any:
    """Rows × columns of 0 to 1: a gradient across the picture and the edge of a shadow that falls on it."""
    width, height = camera.size
    across = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    down = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    angle = random.uniform(0, 2 * math.pi)
    light = 1 - (1 - camera.gradient) * (across * math.cos(angle) + down * math.sin(angle) + 1.42) / 2.84
    angle, at = random.uniform(0, 2 * math.pi), random.uniform(-0.3, 0.5)
    depth = (across * math.cos(angle) + down * math.sin(angle) + 0.08 * np.sin(down * 4) - at) / camera.soft
    return light * (camera.shadow + (1 - camera.shadow) / (1 + np.exp(np.clip(depth, -30, 30))))


def surface(kind: str, size: tuple[int, int], random: Any) -> Image.Image:
    """What lies under the sheet, or fills a picture that shows no sheet."""
    width, height = size
    across, down = np.arange(width, dtype=np.float32)[None, :], np.arange(height, dtype=np.float32)[:, None]
    unit = max(size) / 100
    if kind == "dark":
        return Image.new("RGB", size, tuple(int(c) for c in random.integers(20, 70, 3)))
    if kind == "light":
        return Image.new("RGB", size, tuple(int(c) for c in random.integers(176, 200, 3)))
    if kind == "wood":
        waves = np.sin(down / unit * 2.1 + 1.5 * np.sin(across / unit / 6)) + 0.6 * np.sin(
            down / unit * 9 + across / unit / 5
        )
        levels = 0.62 + 0.12 * waves + random.normal(0, 0.03, (height, width))
        return _coloured(levels, (176, 128, 84))
    if kind == "cloth":
        levels = (
            0.55
            + 0.2 * (np.sin(across / unit * 3.3) * np.sin(down / unit * 3.3))
            + random.normal(0, 0.06, (height, width))
        )
        return _coloured(levels, (110, 120, 170))
    if kind == "tiles":
        seam = (np.mod(across, unit * 12) < unit * 0.4) | (np.mod(down, unit * 12) < unit * 0.4)
        return _coloured(np.where(seam, 0.35, 0.7) + random.normal(0, 0.02, (height, width)), (180, 176, 160))
    image = Image.new("RGB", size, (30, 60, 25))
    draw = ImageDraw.Draw(image)
    for x, y, long, green in random.uniform((0, 0, 1, 60), (width, height, 4, 190), (1500, 4)).tolist():
        box = (x, y, x + long * unit, y + long * unit * 0.45)
        draw.ellipse(
            box,
            fill=(int(green * 0.6), int(green), int(green * 0.3)),
            outline=(20, 40, 15),
            width=max(int(unit / 8), 1),
        )
    return image


def _coloured(levels: Any, colour: tuple[int, int, int]) -> Image.Image:
    return Image.fromarray(np.clip(levels[..., None] * np.array(colour, np.float32), 0, 255).astype(np.uint8))
