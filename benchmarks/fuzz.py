"""Damaged files by the thousand: `python benchmarks/fuzz.py [COUNT] [--write]`.

Mutations of PDF, DOCX, HWP, HWPX and TIFF files go the way of an upload: read in a worker, type proposed, fields
extracted, first page drawn. Every one has to end in a document or in a clear message; none may hang for 30 seconds or
take a gigabyte. The mutations follow from their numbers, so a failing one can be made again.
"""

from __future__ import annotations

import io
import random
import sys
import tempfile
import time
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from extractor import create_extractor, load_document_types  # noqa: E402
from extractor.classification.document_type import propose_type  # noqa: E402
from extractor.core.errors import ReadingError  # noqa: E402
from extractor.reading import sandbox  # noqa: E402
from extractor.reading.sandboxed import read_bytes_sandboxed, render_page  # noqa: E402
from tests.reading.scanning import pictures, saved  # noqa: E402

SAMPLES, HANCOM = ROOT / "samples", ROOT / "tests" / "reading" / "hancom"
TYPES = load_document_types()
NUMBERS = (b"0", b"-1", b"65535", b"2147483647", b"4294967296", b"99999999999", b"1e308", b"NaN")


def seeds() -> dict[str, list[bytes]]:
    """Files to damage, by suffix."""
    scan = saved(pictures((SAMPLES / "consent_table_01.pdf").read_bytes(), dpi=40), "TIFF", dpi=40)
    samples = {
        suffix: [path.read_bytes() for path in sorted(SAMPLES.glob(f"*.{suffix}"))[:4]] for suffix in ("pdf", "docx")
    }
    hancom = {suffix: [path.read_bytes() for path in sorted(HANCOM.glob(f"*.{suffix}"))] for suffix in ("hwp", "hwpx")}
    return samples | hancom | {"tif": [scan]}


def mutated(data: bytes, chance: random.Random) -> bytes:
    """`data`, damaged in one to eight places; of an archive its members, so that damage gets past the checksums."""
    if data[:2] == b"PK" and chance.random() < 0.8:
        return _mutated_archive(data, chance)
    return _mutated_bytes(data, chance)


def _mutated_bytes(data: bytes, chance: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        if not found:
            break
        at = chance.randrange(len(found))
        length = min(chance.choice((1, 1, 2, 4, 16, 256, 4096)), len(found) - at)
        match chance.randrange(8):
            case 0:
                found[at] ^= 1 << chance.randrange(8)
            case 1:
                found[at : at + length] = chance.randbytes(length)
            case 2:
                del found[at : at + length]
            case 3:
                found[at:at] = found[at : at + length] * chance.choice((1, 2, 50))
            case 4:
                found[at : at + length] = bytes(length)
            case 5:
                found[at : at + length] = b"\xff" * length
            case 6:
                digits = next((i for i in range(at, min(at + 2000, len(found))) if chr(found[i]).isdigit()), at)
                found[digits : digits + 1] = chance.choice(NUMBERS)
            case 7 if chance.random() < 0.2:
                del found[at:]
    return bytes(found)


def _mutated_archive(data: bytes, chance: random.Random) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        damaged = set(chance.sample(names, min(len(names), chance.randint(1, 2))))
        for name in names:
            body = old.read(name)
            if name in damaged and chance.random() < 0.05:
                continue
            new.writestr(name, _mutated_bytes(body, chance) if name in damaged and body else body)
    return buffer.getvalue()


@dataclass
class Outcome:
    """What became of one file: `said` is the message's template or "read"; seconds in the worker and after it."""

    suffix: str
    number: int
    said: str
    reading: float
    extracting: float
    foreseen: bool = True


def tried(suffix: str, number: int, data: bytes) -> Outcome:
    """One file on the way of an upload."""
    name, start = f"{number}.{suffix}", time.perf_counter()
    try:
        document = read_bytes_sandboxed(data, name, lambda done, of: None)
        if suffix in ("pdf", "tif"):
            with tempfile.NamedTemporaryFile(suffix=f".{suffix}") as file:
                file.write(data)
                file.flush()
                render_page(Path(file.name), 1, 60, name)
    except ReadingError as error:
        return Outcome(suffix, number, error.template, time.perf_counter() - start, 0.0)
    except Exception as error:
        return Outcome(suffix, number, f"{type(error).__name__}: {error}", time.perf_counter() - start, 0.0, False)
    read = time.perf_counter()
    try:
        key, _ = propose_type(document, TYPES)
        problem = create_extractor("builtin").extract(document, TYPES[key]).error
        said, foreseen = ("read", True) if problem is None else (f"extraction: {problem}", False)
    except Exception as failure:
        said, foreseen = f"{type(failure).__name__}: {failure}", False
    return Outcome(suffix, number, said, read - start, time.perf_counter() - read, foreseen)


def files(count: int) -> Iterator[tuple[str, int, bytes]]:
    """`count` damaged files, the suffixes in turn; TIFF, whose text has to be recognised, a tenth of them."""
    found = seeds()
    turns = ("pdf", "docx", "hwp", "hwpx", "pdf", "docx", "hwp", "hwpx", "pdf", "tif")
    for number in range(count):
        suffix = turns[number % len(turns)]
        chance = random.Random(number)
        yield suffix, number, mutated(chance.choice(found[suffix]), chance)


def run(count: int) -> tuple[list[Outcome], int]:
    """The outcomes, and the most bytes that a worker held."""
    outcomes: list[Outcome] = []
    peak = 0
    with ThreadPoolExecutor(2) as pool:
        for outcome in pool.map(lambda item: tried(*item), files(count)):
            outcomes.append(outcome)
            if len(outcomes) % 200 == 0:
                peak = max(peak, sandbox.run(sandbox.most_memory, name="memory"))
                print(f"{len(outcomes)} of {count}", file=sys.stderr, flush=True)
    return outcomes, max(peak, sandbox.run(sandbox.most_memory, name="memory"))


def report(outcomes: list[Outcome], peak: int) -> str:
    lines = [
        "# Damaged files",
        "",
        "`python benchmarks/fuzz.py --write` over mutations of samples and of the Hancom files of the tests.",
        "",
        "| format | files | read | refused with a message | killed: too slow | killed: memory | crashed twice "
        "| unforeseen | unhandled | slowest read, s | slowest extraction, s |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    by: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by[outcome.suffix].append(outcome)
    by["all"] = outcomes
    stopped = (sandbox.READING.slow, sandbox.READING.large, sandbox.READING.broken, sandbox.READING.failed)
    for suffix, found in by.items():
        times = Counter(one.said for one in found)
        unhandled = sum(not one.foreseen for one in found)
        refused = len(found) - times["read"] - sum(times[one] for one in stopped) - unhandled
        lines.append(
            f"| {suffix} | {len(found):,} | {times['read']:,} | {refused:,} | "
            + " | ".join(f"{times[one]}" for one in stopped)
            + f" | {unhandled} | {max(one.reading for one in found):.1f} | {max(one.extracting for one in found):.1f} |"
        )
    lines += ["", f"A worker held at most {peak / 1e6:.0f} MB.", "", "| message | times |", "|---|---|"]
    lines += [f"| {said} | {times:,} |" for said, times in Counter(one.said for one in outcomes).most_common(40)]
    slow = sorted(outcomes, key=lambda one: -(one.reading + one.extracting))[:5]
    lines += [
        "",
        "Slowest: " + ", ".join(f"{one.number}.{one.suffix} ({one.reading + one.extracting:.1f} s)" for one in slow),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    counts = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    text = report(*run(counts[0] if counts else 10_000))
    print(text)
    if "--write" in sys.argv:
        (ROOT / "benchmarks" / "fuzz.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
