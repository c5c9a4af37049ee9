"""Errors of the database as errors that a person can act on. `engine.py` is the one place that asks."""

from __future__ import annotations

import sqlite3
from typing import Literal

from extractor.core.errors import N_, NotSavedError, StoreError

Kind = Literal["locked", "full", "read_only", "damaged", "disk", "lost", "other"]

# SQLite's result codes; an extended one ends in the byte of its family.
_SQLITE: dict[int, Kind] = {
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_PROTOCOL: "locked",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_CANTOPEN: "read_only",
    sqlite3.SQLITE_PERM: "read_only",
    sqlite3.SQLITE_AUTH: "read_only",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
    sqlite3.SQLITE_FORMAT: "damaged",
    sqlite3.SQLITE_IOERR: "disk",
}
# SQLSTATE, the five characters or the class that they begin with, longest first.
_SQLSTATE: dict[str, Kind] = {
    "25006": "read_only",
    "42501": "read_only",
    "53100": "full",
    "53300": "locked",
    "55P03": "locked",
    "40": "locked",
    "57P": "lost",
    "08": "lost",
    "58": "disk",
    "XX": "damaged",
}

_SAVING: dict[Kind, str] = {
    "locked": N_(
        "Not saved: another program keeps the database {database} busy. Try again in a moment; if this goes on, "
        "close the program that uses it."
    ),
    "full": N_("Not saved: the disk with the database {database} is full. Free some space, then try again."),
    "read_only": N_(
        "Not saved: the database {database} cannot be written ({reason}). Give the server the right to write the "
        "file and its folder, then try again."
    ),
    "damaged": N_(
        "Not saved: the database {database} is damaged ({reason}). Stop the server and put a backup in its place."
    ),
    "disk": N_(
        "Not saved: the disk with the database {database} cannot be used ({reason}). Check its free space, its limits "
        "and its health, then try again."
    ),
    "lost": N_(
        "Not saved: the database {database} cannot be reached ({reason}). Try again when the connection is back."
    ),
    "other": N_("Not saved: the database {database} refuses ({reason}). Try again; if this goes on, check the server."),
}
_READING: dict[Kind, str] = {
    "locked": N_(
        "Another program keeps the database {database} busy. Try again in a moment; if this goes on, close the program "
        "that uses it."
    ),
    "full": N_("The disk with the database {database} is full. Free some space, then try again."),
    "read_only": N_(
        "The database {database} cannot be opened ({reason}). Check that it is there and that the server may use the "
        "file and its folder."
    ),
    "damaged": N_("The database {database} is damaged ({reason}). Stop the server and put a backup in its place."),
    "disk": N_("The disk with the database {database} cannot be used ({reason}). Check it, then try again."),
    "lost": N_("The database {database} cannot be reached ({reason}). Try again when the connection is back."),
    "other": N_("The database {database} refuses ({reason}). Try again; if this goes on, check the server."),
}
_UNKNOWN = N_(
    "The connection to the database {database} broke while it saved, so nobody knows yet whether it did ({reason}). "
    "Reload the page when the connection is back, and look."
)


def as_store_error(
    error: BaseException, database: str, saving: bool, lost: bool = False, committing: bool = False
) -> StoreError:
    """What the error of a database driver means to a person.

    `saving`: in a transaction that writes; NotSavedError then, as it is rolled back. `lost`: the connection broke;
    while it was `committing`, nobody knows what became of it.
    """
    known = {"database": database, "reason": " ".join(str(error).split()) or type(error).__name__}
    if saving and lost and committing:
        return StoreError(_UNKNOWN, **known)
    kind = "lost" if lost else kind_of(error)
    return NotSavedError(_SAVING[kind], **known) if saving else StoreError(_READING[kind], **known)


def kind_of(error: BaseException) -> Kind:
    """What kind of fault a driver reports, by SQLite's result code or the SQLSTATE."""
    if isinstance(error, sqlite3.Error):
        return _SQLITE.get((getattr(error, "sqlite_errorcode", None) or 0) & 0xFF, "other")
    state = str(getattr(error, "sqlstate", None) or getattr(error, "pgcode", None) or "")
    return next((kind for start, kind in _SQLSTATE.items() if state.startswith(start)), "other")
