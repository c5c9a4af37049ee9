"""What the desk remembers: documents, extractions, edits, approvals. `Store.open()` is the way in."""

from .rows import STATES, DocumentRow, Edit, Order, QueuePlace, Record, Result, SetValue, State, ToExtract
from .store import Store

__all__ = [
    "STATES",
    "DocumentRow",
    "Edit",
    "Order",
    "QueuePlace",
    "Record",
    "Result",
    "SetValue",
    "State",
    "Store",
    "ToExtract",
]
