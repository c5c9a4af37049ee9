"""Training in a worker: a document whose text takes too much is left out, and costs the others nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from extractor.core.document_types import DocumentType
from extractor.core.errors import N_, BusyError, LearningError, ReadingError
from extractor.core.packing import pack_document, unpack_document
from extractor.extractors.builtin.learned.model import TypeModel
from extractor.learning.training import Example, train
from extractor.reading import sandbox
from extractor.reading.sandbox import TEXT
from extractor.reading.sandbox_worker import Progress

CPU_SECONDS = 300.0
"""CPU seconds for one document, or for one field of all documents."""
MEMORY = 4 * sandbox.MOST_MEMORY
MOST_LEFT_OUT = 5

log = logging.getLogger(__name__)


def train_sandboxed(
    document_type: DocumentType,
    examples: Sequence[Example],
    progress: Progress | None = None,
    left_out: Callable[[str, str], None] = lambda _name, _reason: None,
) -> TypeModel:
    """As `training.train`. `left_out` hears the name of each document that was left out, and why.

    Raises LearningError as `train` does, and when more than `MOST_LEFT_OUT` documents would have to be left out.
    """
    left = list(examples)
    for _ in range(MOST_LEFT_OUT + 1):
        prepared = 0

        def hear(done: int, of: int) -> None:
            nonlocal prepared
            if progress is not None and done > prepared:
                progress(done, of)
            prepared = done

        given = [(pack_document(document), dict(metadata)) for document, metadata in left]
        try:
            made = sandbox.run(
                _train, (document_type.key, dict(document_type.schema)), given,
                name=document_type.title(), progress=hear, kind=TEXT, cpu_seconds=CPU_SECONDS, memory=MEMORY,
            )  # fmt: skip
            return TypeModel.from_json(made)
        except BusyError as error:
            raise LearningError(error.template, **error.params) from error
        except ReadingError as error:
            if prepared >= len(left):
                raise LearningError(error.template, **error.params) from error
            document = left.pop(prepared)[0]
            log.warning("%s is left out of training: %s", document.name, error)
            left_out(document.name, error.message)
    template = N_("Training was given up: the texts of more than {count} documents take too much.")
    raise LearningError(template, count=MOST_LEFT_OUT)


def _train(
    document_type: tuple[str, dict[str, Any]], examples: list[tuple[Any, dict[str, Any]]], progress: Progress
) -> str:
    known = [(unpack_document(document), metadata) for document, metadata in examples]

    def alive() -> None:
        progress(len(known), len(known))

    return train(DocumentType(*document_type), known, progress, alive).to_json()
