"""The commands that look for files and take them out, put beside the others."""

from __future__ import annotations

import typer

from ocianalyze.cli import extract
from ocianalyze.cli.source import takes_image


def register(app: typer.Typer) -> None:
    """Add the commands to *app*."""
    for command in (extract.cat, extract.extract):
        app.command()(takes_image(command))
