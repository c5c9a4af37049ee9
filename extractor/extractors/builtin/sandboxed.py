"""The built-in extractor as everybody gets it: each document in a worker."""

from __future__ import annotations

import time
from dataclasses import replace

from extractor.core.document_types import DocumentType
from extractor.core.documents import Document
from extractor.core.errors import N_, ExtractionError, ReadingError
from extractor.core.extractions import Extraction, FieldValue
from extractor.extractors import sandboxed_text
from extractor.extractors.builtin.extractor import BuiltinExtractor
from extractor.reading.sandbox import for_caller


class SandboxedBuiltinExtractor(BuiltinExtractor):
    """Gives what `BuiltinExtractor` gives; a text that takes too much costs itself an error and nobody else anything."""

    def fields(self, document: Document, document_type: DocumentType) -> dict[str, FieldValue]:
        """See Extractor. Raises ExtractionError, ReadingError when the text takes too much."""
        result = sandboxed_text.extract(document, document_type)
        if result.error is not None:
            raise ExtractionError(N_("It failed: {reason}"), reason=result.error)
        return dict(result.fields)

    def extract(self, document: Document, document_type: DocumentType) -> Extraction:
        """See Extractor. `processing_time` is that of the work, without the wait for a worker."""
        started = time.perf_counter()
        try:
            # A run has an extractor of its own: its many threads are one caller.
            with for_caller(id(self), unless_named=True):
                return sandboxed_text.extract(document, document_type)
        except ReadingError as error:
            failed = Extraction(self.model, self.provider, document_type.title(), cost_usd=0.0, error=error.message)
            return replace(failed, processing_time=time.perf_counter() - started)
