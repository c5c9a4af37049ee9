"""Training beside the app, in a process of its own, so that nobody at the desk waits for it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_PROGRESS = re.compile(r"\[(\d+)/(\d+)\]")


@dataclass
class Training:
    """One training of a type (a key). `done` of `total` documents are prepared (0 of 0: it starts).

    `use`: what is learned reads the type from then on, if it reads better than the rules. When `finished`, `version`
    names the model that is kept, or `error` says in English why there is none.
    """

    document_type: str
    use: bool = False
    done: int = 0
    total: int = 0
    version: str | None = None
    error: str | None = None
    _process: subprocess.Popen[str] | None = field(default=None, repr=False)
    _over: threading.Event = field(default_factory=threading.Event, repr=False)

    @property
    def finished(self) -> bool:
        return self._over.is_set()

    def start(self) -> None:
        """Begin, with the store that this process would open."""
        command = [sys.executable, "-m", "extractor", "train", "--type", self.document_type]
        command += ["--use"] if self.use else []
        self._process = subprocess.Popen(
            command, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        threading.Thread(target=self._follow, daemon=True).start()

    def cancel(self) -> None:
        """End it; nothing is kept."""
        if self._process:
            self._process.kill()

    def _follow(self) -> None:
        assert self._process and self._process.stderr and self._process.stdout
        said = ""
        for line in self._process.stderr:
            if match := _PROGRESS.match(line):
                self.done, self.total = int(match[1]), int(match[2])
            else:
                said = line.strip() or said
        answer = self._process.stdout.read()
        if self._process.wait() == 0:
            self.version = json.loads(answer)["version"]
        else:
            self.error = said.removeprefix("Error: ") or f"exit status {self._process.returncode}"
        self._over.set()


class Trainings:
    """The last training of each type. Safe to use from several threads."""

    def __init__(self, make: Callable[[str, bool], Training] = Training) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._last: dict[str, Training] = {}

    def get(self, key: str) -> Training | None:
        """The last training of a type."""
        return self._last.get(key)

    def start(self, key: str, use: bool = False) -> Training:
        """Begin to train a type (see `Training`). One that is being trained is not begun a second time."""
        with self._lock:
            last = self._last.get(key)
            if last is None or last.finished:
                last = self._last[key] = self._make(key, use)
                last.start()
            return last


def _environment() -> dict[str, str]:
    paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": "1"}
