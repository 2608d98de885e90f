"""COMMANDS: every command, under the heading that the help gives it.

To add a command is to write its function, whose options are its parameters, and to name it here. Its help, its part of
docs/commands.md and the completion of the shell derive from the function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ocianalyze.cli import schema
from ocianalyze.cli.browse import browse
from ocianalyze.cli.diff import diff
from ocianalyze.cli.dockerfile import dockerfile
from ocianalyze.cli.export import convert, export
from ocianalyze.cli.extract import cat, extract
from ocianalyze.cli.find import find, grep, history
from ocianalyze.cli.listing import changes, duplicates, largest, layers, ls, tree
from ocianalyze.cli.report import report
from ocianalyze.cli.verify import verify

Function = Callable[..., None]

COMMANDS: Mapping[str, tuple[Function, ...]] = {
    "Report": (browse, report, layers, changes, dockerfile, diff),
    "Look at files": (ls, tree, find, largest, duplicates, history, cat, grep),
    "Take out and check": (extract, export, convert, verify),
}
SCHEMAS: tuple[Function, ...] = (schema.diff, schema.report)
"""The commands below `schema`."""
