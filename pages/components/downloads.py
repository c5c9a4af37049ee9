"""Downloads of local models in the background, one at a time each, shared by all sessions of the server."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from extractor.settings.local_models import LocalModel


class _StoppedError(Exception):
    """Somebody cancelled the download."""


@dataclass
class Download:
    """How far a download is, in bytes. `error` is what ended it, None while it runs and when all is there."""

    done: int = 0
    total: int = 0
    running: bool = True
    stop: bool = False
    error: Exception | None = None


class Downloads:
    """The downloads of this server by the model's name."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, Download] = {}

    def get(self, name: str) -> Download | None:
        return self._known.get(name)

    @property
    def running(self) -> bool:
        return any(download.running for download in self._known.values())

    def start(self, model: LocalModel, folder: Path, token: str | None) -> None:
        """Begin, or go on with, a download; nothing when it runs already."""
        with self._lock:
            known = self._known.get(model.name)
            if known is not None and known.running:
                return
            download = self._known[model.name] = Download()
        thread = threading.Thread(target=self._work, args=(model, folder, token, download), daemon=True)
        thread.start()

    def cancel(self, name: str) -> None:
        """Stop a download; what is there stays, so that it can be gone on with."""
        if name in self._known:
            self._known[name].stop = True

    def _work(self, model: LocalModel, folder: Path, token: str | None, download: Download) -> None:
        from extractor.extractors.local import downloads

        def progress(done: int, total: int) -> None:
            if download.stop:
                raise _StoppedError
            download.done, download.total = done, total

        try:
            downloads.download(model, folder, progress, token)
        except _StoppedError:
            pass
        except Exception as error:
            download.error = error
        finally:
            download.running = False


@st.cache_resource(show_spinner=False)
def get_downloads() -> Downloads:
    return Downloads()
