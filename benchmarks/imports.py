"""What `import extractor` costs, against `import pydantic, yaml`, each in a fresh interpreter.

The two take turns, so that whatever else the machine does hits both. The bound is a ratio of 1.5.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROUNDS = 15
CODES = {"import extractor": "import extractor", "import pydantic, yaml": "import pydantic, yaml"}


def seconds(code: str) -> float:
    """The time that `code` takes in a fresh interpreter, without the interpreter's own start."""
    timed = f"import time; started = time.perf_counter()\n{code}\nprint(time.perf_counter() - started)"
    result = subprocess.run([sys.executable, "-c", timed], capture_output=True, text=True, cwd=ROOT, check=True)
    return float(result.stdout)


def main() -> int:
    times: dict[str, list[float]] = {name: [] for name in CODES}
    for code in CODES.values():
        seconds(code)  # Writes the byte code, warms the file cache.
    for _ in range(ROUNDS):
        for name, code in CODES.items():
            times[name].append(seconds(code))
    medians = {name: statistics.median(found) for name, found in times.items()}
    for name, median in medians.items():
        spread = f"{min(times[name]) * 1000:.0f} to {max(times[name]) * 1000:.0f}"
        print(f"{name:<24}{median * 1000:8.1f} ms  ({spread} ms, {ROUNDS} rounds)")
    ours, theirs = medians.values()
    print(f"{'ratio':<24}{ours / theirs:8.2f}     (bound 1.5)")
    return 0 if ours / theirs <= 1.5 else 1


if __name__ == "__main__":
    sys.exit(main())
