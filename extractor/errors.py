"""Errors that a person can act on.

A message is a template with named parts, so that the app can show it in the reader's language:
the template is the gettext message id, `params` fill it in. `str(error)` is the English text.
Templates are written as plain literals inside `N_()` so that the catalogue tool finds them.
"""

from __future__ import annotations

from typing import Any


def N_(message: str) -> str:  # noqa: N802 (gettext's own name for "translate later")
    """Mark `message` for the translation catalogue and return it unchanged."""
    return message


class RightsdeskError(Exception):
    """Base of all errors raised on purpose. What happened, to what, and what to do about it."""

    def __init__(self, template: str, **params: Any) -> None:
        super().__init__(template.format(**params))
        self.template = template
        self.params = params


class ReadingError(RightsdeskError):
    """A file cannot be read: empty, encrypted, damaged, too large, or not what its name says."""


class SchemaError(RightsdeskError):
    """A schema or document type is not usable. Names the file and the place in it."""


class ConfigError(RightsdeskError):
    """A configuration file is not usable. Names the file, the line and the key."""


class ExtractionError(RightsdeskError):
    """An extractor could not give a result."""


class StoreError(RightsdeskError):
    """The store cannot do what was asked: an unknown document, an edit based on an old state."""
