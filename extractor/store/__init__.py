"""What the desk remembers: documents, extractions, edits, approvals. `Store.open()` is the way in."""

from extractor.core.claims import Claim, Work
from extractor.store.claims import ClaimLostError
from extractor.store.rows import (
    STATES,
    Answered,
    Busy,
    DocumentRow,
    Edit,
    Order,
    QueuePlace,
    Record,
    Result,
    SetValue,
    State,
)
from extractor.store.store import Store

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
