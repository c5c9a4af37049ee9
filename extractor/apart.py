"""Work on untrusted files in processes of their own, which are killed when they hang or take too much memory.

`run(function, …)` calls a function of this package in a worker. Workers are kept for the next call. A worker that
crashes, hangs or grows costs its own file a clear message and nobody else anything.
"""

from __future__ import annotations

import atexit
import importlib
import logging
import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from .errors import N_, ReadingError, RightsdeskError

MOST_MEMORY = 950 * 1024 * 1024
"""Bytes that a worker may take. Looked at every `_LOOK` seconds; a limit of twice that holds in between."""
SILENCE = 25.0
"""Seconds without a result or a sign of progress after which a worker is killed, for small files."""
SECONDS_A_MEGABYTE = 15.0
_KEPT = 2
_LOOK = 0.05
_SIZE = struct.Struct("<Q")
_ROOT = Path(__file__).parents[1]

log = logging.getLogger("rightsdesk.apart")
Progress = Callable[[int, int], None]


def run(
    function: Callable[..., Any], *arguments: Any, name: str, size: int = 0, progress: Progress | None = None
) -> Any:
    """`function(*arguments)` in a worker; with `progress` it gets one more argument of that kind.

    The function is one of a module of this package, arguments and result are plain data. `name` is the file, `size`
    its bytes, which lengthens the time it may take. Raises what the function raises of RightsdeskError, ReadingError
    when the worker had to be killed, crashed, or met an error that nobody foresaw.
    """
    worker = _take()
    try:
        answer = worker.ask(function, arguments, progress, SILENCE + SECONDS_A_MEGABYTE * size / 1e6)
    except _StoppedError as stopped:
        worker.kill()
        log.warning("%s: worker stopped: %s", name, stopped.template)
        raise ReadingError(stopped.template, name=name) from None
    except BaseException:
        worker.kill()
        raise
    _give_back(worker)
    if isinstance(answer, _Raised):
        raise answer.error(name)
    return answer


class _StoppedError(Exception):
    def __init__(self, template: str) -> None:
        super().__init__(template)
        self.template = template


class _Raised:
    """An error on its way from a worker. `trace` is that of an error nobody foresaw."""

    def __init__(self, error: Exception, trace: str) -> None:
        self.kind, self.trace = type(error), trace
        known = isinstance(error, RightsdeskError)
        self.template = error.template if known else ""  # type: ignore[attr-defined]
        self.params = error.params if known else {}  # type: ignore[attr-defined]

    def error(self, name: str) -> Exception:
        if self.template:
            return self.kind(self.template, **self.params)
        if issubclass(self.kind, MemoryError):
            return ReadingError(_TOO_LARGE, name=name)
        log.error("%s: unexpected error in a worker\n%s", name, self.trace)
        return ReadingError(_DAMAGED, name=name)


_TOO_LARGE = N_("{name} needs too much memory to be read. Split it, or scan it at 300 dpi, and upload that.")
_TOO_SLOW = N_("{name} took too long to read and was given up. Export or scan it again and upload that.")
_DAMAGED = N_("{name} is damaged in a way that cannot be read. Export or scan it again and upload that.")


class _Worker:
    def __init__(self) -> None:
        # No key of a provider is of use in there.
        environment = {
            key: value for key, value in os.environ.items() if not key.endswith(("_KEY", "_TOKEN", "_SECRET"))
        }
        environment["PYTHONPATH"] = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        self.process = subprocess.Popen(
            [sys.executable, "-m", "extractor.apart"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )
        self._heard: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def ask(
        self, function: Callable[..., Any], arguments: tuple[Any, ...], progress: Progress | None, seconds: float
    ) -> Any:
        settings = _settings()
        call = (function.__module__, function.__qualname__, arguments, progress is not None, settings)
        assert self.process.stdin
        try:
            _send(self.process.stdin, call)
        except OSError as error:
            raise _StoppedError(_DAMAGED) from error
        until = time.monotonic() + seconds
        while True:
            try:
                kind, answer = self._heard.get(timeout=_LOOK)
            except queue.Empty:
                if _memory(self.process.pid) > MOST_MEMORY:
                    raise _StoppedError(_TOO_LARGE) from None
                if time.monotonic() > until:
                    raise _StoppedError(_TOO_SLOW) from None
                continue
            if kind == "ended":
                raise _StoppedError(_DAMAGED)
            if kind == "answer":
                return answer
            until = time.monotonic() + seconds
            if progress is not None:
                progress(*answer)

    def kill(self) -> None:
        """End it, and what it started."""
        try:
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()
        except OSError:
            pass  # It is gone already.
        self.process.wait()

    def _listen(self) -> None:
        assert self.process.stdout
        try:
            while True:
                self._heard.put(_receive(self.process.stdout))
        except (EOFError, OSError, pickle.UnpicklingError):
            self._heard.put(("ended", None))


def _settings() -> dict[str, str]:
    """The variables that may change while workers are kept."""
    return {key: value for key, value in os.environ.items() if key.startswith("RIGHTSDESK_") or key == "PATH"}


def _memory(pid: int) -> int:
    """Bytes of main memory that a process holds; 0 where that cannot be told."""
    import psutil

    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def most_memory() -> int:
    """The most bytes that this process ever held; for a worker through `run`. Not on Windows."""
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


_idle: list[_Worker] = []
_lock = threading.Lock()


def _take() -> _Worker:
    with _lock:
        while _idle:
            worker = _idle.pop()
            if worker.alive:
                return worker
    return _Worker()


def _give_back(worker: _Worker) -> None:
    with _lock:
        if len(_idle) < _KEPT:
            _idle.append(worker)
            return
    worker.kill()


@atexit.register
def _end_all() -> None:
    with _lock:
        while _idle:
            _idle.pop().kill()


def _send(pipe: IO[bytes], data: Any) -> None:
    # Pickle is safe here: a worker runs with the rights of the process that reads its answer.
    packed = pickle.dumps(data, protocol=5)
    pipe.write(_SIZE.pack(len(packed)))
    pipe.write(packed)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> Any:
    head = pipe.read(_SIZE.size)
    if len(head) < _SIZE.size:
        raise EOFError
    [size] = _SIZE.unpack(head)
    return pickle.loads(pipe.read(size))


def _serve() -> None:
    """What a worker does: answer calls until its parent is gone."""
    import traceback

    _limit_memory()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # What libraries print must not get between the answers.
    while True:
        try:
            module, function, arguments, tells, settings = _receive(sys.stdin.buffer)
        except EOFError:
            return
        for gone in _settings().keys() - settings.keys():
            del os.environ[gone]
        os.environ.update(settings)
        if tells:
            arguments = (*arguments, lambda done, of: _send(answers, ("progress", (done, of))))
        try:
            result = getattr(importlib.import_module(module), function)(*arguments)
        except Exception as error:
            result = _Raised(error, traceback.format_exc())
        _send(answers, ("answer", result))


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:
        return  # Not on Windows.
    resource.setrlimit(resource.RLIMIT_DATA, (2 * MOST_MEMORY, 2 * MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    # Under the name by which answers are known to the parent.
    importlib.import_module("extractor.apart")._serve()
