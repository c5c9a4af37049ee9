"""The built-in extractor as everybody gets it: each document in a worker."""

from __future__ import annotations

from extractor.core.document_types import DocumentType
from extractor.core.documents import Document
from extractor.extractors import sandboxed_text
from extractor.extractors.base import Reply
from extractor.extractors.builtin.extractor import BuiltinExtractor
from extractor.reading.sandbox import for_caller


class SandboxedBuiltinExtractor(BuiltinExtractor):
    """Gives what `BuiltinExtractor` gives; a text that takes too much costs itself an error and nobody else anything."""

    def reply(self, document: Document, document_type: DocumentType) -> Reply:
        """See Extractor: the time is that of the work, without the wait for a worker. Raises ReadingError when the
        text takes too much."""
        # A run has an extractor of its own: its many threads are one caller.
        with for_caller(id(self), unless_named=True):
            result = sandboxed_text.extract(document, document_type)
        return Reply(result.fields, version=result.prompt_version, error=result.error, seconds=result.processing_time)
