"""What is done to the pixels of a page before it is read: shadows, grain, lines that waver. Nothing is recognised."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from extractor.reading.ocr.page import recognise
from extractor.reading.ocr.preprocessing import prepare
from extractor.reading.ocr.ruled_lines import find_rules
from tests.reading.photographing import sheets

SCALE = 200 / 72
FORM = Path(__file__).parents[2] / "samples" / "contract_table_01.pdf"


def test_the_edge_of_a_shadow_is_no_ink() -> None:
    """Paper, half of it in a shadow whose edge is 3 mm wide: no dark band is left along the edge."""
    across, down = np.arange(800.0)[None, :], np.arange(800.0)[:, None]
    light = 0.5 + 0.5 * np.clip((across + 0.3 * down - 520) / 24, 0, 1)
    found = prepare(Image.fromarray((230 * light).astype(np.uint8)), SCALE).grey
    assert (found < 200).mean() < 0.001
    assert found.min() > 160


def test_a_line_that_wavers_is_a_line() -> None:
    """On a sheet that is not quite flat, and in noise, a line goes up and down by a pixel and has holes."""
    random = np.random.default_rng(1)
    rows = (100 + np.cumsum(random.choice((-1, 0, 1), 100, p=(0.15, 0.7, 0.15)))).repeat(10)
    page = np.zeros((200, 1000), bool)
    page[rows, np.arange(1000)] = random.random(1000) > 0.03
    for turned in (page, page.T):
        horizontal, vertical, mask = find_rules(turned, SCALE)
        assert (mask & turned).sum() > 0.98 * turned.sum()
        assert bool(horizontal) != bool(vertical)


def test_letters_in_a_row_are_no_line() -> None:
    page = np.zeros((200, 1000), bool)
    for x in range(20, 960, 28):
        page[100:103, x : x + 24] = page[80:103, x + 10 : x + 13] = True
    assert not find_rules(page, SCALE)[2].any()


def test_boxes_are_made_out_in_grain() -> None:
    """A form in little light, blurred: single pixels of noise are no ink, and no box is ticked that is not."""
    form = sheets(FORM.read_bytes(), 200)[0].convert("L").filter(ImageFilter.GaussianBlur(1.6))
    levels = np.asarray(form) * 0.3 + np.random.default_rng(1).normal(0, 10, (form.height, form.width))
    seen = recognise(Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8)), SCALE, lambda grey, scale: [])
    found = [token.text for token in seen.tokens]
    assert len(found) >= 6  # of nine
    assert 3 <= found.count("☑") <= 4


def test_fine_print_is_not_softened() -> None:
    page = np.full((400, 400), 255, np.uint8)
    page[50:350:6, 50:350] = 0
    page[20, 20:380:40] = 0  # dots
    assert (prepare(Image.fromarray(page), SCALE).grey[50:350:6, 60:340] < 100).all()
