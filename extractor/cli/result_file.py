"""The file of `extract --out`: one command at a time writes it, and nothing that was paid for is cut off.

Without `--resume` the lines go to a new file beside an old one (`results.jsonl.part`) that takes its place when all
documents are done. A command that is cut off leaves both; `--resume` goes on with the newer one.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

import click
from filelock import FileLock, Timeout

from extractor.cli.output import Earlier, read_earlier


class OutFile:
    """The file `out` of one command, locked until `close`. `earlier` is what an earlier command left to go on from.

    Raises UsageError when another command writes it, when it cannot be read or written, and when paid results of a
    command that was cut off would be lost.
    """

    def __init__(self, out: Path, resume: bool) -> None:
        self._out = out = out.resolve()  # Whatever it is called, it is one file.
        self._part = out.with_name(f"{out.name}.part")
        self._lock = FileLock(out.with_name(f"{out.name}.lock"))
        if not out.parent.is_dir():  # The lock would make it.
            raise click.UsageError(f"--out {out}: there is no folder {out.parent}.")
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise click.UsageError(
                f"--out {out}: another command is writing to it. Wait for it, or give another file."
            ) from None
        except OSError as error:
            raise click.UsageError(f"--out {out}: cannot be written ({error.strerror}).") from error
        try:
            self.earlier, self._target = self._begin(resume)
            self.stream = self._opened()
        except BaseException:
            self._lock.release()
            raise

    def done(self) -> None:
        """All documents are done: the new file takes the place of the old one."""
        self.stream.flush()
        os.fsync(self.stream.fileno())
        self.stream.close()
        if self._target != self._out:
            self._target.replace(self._out)

    def close(self) -> None:
        """Let others write the file."""
        self.stream.close()
        self._lock.release()

    def told(self) -> str:
        """Where the lines are when the command is cut off before `done`, for a person; empty when they are in `out`."""
        if self._target == self._out:
            return ""
        return f"The new results are in {self._target}; {self._out} is as it was. Go on with --resume."

    def _begin(self, resume: bool) -> tuple[Earlier, Path]:
        left = read_earlier(self._part) if _has_lines(self._part) else None
        if resume:
            return (left, self._part) if left else (read_earlier(self._out), self._out)
        if left and left.paid:
            raise click.UsageError(
                f"--out {self._out}: {self._part} has {len(left.lines)} paid results of a command that was cut off. "
                "Add --resume to go on with them, or remove that file."
            )
        self._part.unlink(missing_ok=True)
        return Earlier(), self._part if _has_lines(self._out) else self._out

    def _opened(self) -> BinaryIO:
        try:
            return self._target.open("ab")
        except OSError as error:
            raise click.UsageError(f"--out {self._out}: cannot be written ({error.strerror}).") from error


def _has_lines(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False
