"""Document types: JSON Schemas with titles in two languages and the labels that forms print.

A document type is a file in `config/document_types/`; a new file is a new type. The words the product
adds to JSON Schema: `x-title-en` (the English title; `title` is the Korean one) and `x-labels` (how forms
print the field). No other code knows the name of any field of any type.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple

from extractor.core import json_source, schema_check
from extractor.core.errors import N_, SchemaError
from extractor.core.project_files import CONFIG
from extractor.core.value_path import ValuePath

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
        return ValuePath.parse(self.path).leaf

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
        try:
            return self._by_path[ValuePath.parse(path).field_path]
        except ValueError as error:
            raise KeyError(path) from error

    @cached_property
    def _by_path(self) -> dict[str, Field]:
        by_path: dict[str, Field] = {}
        waiting = list(self.fields)
        while waiting:
            field = waiting.pop()
            by_path[field.path] = field
            waiting.extend(field.fields)
        return by_path


def _fields(schema: Mapping[str, Any], prefix: str) -> tuple[Field, ...]:
    required = schema.get("required", ())
    properties = schema.get("properties", {})
    return tuple(Field(f"{prefix}{name}", sub, name in required) for name, sub in properties.items())


class TypesRead(NamedTuple):
    """The usable types of a folder by key, `other` last, and what is wrong with the files that were left out."""

    types: dict[str, DocumentType]
    problems: tuple[SchemaError, ...]


def load_document_types(folder: Path | None = None) -> dict[str, DocumentType]:
    """All usable document types of a folder by key, sorted by key with `other` last.

    A file that is not one is left out, so that a slip of the pen in one stops nobody's work with the others:
    `read_document_types` also returns what is wrong.
    """
    return read_document_types(folder).types


def read_document_types(folder: Path | None = None) -> TypesRead:
    """The types of a folder and what is wrong with the others. Files that did not change are not read again."""
    types: dict[str, DocumentType] = {}
    problems: list[SchemaError] = []
    for path in sorted((folder or FOLDER).glob("*.json")):
        known = _read(path)
        if isinstance(known, SchemaError):
            problems.append(known)
        else:
            types[known.key] = known
    return TypesRead(dict(sorted(types.items(), key=lambda item: item[0] == "other")), tuple(problems))


# By path, with what tells that a file changed. Shared by threads: an entry is only ever replaced as a whole.
_files_read: dict[Path, tuple[tuple[int, ...], DocumentType | SchemaError]] = {}


def _read(path: Path) -> DocumentType | SchemaError:
    """A type, or what is wrong with its file; as it was read last when the file is still the same."""
    try:
        seen = path.stat()
        stamp: tuple[int, ...] = (seen.st_mtime_ns, seen.st_ctime_ns, seen.st_size, seen.st_ino)
    except OSError:
        stamp = ()
    known = _files_read.get(path)
    if known is not None and stamp and known[0] == stamp:
        return known[1]
    try:
        read: DocumentType | SchemaError = load_document_type(path)
    except SchemaError as error:
        read = error
    _files_read[path] = (stamp, read)
    return read


def load_document_type(path: Path | str) -> DocumentType:
    """One document type from a JSON file.

    Raises SchemaError naming the file and the line or place when it is not valid JSON or not a usable JSON Schema.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
        schema = json_source.parse(text)
    except OSError as error:
        raise SchemaError(N_("{file}: cannot be read ({reason})."), file=path.name, reason=error.strerror) from error
    except UnicodeDecodeError as error:
        template = N_("{file}, line {line}: is not UTF-8 text. Save it as UTF-8.")
        raise SchemaError(template, file=path.name, line=data.count(b"\n", 0, error.start) + 1) from error
    except json.JSONDecodeError as error:
        template = N_("{file}, line {line}: is not valid JSON ({reason}).")
        raise SchemaError(template, file=path.name, line=error.lineno, reason=error.msg) from error
    except json_source.DuplicateKeyError as error:
        template = N_("{file}, line {line}: “{key}” stands twice in one object. Remove one of them.")
        raise SchemaError(template, file=path.name, line=error.line or "?", key=error.key) from error
    except (RecursionError, ValueError) as error:
        template = N_("{file}: is not a usable JSON file ({reason}).")
        raise SchemaError(template, file=path.name, reason=str(error)) from error
    check_schema(schema, path.name, text)
    return DocumentType(path.stem, schema)


def check_schema(schema: Any, name: str, text: str = "") -> None:
    """Raise SchemaError unless `schema` is a JSON Schema (2020-12) of an object whose properties can be fields.

    `text` is the JSON that it was read from, so that the message can name the line.
    """
    import jsonschema

    if not isinstance(schema, Mapping):
        raise SchemaError(N_("{file}: a schema must be a JSON object."), file=name)
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        raise _unusable(name, text, tuple(error.absolute_path), error.message) from error
    except RecursionError as error:
        raise _unusable(name, text, (), str(error)) from error
    if not schema.get("properties"):
        raise SchemaError(N_("{file}: the schema has no “properties”, so there is nothing to extract."), file=name)
    for path, reason in schema_check.problems(schema):
        raise _unusable(name, text, path, reason)


def _unusable(name: str, text: str, path: tuple[str | int, ...], reason: str) -> SchemaError:
    json_path = "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    known = {"file": name, "place": json_path, "reason": reason}
    if line := json_source.line_at(text, path) if text else None:
        template = N_("{file}, line {line}: is not a valid JSON Schema at {place} ({reason}).")
        return SchemaError(template, line=line, **known)
    return SchemaError(N_("{file}: is not a valid JSON Schema at {place} ({reason})."), **known)


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
