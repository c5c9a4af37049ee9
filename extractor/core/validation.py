"""What a document type's schema says against values, said to a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from extractor.core.document_types import DocumentType
from extractor.core.errors import N_, SchemaError
from extractor.core.value_path import ValuePath


def invalid(document_type: DocumentType, metadata: Mapping[str, Any]) -> dict[str, SchemaError]:
    """What the schema says against `metadata`: a message for a person by value path, empty when all is well.

    What is wrong with the whole has the path "". The errors are returned, not raised: an annotator sees them beside
    the fields.
    """
    import jsonschema

    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    problems: dict[str, SchemaError] = {}
    for error in jsonschema.Draft202012Validator(document_type.schema, format_checker=checker).iter_errors(metadata):
        parts = tuple(error.absolute_path)
        if error.validator == "required":
            missing = (ValuePath((*parts, name)) for name in error.validator_value if name not in error.instance)
            problems |= {str(path): SchemaError(N_("This field is required.")) for path in missing}
        else:
            path = str(ValuePath(parts)) if parts else ""
            problems.setdefault(path, _problem(error.validator, error.validator_value))
    for field in document_type.fields:
        if field.required and metadata.get(field.name, "") in (None, [], {}):
            problems.setdefault(field.path, SchemaError(N_("This field is required.")))
    return problems


def _problem(rule: Any, wanted: Any) -> SchemaError:
    """A jsonschema rule that was broken, said to a person."""
    if rule == "format" and wanted == "date":
        return SchemaError(N_("Not a date. Write it as YYYY-MM-DD, for example 2026-03-31."))
    if rule == "format":
        return SchemaError(N_("Not a valid {format}."), format=wanted)
    if rule == "enum":
        return SchemaError(N_("Choose one of: {choices}."), choices=", ".join(str(v) for v in wanted if v is not None))
    if rule == "pattern":
        return SchemaError(N_("Does not have the form {pattern}."), pattern=wanted)
    if rule == "type":
        wanted = [wanted] if isinstance(wanted, str) else wanted
        return SchemaError(N_("Must be of type {type}."), type=", ".join(t for t in wanted if t != "null"))
    return SchemaError(N_("Breaks the rule “{rule}: {value}” of the schema."), rule=rule, value=wanted)
