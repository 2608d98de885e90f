"""The commands that look for files and take them out, put beside the others."""

from __future__ import annotations

import typer

from ocianalyze.cli import dockerfile, export, extract, find, listing, verify
from ocianalyze.cli.source import takes_image

_COMMANDS = (
    listing.ls,
    listing.tree,
    listing.largest,
    listing.duplicates,
    listing.layers,
    dockerfile.dockerfile,
    find.find,
    find.grep,
    find.history,
    extract.cat,
    extract.extract,
    export.export,
    export.convert,
)


def register(app: typer.Typer) -> None:
    """Add the commands to *app*."""
    for command in _COMMANDS:
        app.command()(takes_image(command))
    app.command()(takes_image(verify.verify, lenient=False))
