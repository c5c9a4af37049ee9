"""Errors that a person can act on.

An error carries a `Message`, so that the app can show it in the reader's language. `str(error)` is the English text.
Templates are written as plain literals inside `N_()` so that the catalogue tool finds them; each has its code in
`extractor.core.message_codes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from extractor.core.messages import N_ as N_  # Whoever raises an error marks its template.
from extractor.core.messages import Message

if TYPE_CHECKING:
    from datetime import datetime

    from extractor.core.extractions import FieldValue, Usage


class RightsdeskError(Exception):
    """Base of all errors raised on purpose. What happened, to what, and what to do about it."""

    def __init__(self, template: str, **params: Any) -> None:
        self.message = Message(template, **params)
        super().__init__(self.message)

    @property
    def code(self) -> str:
        """What went wrong, in one word that stays when the wording changes: `file-empty`."""
        return self.message.code

    @property
    def template(self) -> str:
        return self.message.template

    @property
    def params(self) -> Mapping[str, Any]:
        return self.message.parameters


class ReadingError(RightsdeskError):
    """A file cannot be read: empty, encrypted, damaged, too large, or not what its name says."""


class BusyError(ReadingError):
    """The machine, not the file, is to blame: the same may work a while later."""


class SchemaError(RightsdeskError):
    """A schema or document type is not usable. Names the file and the place in it."""


class ConfigError(RightsdeskError):
    """A configuration file is not usable. Names the file, the line and the key."""


class ExtractionError(RightsdeskError):
    """An extractor could not give a result.

    `spent` are the tokens that are charged for all the same: zeros when nothing was, None when nobody knows.
    `retryable`: the same call may work a while later, or with another provider.
    """

    retryable = False

    def __init__(self, template: str, *, spent: Usage | None = None, **params: Any) -> None:
        super().__init__(template, **params)
        self.spent = spent


class AuthenticationError(ExtractionError):
    """The provider does not accept the key, or the key may not use the model."""


class ModelNotFoundError(ExtractionError):
    """The provider does not have the model."""


class RateLimitError(ExtractionError):
    """The provider takes no more calls for now. `wait`: so many seconds, None when it did not say."""

    retryable = True

    def __init__(self, template: str, *, spent: Usage | None = None, wait: float | None = None, **params: Any) -> None:
        super().__init__(template, spent=spent, **params)
        self.wait = wait


class NoCreditError(RateLimitError):
    """The account has no credit left: waiting does not help."""

    retryable = False


class ProviderError(ExtractionError):
    """The provider cannot be reached, broke the connection, or failed itself (5xx, a page instead of an answer)."""

    retryable = True


class CallTimeoutError(ExtractionError):
    """No complete answer within the time allowed for a call."""

    retryable = True


class RequestError(ExtractionError):
    """The provider refuses the request itself, for example a document longer than the model's context."""


class AnswerError(ExtractionError):
    """The model answered, but not with usable metadata: cut off, refused, empty, not JSON, against the schema."""


class BudgetError(ExtractionError):
    """The call could cost more than what is left of the budget, so it was not made."""


class StoppedError(Exception):
    """The run was cancelled before a call that costs. Not for a person: whoever cancelled knows."""


class PutOffError(Exception):
    """A provider takes no more calls for now. Not for a person: the work is tried again in `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class StoreError(RightsdeskError):
    """The store cannot do what was asked: an unknown document, an edit based on an old state."""


class NotSavedError(StoreError):
    """The database did not take what was to be kept: nothing of it is stored. The message says what to do."""


class ApprovedError(StoreError):
    """An edit of a document that is approved. `by` is who approved it, `at` when (aware UTC); None: not known."""

    def __init__(self, template: str, *, by: str | None, at: datetime | None, **params: Any) -> None:
        super().__init__(template, **params)
        self.by, self.at = by, at


class ConflictError(StoreError):
    """What a person was shown was changed by someone else before they saved.

    `path` is the value's path, `theirs` what the store has there now (a value of None: nothing), `by` who set it:
    a person's name or a model's key.
    """

    def __init__(self, template: str, *, path: str, theirs: FieldValue, by: str, **params: Any) -> None:
        super().__init__(template, **params)
        self.path, self.theirs, self.by = path, theirs, by


class LearningError(RightsdeskError):
    """A type cannot be learned, or what was learned cannot be kept or read."""
