"""Whether any text costs more than its length: every way into the package × every kind of text, doubled.

    python benchmarks/doubling.py [--entries WORD] [--units WORD] [--wraps all] [--jobs 2] [--floor 0.03] [--cap 64000]
                                  [--sample 1000] [--seed 1]

Prints what takes more than 2.6 times as long for twice as much, in CPU time; see `tests/linear/`. Each pair is stopped
after `--limit` seconds of CPU time and counts as failed then.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.linear.entries import ENTRIES  # noqa: E402
from tests.linear.measure import growth  # noqa: E402
from tests.linear.units import UNITS, WRAPS, maker  # noqa: E402


class TooLongError(Exception):
    """A pair took longer than its limit."""


def _stop(*_: object) -> None:
    raise TooLongError


def pair(entry: str, unit: str, wrap: str, floor: float, cap: int, limit: float) -> tuple[bool, str]:
    """Whether a pair is linear, and its figures in words."""
    signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, limit)
    try:
        found = growth(ENTRIES[entry], maker(UNITS[unit], wrap), floor=floor, cap=cap)
        return found.is_linear, f"{entry} · {unit} · {wrap}: {found}"
    except TooLongError:
        return False, f"{entry} · {unit} · {wrap}: more than {limit} s"
    except (ValueError, RecursionError, KeyError, IndexError, TypeError, AttributeError) as error:
        return False, f"{entry} · {unit} · {wrap}: {error!r}"[:300]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _wraps(entry: str, every: bool) -> list[str]:
    if every:
        return list(WRAPS)
    return ["form", "agreement"] if "extract" in entry or entry.startswith("learning") else ["alone"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", default="")
    parser.add_argument("--units", default="")
    parser.add_argument("--wraps", default="", help="`all`: each text in each wrap")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--floor", type=float, default=0.03)
    parser.add_argument("--cap", type=int, default=64_000)
    parser.add_argument("--limit", type=float, default=20.0)
    parser.add_argument("--sample", type=int, default=0, help="so many of the pairs, drawn with --seed")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    pairs = [
        (entry, unit, wrap, arguments.floor, arguments.cap, arguments.limit)
        for entry in ENTRIES
        if any(word in entry for word in arguments.entries.split("|"))
        for unit in UNITS
        if any(word in unit for word in arguments.units.split("|"))
        for wrap in _wraps(entry, arguments.wraps == "all")
    ]
    if arguments.sample:
        pairs = random.Random(arguments.seed).sample(pairs, min(arguments.sample, len(pairs)))
    started, failed = time.perf_counter(), 0
    with ProcessPoolExecutor(arguments.jobs) as pool:
        for is_linear, said in pool.map(pair, *zip(*pairs, strict=True), chunksize=4):
            if not is_linear:
                failed += 1
                print(said, flush=True)
    print(f"{failed} of {len(pairs)} pairs grow faster than their text; {time.perf_counter() - started:.0f} s")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
