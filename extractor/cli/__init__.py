"""The command line: `python -m extractor extract FILE…`."""

from extractor.cli import (
    desk,  # noqa: F401 (its commands join `main`)
    models,  # noqa: F401 (its commands join `main`)
    training,  # noqa: F401 (its commands join `main`)
)
from extractor.cli.app import main

__all__ = ["main"]
