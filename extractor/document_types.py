"""Document types: JSON Schemas with titles in two languages and the labels that forms print.

A document type is a file in `config/document_types/`; a new file is a new type. The words the product
adds to JSON Schema: `x-title-en` (the English title; `title` is the Korean one) and `x-labels` (how forms
print the field). No other code knows the name of any field of any type.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from .errors import N_, SchemaError
from .project_files import CONFIG

FOLDER = Path(os.environ.get("RIGHTSDESK_DOCUMENT_TYPES", CONFIG / "document_types"))

Kind = Literal["string", "date", "number", "integer", "boolean", "choice", "list", "choices", "objects", "object"]
"""What a field holds: `choice` is one of an enum, `choices` a list from an enum, `list` a list of plain values."""


@dataclass(frozen=True)
class Field:
    """One field of a document type. `path` has no indices: `parties.name` for every party's name."""

    path: str
    schema: Mapping[str, Any]
    required: bool = False

    @cached_property
    def name(self) -> str:
        return self.path.rpartition(".")[2]

    @cached_property
    def types(self) -> frozenset[str]:
        """The JSON types allowed, `null` left out."""
        declared = self.schema.get("type", "string")
        return frozenset({declared} if isinstance(declared, str) else declared) - {"null"}

    @cached_property
    def kind(self) -> Kind:
        if "array" in self.types:
            items = self.schema.get("items") or {}
            if "properties" in items:
                return "objects"
            return "choices" if items.get("enum") else "list"
        if "object" in self.types:
            return "object"
        if self.schema.get("enum"):
            return "choice"
        if self.schema.get("format") == "date":
            return "date"
        for kind in ("boolean", "integer", "number"):
            if kind in self.types:
                return kind
        return "string"

    @cached_property
    def choices(self) -> tuple[Any, ...]:
        """The values of the enum, of a field or of a list's items, null left out."""
        enum = self.schema.get("enum") or (self.schema.get("items") or {}).get("enum") or ()
        return tuple(value for value in enum if value is not None)

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The fields of a nested object or of each object in a list."""
        nested = (self.schema.get("items") or {}) if self.kind == "objects" else self.schema
        return _fields(nested, f"{self.path}.")

    @cached_property
    def item(self) -> Field:
        """The field that describes one item of a list of plain values."""
        return Field(self.path, self.schema.get("items") or {"type": "string"})

    @property
    def labels(self) -> tuple[str, ...]:
        """`x-labels`, then the titles: how a form may print the field, most telling first."""
        named = [*self.schema.get("x-labels", ()), self.schema.get("title"), self.schema.get("x-title-en")]
        return tuple(dict.fromkeys(label for label in named if label))

    @property
    def description(self) -> str:
        return str(self.schema.get("description", ""))

    def title(self, language: str = "ko") -> str:
        english = self.schema.get("x-title-en") if language == "en" else None
        return english or self.schema.get("title") or self.name.replace("_", " ")


@dataclass(frozen=True)
class DocumentType:
    """A document type. `key` is the file's stem (`contract`), `schema` its JSON Schema."""

    key: str
    schema: Mapping[str, Any]

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The top-level fields in schema order."""
        return _fields(self.schema, "")

    def title(self, language: str = "ko") -> str:
        english = self.schema.get("x-title-en") if language == "en" else None
        return english or self.schema.get("title") or self.key

    @cached_property
    def version(self) -> str:
        """Twelve hexadecimal digits that change when the schema does."""
        canonical = json.dumps(self.schema, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()[:12]

    def field_at(self, path: str) -> Field:
        """The field of a value's path, with or without indices. Raises KeyError for an unknown path."""
        plain = re.sub(r"\[\d+\]", "", path)
        return self._by_path[plain]

    @cached_property
    def _by_path(self) -> dict[str, Field]:
        found: dict[str, Field] = {}
        waiting = list(self.fields)
        while waiting:
            field = waiting.pop()
            found[field.path] = field
            waiting.extend(field.fields)
        return found


def _fields(schema: Mapping[str, Any], prefix: str) -> tuple[Field, ...]:
    required = schema.get("required", ())
    properties = schema.get("properties", {})
    return tuple(Field(f"{prefix}{name}", sub, name in required) for name, sub in properties.items())


def load_document_types(folder: Path | None = None) -> dict[str, DocumentType]:
    """All document types of a folder by key, sorted by key with `other` last.

    Raises SchemaError naming the file and the place when one is not valid JSON or not a valid JSON Schema.
    """
    types = {path.stem: load_document_type(path) for path in sorted((folder or FOLDER).glob("*.json"))}
    return dict(sorted(types.items(), key=lambda item: item[0] == "other"))


def load_document_type(path: Path | str) -> DocumentType:
    """One document type from a JSON file. Raises SchemaError as `load_document_types` does."""
    path = Path(path)
    try:
        schema = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SchemaError(N_("{file}: cannot be read ({reason})."), file=path.name, reason=error.strerror) from error
    except UnicodeDecodeError as error:
        raise SchemaError(N_("{file}: is not UTF-8 text. Save it as UTF-8."), file=path.name) from error
    except json.JSONDecodeError as error:
        template = N_("{file}, line {line}: is not valid JSON ({reason}).")
        raise SchemaError(template, file=path.name, line=error.lineno, reason=error.msg) from error
    check_schema(schema, path.name)
    return DocumentType(path.stem, schema)


def check_schema(schema: Any, name: str) -> None:
    """Raise SchemaError unless `schema` is a valid JSON Schema (2020-12) of an object with properties."""
    import jsonschema

    if not isinstance(schema, Mapping):
        raise SchemaError(N_("{file}: a schema must be a JSON object."), file=name)
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        template = N_("{file}: is not a valid JSON Schema at {place} ({reason}).")
        raise SchemaError(template, file=name, place=error.json_path, reason=error.message) from error
    if not schema.get("properties"):
        raise SchemaError(N_("{file}: the schema has no “properties”, so there is nothing to extract."), file=name)


SHORT_FORMS: dict[str, dict[str, Any]] = {
    "string": {"type": ["string", "null"]},
    "text": {"type": ["string", "null"]},
    "date": {"type": ["string", "null"], "format": "date"},
    "email": {"type": ["string", "null"], "format": "email"},
    "number": {"type": ["number", "null"]},
    "integer": {"type": ["integer", "null"]},
    "boolean": {"type": ["boolean", "null"]},
    "list": {"type": ["array", "null"], "items": {"type": "string"}},
    "array": {"type": ["array", "null"], "items": {"type": "string"}},
}


def as_document_type(schema: DocumentType | Mapping[str, Any], name: str = "") -> DocumentType:
    """Whatever the public API takes for a schema, as a document type.

    `schema` is a `DocumentType`, a JSON Schema dict, or the short form `{"title": "string", "signed": "date"}`
    (types: string, date, email, number, integer, boolean, list; a list of strings is an enum).
    `name` becomes the title when the schema has none. Raises SchemaError.
    """
    if isinstance(schema, DocumentType):
        return schema
    if isinstance(schema, Mapping) and "properties" not in schema and "$schema" not in schema:
        schema = {"type": "object", "properties": {key: _long_form(key, short) for key, short in schema.items()}}
    check_schema(schema, name or "schema")
    if name and "title" not in schema:
        schema = {**schema, "title": name}
    return DocumentType(str(schema.get("$id") or name or "schema"), schema)


def _long_form(key: str, short: Any) -> dict[str, Any]:
    if isinstance(short, Mapping):
        return dict(short)
    if isinstance(short, list) and short:
        return {"type": ["string", "null"], "enum": [*short, None]}
    if isinstance(short, str) and short.lower() in SHORT_FORMS:
        return SHORT_FORMS[short.lower()]
    template = N_("schema: “{key}” has the unknown type “{type}”. Known types: {known}.")
    raise SchemaError(template, key=key, type=short, known=", ".join(SHORT_FORMS))


def invalid(document_type: DocumentType, metadata: Mapping[str, Any]) -> dict[str, SchemaError]:
    """What the schema says against `metadata`: a message for a person by value path, empty when all is well.

    The errors are returned, not raised: an annotator sees them beside the fields.
    """
    import jsonschema

    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    problems: dict[str, SchemaError] = {}
    for error in jsonschema.Draft202012Validator(document_type.schema, format_checker=checker).iter_errors(metadata):
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path)
        if error.validator == "required":
            missing = (name for name in error.validator_value if name not in error.instance)
            problems |= {f"{place}.{name}".lstrip("."): SchemaError(N_("This field is required.")) for name in missing}
        else:
            problems.setdefault(place.lstrip("."), _problem(error.validator, error.validator_value))
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
