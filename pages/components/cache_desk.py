"""The downloaded models of this machine: size, last use, download, verify, delete."""

from __future__ import annotations


def show() -> None:
    """The local cache."""
