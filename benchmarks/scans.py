"""How scans of the samples are read: metadata, evidence, ticks, time. `--write` keeps the table in scans.md.

    python benchmarks/scans.py [--write]
    python benchmarks/scans.py --photographs [--held-back] [--pages N] [--write]

The samples with a text layer are drawn as pictures at 200 dpi, as they are and as bad scans (grey paper in uneven
light, noise, tilt). Evidence is right when its middle lies on what the same value has in the printed PDF. Ticks are
drawn by a pen that is never steady: colours, strokes, sizes and tilts vary; a box counts when it is found with its
state.
"""

from __future__ import annotations

import argparse
import io
import math
import os
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from extractor import create_extractor, load_document_types  # noqa: E402
from extractor.classification.document_type import propose_type  # noqa: E402
from extractor.core.errors import ReadingError  # noqa: E402
from extractor.core.extractions import Evidence, Extraction  # noqa: E402
from extractor.normalize import comparison_key  # noqa: E402
from extractor.quality.evaluation import Evaluation, Gold, load_gold  # noqa: E402
from extractor.reading.formats import read, read_bytes  # noqa: E402
from extractor.reading.ocr.hand_drawn_rings import find_rings  # noqa: E402
from extractor.reading.ocr.pixel_checkboxes import find_boxes  # noqa: E402
from extractor.reading.ocr.preprocessing import ink, prepare  # noqa: E402
from extractor.reading.ocr.radio_buttons import find_circles  # noqa: E402
from extractor.reading.text import document_from_text  # noqa: E402
from tests.reading import pens  # noqa: E402
from tests.reading.photographing import LEVELS, jpeg, photograph, sheets  # noqa: E402
from tests.reading.scanning import scanned  # noqa: E402

VARIANTS = {
    "clean": {},
    "tilt 1.3°, noise": {"tilt": 1.3, "noise": 12.0},
    "tilt −2.5°, much noise": {"tilt": -2.5, "noise": 25.0},
}
# Layouts and seeds that nobody looks at while the code is written: photographs of these are measured once, at the end.
DEVELOPMENT, HELD_BACK = (ROOT / "samples", 0), (ROOT / "benchmarks" / "forms" / "held_out", 5000)
MARKS = {"square": "square boxes", "circle": "round boxes", "ring": "rings around words"}
SCALE = 200 / 72


@dataclass
class Outcome:
    """What was measured of one variant."""

    evaluation: Evaluation = field(default_factory=Evaluation)
    types: int = 0
    evidence: int = 0
    evidence_right: int = 0
    pages: int = 0
    seconds: float = 0.0
    marks: int = 0
    marks_printed: int = 0


def measure(how: dict[str, float]) -> Outcome:
    types, builtin, outcome = load_document_types(), create_extractor("builtin"), Outcome()
    for gold in load_gold(ROOT / "samples" / "gold.jsonl"):
        if gold.path.suffix != ".pdf":
            continue
        data = scanned(gold.path.read_bytes(), **how)
        start = time.perf_counter()
        document = read_bytes(data, gold.path.name)
        outcome.seconds += time.perf_counter() - start
        outcome.pages += len(document.pages)
        outcome.types += propose_type(document, types)[0] == gold.document_type
        document_type = types[gold.document_type]
        found = builtin.extract(document, document_type)
        outcome.evaluation.add(gold, found, document_type)
        compare_evidence(gold, found, builtin.extract(read(gold.path), document_type), outcome)
    return outcome


def cpu_seconds() -> float:
    """Of this process and of the programs that it ran."""
    return sum(os.times()[:4])


def photographs(level: str, folder: Path, seed: int, most: int) -> Outcome:
    """The one-page forms of a folder, photographed; `Outcome.seconds` is CPU time."""
    types, builtin, outcome = load_document_types(), create_extractor("builtin"), Outcome()
    for number, gold in enumerate(load_gold(folder / "gold.jsonl")):
        if gold.path.suffix != ".pdf" or outcome.pages >= most:
            continue
        pages = sheets(gold.path.read_bytes(), 250)
        if len(pages) > 1:
            continue
        camera = LEVELS[level]
        data = jpeg(photograph(pages[0], camera, seed + number).image, camera.quality)
        start = cpu_seconds()
        try:
            document = read_bytes(data, f"{gold.path.stem}.jpg")
        except ReadingError as error:
            print(level, gold.path.name, error)
            document = document_from_text("", gold.path.name)
        outcome.seconds += cpu_seconds() - start
        outcome.pages += 1
        document_type = types[gold.document_type]
        outcome.types += propose_type(document, types)[0] == gold.document_type
        outcome.evaluation.add(gold, builtin.extract(document, document_type), document_type)
        outcome.marks += document.text.count("☑")
        outcome.marks_printed += read(gold.path).text.count("☑")
    return outcome


def photograph_table(held_back: bool, most: int) -> str:
    """The figures of photographs, a line for each way of taking them."""
    folder, seed = HELD_BACK if held_back else DEVELOPMENT
    lines = [
        "| photographs | forms | micro F1 | type right | ticks read / printed | CPU s a page |",
        "|---|---|---|---|---|---|",
    ]
    for level in LEVELS:
        got = photographs(level, folder, seed, most)
        lines.append(
            f"| {level} | {got.pages} | {got.evaluation.all.f1:.3f} | {got.types}/{got.pages} "
            f"| {got.marks}/{got.marks_printed} | {got.seconds / max(got.pages, 1):.1f} |"
        )
        print(lines[-1], flush=True)
    return "\n".join(lines)


def compare_evidence(gold: Gold, found: Extraction, printed: Extraction, outcome: Outcome) -> None:
    """Count the right values of `found` whose evidence stands where the printed page has it."""
    for path, value in found.fields.items():
        known = printed.fields.get(path)
        wanted = gold.metadata.get(path)
        if known is None or not known.evidence or value.value is None or isinstance(value.value, list):
            continue
        if comparison_key(value.value) == comparison_key(wanted) == comparison_key(known.value):
            outcome.evidence += 1
            outcome.evidence_right += bool(value.evidence) and near(value.evidence[0], known.evidence)


def near(one: Evidence, others: tuple[Evidence, ...]) -> bool:
    if not one.boxes:
        return False
    x = (one.boxes[0].x0 + one.boxes[0].x1) / 2
    y = (one.boxes[0].y0 + one.boxes[0].y1) / 2
    return any(
        other.page == one.page and box.x0 - 0.01 <= x <= box.x1 + 0.01 and box.y0 - 0.01 <= y <= box.y1 + 0.01
        for other in others
        for box in other.boxes
    )


def marks(kind: str, pages: int = 40) -> tuple[int, int, int]:
    """Boxes, circles or words drawn, those found with the right state, and those found that are none or wrong."""
    pen, drawn, right, wrong = random.Random(3), 0, 0, 0
    for page in range(pages):
        image, places = mark_page(pen, kind)
        noise = np.random.default_rng(page).normal(0, pen.choice((0, 8, 16)), (image.height, image.width))
        tilt = pen.uniform(-2, 2)
        light = np.asarray(
            image.convert("L").rotate(tilt, resample=Image.Resampling.BICUBIC, fillcolor=255), np.float32
        )
        grey = Image.fromarray(np.clip(light * 0.85 + 25 + noise, 0, 255).astype(np.uint8))
        prepared = prepare(grey, SCALE)
        found = [(prepared.box(*edges), state) for *edges, state in found_marks(kind, ink(prepared.grey))]
        drawn += len(places)
        for x, y, ticked in places:
            angle = math.radians(-tilt)
            dx, dy = x - image.width / 2, y - image.height / 2
            u = (dx * math.cos(angle) - dy * math.sin(angle)) / image.width + 0.5
            v = (dx * math.sin(angle) + dy * math.cos(angle)) / image.height + 0.5
            hit = next((f for f in found if f[0].x0 <= u <= f[0].x1 and f[0].y0 <= v <= f[0].y1), None)
            if hit is not None:
                found.remove(hit)
                right += hit[1] == ticked
                wrong += hit[1] != ticked
        wrong += len(found)
    return drawn, right, wrong


def found_marks(kind: str, dark: Any) -> Iterator[tuple[float, float, float, float, bool]]:
    if kind == "ring":
        yield from ((*ring, True) for ring in find_rings(dark, SCALE)[0])
    else:
        for box in find_circles(dark, SCALE) if kind == "circle" else find_boxes(dark, SCALE):
            yield *box[:4], box.ticked


def mark_page(pen: random.Random, kind: str) -> tuple[Image.Image, list[tuple[float, float, bool]]]:
    """A page of choices, half of them marked, with the middles of the marks in pixels and their states.

    Of words without boxes only those with a ring are returned.
    """
    image = Image.new("RGB", (1654, 2339), "white")
    draw, font, places, side = ImageDraw.Draw(image), pens.font(30), [], pen.choice((22, 26, 30, 36))
    for row in range(14):
        for column in range(3):
            ticked = pen.random() < 0.5
            x, y = 160 + 480 * column, 160 + 140 * row
            word, at = pen.choice(("동의함", "동의하지 않음", "복제권", "예")), (x + side + 22, y - 4)
            draw.text(at, word, font=font, fill="black")
            if kind == "ring":
                box = draw.textbbox(at, word, font=font)
                if ticked:
                    pens.ring(draw, pen, box)
                    places.append(((box[0] + box[2]) / 2, (box[1] + box[3]) / 2, True))
                continue
            shape = draw.ellipse if kind == "circle" else draw.rectangle
            shape((x, y, x + side, y + side), outline="black", width=pen.choice((2, 2, 3)))
            if ticked:
                pens.tick(draw, pen, x, y, side, kind == "circle")
            places.append((x + side / 2, y + side / 2, ticked))
    return image, places


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="keep the table and the failing cases in scans.md")
    parser.add_argument("--photographs", action="store_true", help="photographs of forms instead of scans")
    parser.add_argument("--held-back", action="store_true", help="of layouts and with seeds not developed against")
    parser.add_argument("--pages", type=int, default=1000, help="at most so many forms for each way of taking them")
    arguments = parser.parse_args()
    if arguments.photographs:
        table = photograph_table(arguments.held_back, arguments.pages)
        if arguments.write:
            part = "held-back" if arguments.held_back else "developed against"
            with (ROOT / "benchmarks" / "photos.md").open("a", encoding="utf-8") as file:
                file.write(f"\n## {part.capitalize()}\n\n{table}\n")
        return
    out = io.StringIO()
    print("| samples as | micro F1 | type right | evidence right | s a page |\n|---|---|---|---|---|", file=out)
    misses = []
    for name, how in VARIANTS.items():
        got = measure(how)
        print(
            f"| {name} | {got.evaluation.all.f1:.3f} | {got.types}/{got.evaluation.documents} "
            f"| {got.evidence_right}/{got.evidence} ({got.evidence_right / max(got.evidence, 1):.3f}) "
            f"| {got.seconds / got.pages:.2f} |",
            file=out,
        )
        misses += [(name, miss) for miss in got.evaluation.misses]
    print("\n| marks by hand | drawn | recall | precision |\n|---|---|---|---|", file=out)
    for kind, title in MARKS.items():
        drawn, right, wrong = marks(kind)
        print(f"| {title} | {drawn} | {right / drawn:.3f} | {right / max(right + wrong, 1):.3f} |", file=out)
    print(out.getvalue())
    if arguments.write:
        lines = [f"| {name} | {m.file} | {m.field} | {m.gold} | {m.extracted} |" for name, m in misses]
        text = "# Scans\n\nMade by `python benchmarks/scans.py --write`; what each column counts stands there.\n\n"
        text += out.getvalue()
        text += (
            "\n## Failing cases\n\n| as | file | field | gold | found |\n|---|---|---|---|---|\n"
            + "\n".join(lines)
            + "\n"
        )
        (ROOT / "benchmarks" / "scans.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
