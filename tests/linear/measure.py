"""How much more a call costs when its text is twice as long, in CPU time: a busy machine changes little."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass

MOST = 2.6
"""How many times as long twice the text may take. n log n takes 2.2 times, n² four times."""


@dataclass(frozen=True)
class Growth:
    """What a call cost for a text of `length` characters and for one of twice that, in CPU seconds."""

    length: int
    once: float
    twice: float

    @property
    def ratio(self) -> float:
        return self.twice / max(self.once, 1e-9)

    @property
    def is_linear(self) -> bool:
        return self.ratio <= MOST

    def __str__(self) -> str:
        return f"{self.length} characters {self.once:.3f} s, twice as many {self.twice:.3f} s: {self.ratio:.2f} times"


def growth(
    call: Callable[[str], object],
    make: Callable[[int], str],
    floor: float = 0.03,
    start: int = 1_000,
    cap: int = 64_000,
) -> Growth:
    """The cost of `call(make(n))` for the first n that takes at least `floor` seconds, n doubled from `start` on.

    `cap` is the longest text; what takes less than `floor` there is measured at the cap all the same, and is passed
    when twice as much stays below twice the floor. Where the ratio is too high it is measured again: noise only
    ever adds, so the least of several is the truth. A busy machine's caches are cold for seconds, so where it stays
    too high the next doubling decides: what grows faster than its text does so there too.
    """
    found = _growth(call, make, floor, start, cap)
    return found if found.is_linear else _growth(call, make, floor, 2 * found.length, 2 * found.length)


def _growth(call: Callable[[str], object], make: Callable[[int], str], floor: float, start: int, cap: int) -> Growth:
    gc.disable()
    try:
        length, once = start, _seconds(call, make(start))
        while once < floor and length < cap:
            length *= 2
            once = _seconds(call, make(length))
        text, double = make(length), make(2 * length)
        found = Growth(length, once, _seconds(call, double))
        for _ in range(3):
            if found.is_linear or found.twice < 2 * floor:
                break
            once = min(found.once, _seconds(call, text))
            # Both get the same number of tries; a cost that was met once is enough to be possible.
            found = Growth(length, once, min(found.twice, _seconds(call, double)))
        return found if found.twice >= 2 * floor else Growth(length, max(found.once, floor), found.twice)
    finally:
        gc.enable()


def _seconds(call: Callable[[str], object], text: str) -> float:
    started = time.thread_time()
    call(text)
    return time.thread_time() - started
