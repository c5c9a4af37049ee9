"""A claim on work that only one process may do, as store and runs pass it on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Work:
    """What is to be done once: a model (its key) under a prompt version reads a document as a version of a type."""

    hash: str
    document_type: str
    type_version: str
    model: str
    prompt_version: str


@dataclass(frozen=True)
class Claim:
    """The work is its owner's. `before` counts the results there were: by it an answer that is asked for anew on
    purpose differs from one that is asked for again because its owner died."""

    work: Work
    owner: str
    before: int
