"""How `extract` reads one file: with its own call, or with an answer that the desk has or is getting."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.cli.output import Task
from extractor.core.cancellation import stopped_by
from extractor.core.document_types import DocumentType
from extractor.core.documents import Document
from extractor.core.errors import N_, RightsdeskError, StoppedError
from extractor.core.extractions import Extraction
from extractor.core.messages import Message
from extractor.desk.claiming import Claimant, ask_once
from extractor.extractors.base import Extractor
from extractor.spending.idempotency import same_call

if TYPE_CHECKING:
    from extractor.store import Store

Read = tuple[Extraction, DocumentType | None, bool]
"""A result, the document type it is for where that is known, and whether the desk had it."""


class Reader:
    """Reads files with extractors. `fixed` is the document type (None: recognise it among `types`).

    With a `store`, what costs money is asked once among all processes that use it, and not at all where the store has
    the answer; with `again` only answers count that come after now. `report` tells a person. Once `stop` is set nothing
    is sent any more; a result that did not come for it is left out.
    """

    def __init__(
        self,
        fixed: DocumentType | None,
        types: Mapping[str, DocumentType],
        store: Store | None,
        again: bool,
        report: Callable[[str], None],
        stop: threading.Event,
    ) -> None:
        self._fixed, self._types, self._store = fixed, types, store
        self._report, self._stop = report, stop
        self._claims = Claimant(store) if store else None
        self._since = store.last_result() if store and again else None
        if store:
            store.forget_answers()

    def __call__(self, task: Task) -> list[Read]:
        """The results for one file. Whatever goes wrong ends up in their `error`, so that the others go on."""
        from extractor.extractors.sandboxed_text import read_and_look

        title, file = self._fixed.title() if self._fixed else "", task.file
        try:
            looked = read_and_look(file, file.name, {} if self._fixed else self._types, told_pages(file, self._report))
            document, document_type = looked.document, self._fixed or self._types[looked.document_type]
        except Exception as error:
            message = _message(file, error)
            return [
                (
                    Extraction(extractor.model, extractor.provider, title, cost_usd=0.0, error=message),
                    self._fixed,
                    False,
                )
                for extractor in task.extractors
            ]
        results: list[Read] = []
        for extractor, scope in zip(task.extractors, task.places, strict=True):
            there = False
            try:
                with stopped_by(self._stop):
                    result, there = self._ask(extractor, document, document_type, scope)
            except StoppedError:
                continue
            except Exception as error:
                result = Extraction(extractor.model, extractor.provider, title, error=_message(file, error))
            shown = title if result.error else document_type.title()
            result = replace(result, document_type=shown, document_type_key=document_type.key)
            results.append((result, document_type, there))
        return results

    def close(self) -> None:
        """There is no more to do."""
        if self._claims:
            self._claims.close()

    def _ask(
        self, extractor: Extractor, document: Document, document_type: DocumentType, scope: tuple[object, ...]
    ) -> tuple[Extraction, bool]:
        if self._store and self._claims and extractor.paid:

            def wait() -> None:
                self._report(
                    f"{document.name}: another process is asking {extractor.model} for it; waiting for the answer."
                )

            return ask_once(self._claims, self._store, extractor, document, document_type, self._since, wait)
        with same_call(*scope):
            return extractor.extract(document, document_type), False


def told_pages(file: Path, report: Callable[[str], None]) -> Callable[[int, int], None]:
    """Says how far the text recognition of a file of several pages is."""

    def told(done: int, of: int) -> None:
        if of > 1:
            report(f"{file}: page {done} of {of} recognised")

    return told


def _message(file: Path, error: Exception) -> str:
    if isinstance(error, RightsdeskError):
        return error.message
    if isinstance(error, OSError):
        return Message(N_("{file}: cannot be read ({reason})."), file=file.name, reason=error.strerror or str(error))
    return Message(N_("{file}: {kind}: {reason}"), file=file.name, kind=type(error).__name__, reason=str(error))
