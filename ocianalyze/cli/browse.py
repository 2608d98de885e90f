"""Opening the terminal user interface, where there is a terminal for it."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import sys

from ocianalyze.cli.signals import end_as_usual
from ocianalyze.cli.source import Source


def browsable() -> bool:
    """Whether somebody looks at the output on a terminal that can draw."""
    return sys.stdout.isatty() and sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def explore(source: Source) -> int:
    """Open *source* in the terminal user interface; the exit code."""
    # Deferred: textual costs more than everything else together, and only this command draws screens.
    from ocianalyze.cli.remedies import suggestion
    from ocianalyze.tui.app import run

    end_as_usual()
    options = source.options()
    if not sys.stdin.isatty():
        options = dataclasses.replace(options, standard_input=os.dup(0))
        _keys_from_the_terminal()
    return run(source.path, options=options, base_layers=source.base_layers, base=source.base, suggest=suggestion)


def _keys_from_the_terminal() -> None:
    """Where standard input was the archive, or nothing, keys still come from the terminal."""
    with contextlib.suppress(OSError):
        terminal = os.open("/dev/tty", os.O_RDWR)
        os.dup2(terminal, sys.stdin.fileno())
        os.close(terminal)
