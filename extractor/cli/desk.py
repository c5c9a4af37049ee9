"""The command that starts the app."""

from __future__ import annotations

import subprocess
import sys

import click

from extractor.cli.app import main
from extractor.core.project_files import ROOT


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def app(options: tuple[str, ...]) -> None:
    """Start the review desk in the browser; OPTIONS are those of `streamlit run`, such as --server.port 8600.

    What it keeps goes to the folder `data` here, or where RIGHTSDESK_DATA says.
    """
    sys.exit(subprocess.call([sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), *options]))
