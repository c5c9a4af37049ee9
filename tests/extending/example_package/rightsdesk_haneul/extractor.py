"""An extractor that takes what stands behind `title :` on a line."""

from extractor.core.document_types import DocumentType
from extractor.core.documents import Document
from extractor.core.extractions import FieldValue
from extractor.evidence import align
from extractor.extractors.base import Extractor, ModelInfo, Reply, Source
from extractor.normalize import normalize


class HaneulExtractor(Extractor):
    """Reads lines `title : value`, nothing else."""

    model = "haneul"
    provider = "haneul"

    def version(self, document_type: DocumentType) -> str:
        """Change it when results become others: the desk then reads again."""
        return "1"

    def reply(self, document: Document, document_type: DocumentType) -> Reply:
        said = dict(line.split(" : ", 1) for line in document.text.splitlines() if " : " in line)
        values = {}
        for field in document_type.fields:
            raw = next((said[label] for label in field.labels if label in said), None)
            value = normalize(field, raw) if raw else None
            evidence = align(document, field, value)
            values[field.path] = FieldValue(value, raw, evidence, 0.9 if evidence else None, self.model)
        return Reply(values, version=self.version(document_type))


SOURCE = Source(
    models=lambda setup: [ModelInfo("haneul", "Haneul lines", "haneul", None, "local", available=True)],
    create=lambda key, setup: HaneulExtractor() if key == "haneul" else None,
)
