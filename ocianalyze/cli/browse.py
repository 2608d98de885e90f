"""`browse`: the terminal user interface, where there is a terminal for it, and else a report."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import sys

import typer

from ocianalyze.cli.caching import tell_where
from ocianalyze.cli.formats import Target
from ocianalyze.cli.image_options import ImageAboveBase
from ocianalyze.cli.report import write_report
from ocianalyze.cli.signals import end_as_usual
from ocianalyze.report.formats.table import TEXT


def browse(source: ImageAboveBase) -> None:
    """Walk through an image on the terminal. What a bare IMAGE does; piped, it is a text report."""
    if not _browsable():
        raise typer.Exit(write_report(source, [Target(None, TEXT)]))
    raise typer.Exit(_explore(source))


def _browsable() -> bool:
    """Whether standard output and standard error are a terminal that can draw."""
    return sys.stdout.isatty() and sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def _explore(source: ImageAboveBase) -> int:
    """Open *source* in the terminal user interface, and return the exit code."""
    # Deferred: textual costs more than everything else together, and only this command draws screens.
    from ocianalyze.cli.remedies import suggestion
    from ocianalyze.tui.app import run

    end_as_usual()
    options = source.options()
    if not sys.stdin.isatty():
        options = dataclasses.replace(options, standard_input=os.dup(0))
        _keys_from_the_terminal()
    code = run(source.path, options=options, suggest=suggestion, **source.base_image())
    tell_where(options)
    return code


def _keys_from_the_terminal() -> None:
    """Make the terminal standard input again, for keys, where standard input was the archive or closed."""
    with contextlib.suppress(OSError):
        terminal = os.open("/dev/tty", os.O_RDWR)
        os.dup2(terminal, sys.stdin.fileno())
        os.close(terminal)
