"""What the desk remembers: documents, extractions, edits, approvals. `Store.open()` is the way in."""

from .claims import ClaimLostError
from .rows import (
    STATES,
    Answered,
    Busy,
    Claim,
    DocumentRow,
    Edit,
    Order,
    QueuePlace,
    Record,
    Result,
    SetValue,
    State,
    Work,
)
from .store import Store

__all__ = [
    "STATES",
    "Answered",
    "Busy",
    "Claim",
    "ClaimLostError",
    "DocumentRow",
    "Edit",
    "Order",
    "QueuePlace",
    "Record",
    "Result",
    "SetValue",
    "State",
    "Store",
    "Work",
]
