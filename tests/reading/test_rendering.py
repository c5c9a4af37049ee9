import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cachetools import LRUCache
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from extractor.core.errors import ReadingError
from extractor.desk import page_images
from extractor.desk.page_images import render_page
from extractor.reading import page_images as rendering
from extractor.reading.formats import read
from tests.reading.making import HEIGHT, WIDTH, pdf, placed


def page(text: str, x: float = 60, y: float = 700) -> Callable[[Canvas], None]:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold", 30)
        canvas.drawString(x, y, text)

    return draw


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    page_images._cache.clear()


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    path = tmp_path / "계약서.pdf"
    path.write_bytes(pdf(page("ONE"), page("TWO", y=100)))
    return path


def image(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_size_follows_the_resolution(contract: Path) -> None:
    picture = image(render_page(contract, 1))
    assert picture.format == "JPEG"
    assert picture.size == pytest.approx((WIDTH * 1.5, HEIGHT * 1.5), abs=1)
    assert image(render_page(contract, 1, dpi=72)).size == pytest.approx((WIDTH, HEIGHT), abs=1)


def test_boxes_lie_over_the_ink(contract: Path) -> None:
    """What the viewer does: page image below, word boxes above."""
    document = read(contract)
    for number in (1, 2):
        picture = image(render_page(contract, number)).convert("L")
        box = placed(document.pages[number - 1].words[0])
        dark = picture.point(lambda value: 255 if value < 128 else 0).getbbox()
        assert dark is not None
        left, top, right, bottom = dark
        assert box.x0 <= left / picture.width + 0.004 < box.x0 + 0.02
        assert box.x1 >= right / picture.width - 0.004 > box.x1 - 0.02
        assert box.y0 <= top / picture.height
        assert bottom / picture.height <= box.y1


def test_pages_are_drawn_once(contract: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = render_page(contract, 1)
    monkeypatch.setattr("extractor.reading.sandboxed.render_page", lambda *_: pytest.fail("drawn again"))
    assert render_page(contract, 1) is first


def test_a_changed_file_is_drawn_again(contract: Path) -> None:
    before = render_page(contract, 1)
    contract.write_bytes(pdf(page("CHANGED TEXT")))
    assert render_page(contract, 1) != before


def test_kept_images_are_bounded(contract: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_images, "_cache", LRUCache(100_000, getsizeof=len))
    for dpi in range(40, 160, 2):
        render_page(contract, 1, dpi)
    assert 0 < sum(map(len, page_images._cache.values())) <= 100_000
    page_images._cache.clear()
    monkeypatch.setattr(page_images, "_cache", LRUCache(10, getsizeof=len))
    assert len(render_page(contract, 1)) > 10


def test_huge_pages_are_held_to_a_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "MAX_PIXELS", 10_000)
    path = tmp_path / "크다.pdf"
    path.write_bytes(pdf(page("BIG")))
    width, height = image(rendering.draw_page(path, 1, 108)).size
    assert width * height <= 11_000


@pytest.mark.parametrize("number", [0, 3, -1])
def test_no_such_page(contract: Path, number: int) -> None:
    with pytest.raises(ReadingError, match=r"계약서\.pdf has no page"):
        render_page(contract, number)


def test_not_a_pdf(tmp_path: Path) -> None:
    path = tmp_path / "글.pdf"
    path.write_text("글")
    with pytest.raises(ReadingError, match=r"글\.pdf is damaged"):
        render_page(path, 1)
    with pytest.raises(ReadingError, match="cannot be opened"):
        render_page(tmp_path / "none.pdf", 1)


def test_threads_may_draw_and_read_at_once(tmp_path: Path) -> None:
    paths = []
    for number in range(6):
        path = tmp_path / f"{number}.pdf"
        path.write_bytes(pdf(*[page(f"DOCUMENT {number}")] * 5))
        paths.append(path)

    def work(index: int) -> bool:
        path = paths[index % len(paths)]
        if index % 2:
            return read(path).text.split()[1] == str(index % len(paths))
        return image(render_page(path, index % 5 + 1, dpi=50)).format == "JPEG"

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(60)))
