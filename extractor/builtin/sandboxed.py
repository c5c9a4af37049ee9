"""The built-in extractor as everybody gets it: each document in a worker."""

from __future__ import annotations

import time
from dataclasses import replace

from .. import text_work
from ..apart import for_caller
from ..core import Document, Extraction, FieldValue
from ..document_types import DocumentType
from ..errors import N_, ExtractionError, ReadingError
from . import BuiltinExtractor


class SandboxedBuiltinExtractor(BuiltinExtractor):
    """Gives what `BuiltinExtractor` gives; a text that takes too much costs itself an error and nobody else anything."""

    def fields(self, document: Document, document_type: DocumentType) -> dict[str, FieldValue]:
        """See Extractor. Raises ExtractionError, ReadingError when the text takes too much."""
        result = text_work.extract(document, document_type)
        if result.error is not None:
            raise ExtractionError(N_("It failed: {reason}"), reason=result.error)
        return dict(result.fields)

    def extract(self, document: Document, document_type: DocumentType) -> Extraction:
        """See Extractor. `processing_time` is that of the work, without the wait for a worker."""
        started = time.perf_counter()
        try:
            # A run has an extractor of its own: its many threads are one caller.
            with for_caller(id(self), unless_named=True):
                return text_work.extract(document, document_type)
        except ReadingError as error:
            failed = Extraction(self.model, self.provider, document_type.title(), cost_usd=0.0, error=str(error))
            return replace(failed, processing_time=time.perf_counter() - started)
