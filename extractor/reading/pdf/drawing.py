"""What a PDF page draws besides text: horizontal and vertical lines, and shapes as small as check boxes."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from extractor.reading.pdf.vector_checkboxes import LARGEST, Shape
from extractor.reading.tables.ruled_tables import THICK, Rule

Matrix = tuple[float, float, float, float, float, float]
"""(xx, xy, x, yx, yy, y): takes (u, v) to (xx·u + xy·v + x, yx·u + yy·v + y)."""
Points = list[tuple[float, float]]

# A page of this many drawn things is a picture, and a path of this many corners a curve.
_MOST_OBJECTS = 20_000
_MOST_SEGMENTS = 2_000
_DEEPEST_FORM = 4


class Drawing(NamedTuple):
    """In points from the top left."""

    horizontal: list[Rule]
    vertical: list[Rule]
    shapes: list[Shape]


def page_drawing(page: Any, to_top_left: Matrix) -> Drawing:
    """The lines and small shapes of a page (a raw PDFium page).

    `to_top_left` takes PDF user space to points from the top left. The caller holds PDFium's lock.
    """
    collector = _Collector()
    collector.add_objects(page, pdfium.FPDFPage_CountObjects(page), pdfium.FPDFPage_GetObject, to_top_left, 0)
    return collector.drawing


class _Collector:
    def __init__(self) -> None:
        self.drawing = Drawing([], [], [])
        self._left = _MOST_OBJECTS
        self._matrix = pdfium.FS_MATRIX()
        self._x, self._y = ctypes.c_float(), ctypes.c_float()
        self._bounds = tuple(ctypes.c_float() for _ in range(4))
        self._fill, self._stroke = ctypes.c_int(), ctypes.c_int()
        self._colour = tuple(ctypes.c_uint() for _ in range(4))

    def add_objects(self, holder: Any, count: int, get: Callable[[Any, int], Any], base: Matrix, depth: int) -> None:
        """The paths of a page or of a form object, which may hold form objects of its own."""
        kind_of = pdfium.FPDFPageObj_GetType
        for index in range(min(count, self._left)):
            item = get(holder, index)
            kind = kind_of(item)
            if kind == pdfium.FPDF_PAGEOBJ_PATH:
                self._add_path(item, base)
            elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST_FORM:
                inner = pdfium.FPDFFormObj_CountObjects(item)
                self.add_objects(item, inner, pdfium.FPDFFormObj_GetObject, self._placed(item, base), depth + 1)
        self._left -= min(count, self._left)

    def _placed(self, item: Any, base: Matrix) -> Matrix:
        """`base` after the matrix of `item`."""
        if not pdfium.FPDFPageObj_GetMatrix(item, self._matrix):
            return base
        m = self._matrix
        xx, xy, x, yx, yy, y = base
        return (
            xx * m.a + xy * m.b,
            xx * m.c + xy * m.d,
            xx * m.e + xy * m.f + x,
            yx * m.a + yy * m.b,
            yx * m.c + yy * m.d,
            yx * m.e + yy * m.f + y,
        )

    def _add_path(self, path: Any, base: Matrix) -> None:
        count = pdfium.FPDFPath_CountSegments(path)
        if not 2 <= count <= _MOST_SEGMENTS or not pdfium.FPDFPath_GetDrawMode(path, self._fill, self._stroke):
            return
        stroked = bool(self._stroke.value)
        if not stroked and not self._fill.value:
            return
        x0, y0, x1, y1 = self._path_bounds(path, base)
        thickness = min(x1 - x0, y1 - y0)
        if thickness <= THICK:  # most paths are: no need to look at their corners
            cap = thickness / 2 if stroked else 0.0  # the bounds of a stroke reach beyond its ends
            self._add_line(x0 + cap, y0 + cap, x1 - cap, y1 - cap)
            return
        if max(x1 - x0, y1 - y0) <= LARGEST:
            dark = bool(self._fill.value) and self._is_dark(path)
            is_open = stroked and not self._fill.value and self._is_open(path, count)
            self.drawing.shapes.append(Shape(x0, y0, x1, y1, stroked, dark, self._is_round(path, count), is_open))
            return
        shapes = list(self._shapes(path, count, self._placed(path, base)))
        if not stroked and len(shapes) == 2 and _is_ring(*shapes):
            stroked = True
        for shape in shapes:
            self._add_shape(shape, stroked)

    def _path_bounds(self, path: Any, base: Matrix) -> tuple[float, float, float, float]:
        left, bottom, right, top = self._bounds
        if not pdfium.FPDFPageObj_GetBounds(path, left, bottom, right, top):
            return 0.0, 0.0, 0.0, 0.0
        xx, xy, x, yx, yy, y = base
        u0, v0, u1, v1 = left.value, bottom.value, right.value, top.value
        return _bounds([(xx * u0 + xy * v0 + x, yx * u0 + yy * v0 + y), (xx * u1 + xy * v1 + x, yx * u1 + yy * v1 + y)])

    def _is_dark(self, path: Any) -> bool:
        if not pdfium.FPDFPageObj_GetFillColor(path, *self._colour):
            return True
        red, green, blue, alpha = (part.value for part in self._colour)
        return alpha > 127 and 0.3 * red + 0.59 * green + 0.11 * blue < 160

    def _is_open(self, path: Any, count: int) -> bool:
        last = pdfium.FPDFPath_GetPathSegment(path, count - 1)
        return not pdfium.FPDFPathSegment_GetClose(last) and self._point(path, 0) != self._point(path, count - 1)

    def _point(self, path: Any, index: int) -> tuple[float, float]:
        pdfium.FPDFPathSegment_GetPoint(pdfium.FPDFPath_GetPathSegment(path, index), self._x, self._y)
        return round(self._x.value, 2), round(self._y.value, 2)

    @staticmethod
    def _is_round(path: Any, count: int) -> bool:
        """Curves only, from the first one on: a circle. A square with round corners has straight sides."""
        kinds = (pdfium.FPDFPathSegment_GetType(pdfium.FPDFPath_GetPathSegment(path, at)) for at in range(1, count))
        return all(kind == pdfium.FPDF_SEGMENT_BEZIERTO for kind in kinds)

    def _shapes(self, path: Any, count: int, matrix: Matrix) -> Iterator[Points]:
        """The sub-paths that are made of straight lines."""
        xx, xy, x, yx, yy, y = matrix
        points: Points = []
        curved = False
        for index in range(count):
            segment = pdfium.FPDFPath_GetPathSegment(path, index)
            kind = pdfium.FPDFPathSegment_GetType(segment)
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                if len(points) > 1 and not curved:
                    yield points
                points, curved = [], False
            elif kind == pdfium.FPDF_SEGMENT_BEZIERTO:
                curved = True
            pdfium.FPDFPathSegment_GetPoint(segment, self._x, self._y)
            u, v = self._x.value, self._y.value
            points.append((xx * u + xy * v + x, yx * u + yy * v + y))
            if pdfium.FPDFPathSegment_GetClose(segment) and points[-1] != points[0]:
                points.append(points[0])
        if len(points) > 1 and not curved:
            yield points

    def _add_shape(self, points: Points, stroked: bool) -> None:
        """A thin shape is a line along its length, another stroked one a line a side."""
        x0, y0, x1, y1 = _bounds(points)
        width, height = x1 - x0, y1 - y0
        if min(width, height) <= THICK:
            self._add_line(x0, y0, x1, y1)
        elif stroked and max(width, height) > LARGEST:
            for (ax, ay), (bx, by) in pairwise(points):
                if min(abs(ax - bx), abs(ay - by)) <= 1.0:
                    self._add_line(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))

    def _add_line(self, x0: float, y0: float, x1: float, y1: float) -> None:
        width, height = x1 - x0, y1 - y0
        dot = max(width, height) <= THICK  # of a dotted line, whose direction shows only when dots are joined
        if width >= height or dot:
            self.drawing.horizontal.append(Rule((y0 + y1) / 2, x0, x1))
        if width < height or dot:
            self.drawing.vertical.append(Rule((x0 + x1) / 2, y0, y1))


def _bounds(points: Points) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _is_ring(outer: Points, inner: Points) -> bool:
    """Two rectangles just inside each other, filled between: how Chromium draws a border."""
    return all(abs(a - b) <= THICK for a, b in zip(_bounds(outer), _bounds(inner), strict=True))
