"""What is wrong with a local result, so that it is worth asking a cloud model; and the two put together."""

from __future__ import annotations

from collections.abc import Sequence

from extractor.core.document_types import DocumentType
from extractor.core.documents import Document
from extractor.core.errors import N_, ExtractionError
from extractor.core.extractions import Extraction, FieldValue
from extractor.core.validation import invalid
from extractor.core.value_path import ValuePath
from extractor.extractors.estimates import estimate_usage

WORTHWHILE = 0.9
"""Some fields alone are asked for when that takes less than this share of the tokens for all of them."""


def needs_escalation(
    result: Extraction, document_type: DocumentType, min_confidence: float
) -> tuple[tuple[str, ...], ExtractionError | None]:
    """The top-level fields to ask another model for, and why; nothing and None when the result is good enough.

    All fields of a failed or empty result; else those that are invalid, required but empty, below `min_confidence`,
    or that nothing in the document supports.
    """
    names = tuple(field.name for field in document_type.fields)
    if result.error is not None:
        return names, ExtractionError(N_("It failed: {reason}"), reason=result.error)
    if all(value.value is None for value in result.fields.values()):
        return names, ExtractionError(N_("It found nothing."))
    problems = {ValuePath.parse(path).top for path in invalid(document_type, result.metadata) if path} & set(names)
    unsure = {
        ValuePath.parse(path).top
        for path, value in result.fields.items()
        if value.value is not None
        and (not value.supported or (value.confidence is not None and value.confidence < min_confidence))
    }
    asked = tuple(name for name in names if name in problems | unsure)
    if not asked:
        return (), None
    template = N_("Missing or not valid: {invalid}. Not certain enough: {unsure}.")
    wrong = ", ".join(name for name in names if name in problems) or "–"
    shaky = ", ".join(name for name in names if name in unsure - problems) or "–"
    return asked, ExtractionError(template, invalid=wrong, unsure=shaky)


def cheaper(document: Document, document_type: DocumentType, asked: Sequence[str]) -> Sequence[str] | None:
    """`asked` when asking for these alone saves enough tokens, None to ask for all fields."""
    properties = {name: part for name, part in document_type.schema["properties"].items() if name in asked}
    part = DocumentType(document_type.key, {**document_type.schema, "properties": properties})
    some, all_of_them = (_tokens(document, asked_type) for asked_type in (part, document_type))
    return asked if some < WORTHWHILE * all_of_them else None


def _tokens(document: Document, document_type: DocumentType) -> float:
    usage = estimate_usage(document, document_type)
    # What is written costs about four times what is read, give or take, at every provider.
    return (usage.input_tokens or 0) + 4 * (usage.output_tokens or 0)


def merged(
    local: Extraction, answer: dict[str, FieldValue], asked: Sequence[str], document_type: DocumentType
) -> dict[str, FieldValue]:
    """The local values with those of `asked` from the answer, in schema order. A value that the answer does not
    have stays, doubtful as it is: a person decides."""
    answered = {ValuePath.parse(path).top for path, value in answer.items() if value.value is not None} & set(asked)
    fields: dict[str, FieldValue] = {}
    for field in document_type.fields:
        missing = not any(ValuePath.parse(path).top == field.name for path in local.fields)
        source = answer if field.name in answered or missing else local.fields
        fields |= {path: value for path, value in source.items() if ValuePath.parse(path).top == field.name}
    return fields
