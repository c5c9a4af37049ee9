"""One worker process: the side that asks, and the side that works (`python -m extractor.reading.sandbox_worker`).

A call names a function of a module; arguments and result are plain data. A document goes once: the worker keeps the
last few by a key, and later calls about them send the key alone.
"""

from __future__ import annotations

import gc
import importlib
import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, NamedTuple

from extractor.core.documents import Document
from extractor.core.errors import RightsdeskError, StoppedError
from extractor.core.packing import pack_document, unpack_document
from extractor.reading.sandbox_limits import LOOK, EndedError, Limits, Watch, own_cpu, own_memory, seen

DOCUMENTS_KEPT = 8
LONGEST_KEPT = 2_000_000
"""Characters of a document that a worker keeps for the next call."""
_GLANCE = 0.05
"""Seconds between two looks at the worker's own memory, which may grow fast."""
_LOOK_UP = 2.0
"""Seconds between two looks of a worker whether its parent is there."""
_PIPE = 60_000
"""Bytes that a pipe takes without anybody reading."""
_BACKSTOP = 60
_SIZE = struct.Struct("<Q")
_ROOT = Path(__file__).parents[2]

Progress = Callable[[int, int], None]


class Call(NamedTuple):
    """What a worker is to do. `key` names the document that is the first argument; None: there is none."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    progress: Progress | None
    key: str | None
    document: Callable[[], Document] | None
    """Gives the document when the worker does not have it."""
    stopped: Callable[[], bool]
    """Whether nobody waits for the result any more."""


class Raised:
    """An error on its way from a worker. `trace` is that of an error nobody foresaw."""

    def __init__(self, error: Exception, trace: str) -> None:
        self.kind, self.trace = type(error), trace
        known = isinstance(error, RightsdeskError)
        self.template = error.template if known else ""  # type: ignore[attr-defined]
        self.params = error.params if known else {}  # type: ignore[attr-defined]


class Worker:
    """A process that works on one call at a time. Raises OSError when the machine lets no process start."""

    def __init__(self) -> None:
        # No key of a provider is of use in there.
        environment = {
            key: value for key, value in os.environ.items() if not key.endswith(("_KEY", "_TOKEN", "_SECRET"))
        }
        # What this process can import, plugins too, the worker can.
        environment["PYTHONPATH"] = os.pathsep.join(dict.fromkeys([str(_ROOT), *filter(None, sys.path)]))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "extractor.reading.sandbox_worker", str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )
        import psutil

        self.watched = psutil.Process(self.process.pid)
        self.documents: set[str] = set()
        """The keys of documents that it was given; it may have dropped some."""
        self._heard: queue.SimpleQueue[Any] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    @property
    def memory(self) -> int:
        """Bytes that it holds now."""
        return own_memory(self.watched)

    def ask(self, call: Call, limits: Limits) -> Any:
        """The answer to a call. Raises EndedError when it must be killed or died, StoppedError."""
        watch = Watch(limits, own_cpu(self.watched))
        known = call.key is not None and call.key in self.documents
        self._send_call(call, limits, None if known or call.document is None else pack_document(call.document()))
        looked = time.monotonic()
        while True:
            kind, answer = self._hear()
            if kind == "answer":
                return answer
            if kind == "ended":
                raise self._death(limits)
            if kind == "missing":
                assert call.document is not None
                self._send_call(call, limits, pack_document(call.document()))
            elif kind == "progress":
                watch.progressed()
                if call.progress is not None:
                    call.progress(*answer)
            elif own_memory(self.watched) > limits.memory:
                raise EndedError("large")
            # Also after news: a worker that tells of progress all the time is looked at no less.
            if call.stopped():
                raise StoppedError
            if (now := time.monotonic()) - looked >= LOOK:
                watch.look(seen(self.watched), now - looked)
                looked = now

    def _hear(self) -> tuple[str, Any]:
        """What the worker says next; `silence` when it says nothing for a moment."""
        try:
            kind, said = self._heard.get(timeout=_GLANCE)
        except queue.Empty:
            return "silence", None
        return kind, said

    def _send_call(self, call: Call, limits: Limits, document: tuple[Any, ...] | None) -> None:
        named = (call.function.__module__, call.function.__qualname__)
        data = (*named, call.arguments, call.progress is not None, call.key, document, tuple_of(limits), _settings())
        packed = pickle.dumps(data, protocol=5)
        if call.key is not None:
            self.documents.add(call.key)
        assert self.process.stdin
        if len(packed) < _PIPE:
            _write(self.process.stdin, packed)
        else:
            # A worker that somebody stopped does not read: whoever waits for it must still hear of a cancellation.
            threading.Thread(target=_write, args=(self.process.stdin, packed), daemon=True).start()

    def _death(self, limits: Limits) -> EndedError:
        """Why the process is gone, though nobody here ended it."""
        status = self.process.wait()
        if status == -getattr(signal, "SIGXCPU", 0):
            return EndedError("slow", limits.cpu_in_all)
        # The kernel's way to get memory back; nothing in the file sends it.
        return EndedError("machine" if status == -signal.SIGKILL else "broken")

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
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            self._heard.put(("ended", None))


def tuple_of(limits: Limits) -> tuple[float, int]:
    """What a worker itself holds to, should whoever watches it be gone."""
    return limits.cpu_in_all, limits.memory


def _settings() -> dict[str, str]:
    """The variables that may change while workers are kept."""
    return {key: os.environ[key] for key in os.environ if key.startswith("RIGHTSDESK_") or key == "PATH"}


def _write(pipe: IO[bytes], packed: bytes) -> None:
    # Pickle is safe here: a worker runs with the rights of the process that reads its answer.
    try:
        pipe.write(_SIZE.pack(len(packed)))
        pipe.write(packed)
        pipe.flush()
    except (OSError, ValueError):
        pass  # Whoever reads is gone, and is found to be.


def _receive(pipe: IO[bytes]) -> Any:
    head = pipe.read(_SIZE.size)
    if len(head) < _SIZE.size:
        raise EOFError
    [size] = _SIZE.unpack(head)
    return pickle.loads(pipe.read(size))


inside = False
"""Whether this process is a worker: what would go to one is done at once there."""


def serve() -> None:
    """What a worker does: answer calls until its parent is gone."""
    global inside
    inside = True
    import traceback

    threading.Thread(target=_end_with, args=(int(sys.argv[1]),), daemon=True).start()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # What libraries print must not get between the answers.
    kept: OrderedDict[str, Document] = OrderedDict()
    in_force: tuple[Any, ...] = ()
    first = True

    def answer(kind: str, data: Any) -> None:
        _write(answers, pickle.dumps((kind, data), protocol=5))

    while True:
        try:
            module, function, arguments, tells, key, packed, limits, settings = _receive(sys.stdin.buffer)
        except EOFError:
            return
        _limit(*limits)
        if in_force != (settings,):
            for gone in _settings().keys() - settings.keys():
                del os.environ[gone]
            os.environ.update(settings)
            in_force = (settings,)
        try:
            if key is not None:
                document = _kept(kept, key, packed)
                if document is None:
                    answer("missing", None)
                    continue
                arguments = (document, *arguments)
            if tells:
                arguments = (*arguments, lambda done, of: answer("progress", (done, of)))
            result = getattr(importlib.import_module(module), function)(*arguments)
        except Exception as error:
            result = Raised(error, traceback.format_exc())
        answer("answer", result)
        if first:
            # What is loaded by now stays: collecting garbage through it again and again costs a tenth.
            gc.collect()
            gc.freeze()
            first = False


def _end_with(parent: int) -> None:
    """End this process and what it started when its parent was killed: nobody waits for what it does."""
    while os.getppid() == parent:
        time.sleep(_LOOK_UP)
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def _kept(kept: OrderedDict[str, Document], key: str, packed: tuple[Any, ...] | None) -> Document | None:
    """The document of a key, kept for the next call; None when it was dropped."""
    document = kept.pop(key, None) if packed is None else unpack_document(packed)
    if document is not None and len(document.text) <= LONGEST_KEPT:
        kept[key] = document
        if len(kept) > DOCUMENTS_KEPT:
            kept.popitem(last=False)
    return document


def _limit(cpu: float, memory: int) -> None:
    """The kernel's own limits behind those of whoever watches: twice the memory, and the CPU time of this process."""
    try:
        import resource
    except ImportError:
        return  # Not on Windows.
    resource.setrlimit(resource.RLIMIT_DATA, (2 * memory, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    seconds = int(time.process_time() + cpu) + _BACKSTOP
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))


if __name__ == "__main__":
    # Under the name by which answers are known to the parent.
    importlib.import_module("extractor.reading.sandbox_worker").serve()
