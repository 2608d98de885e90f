"""COMMANDS: every command, under the heading that the help gives it.

To add a command is to write its function, whose options are its parameters, and to name it here with its module. Its
examples are a row of EXAMPLES; its help, its part of docs/commands.md and the completion of the shell derive from the
function.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import typer

from ocianalyze.cli.examples import epilog
from ocianalyze.cli.options import grouped

COMMANDS: Mapping[str, Mapping[str, str]] = {
    "Report": {
        "browse": "browse",
        "report": "report",
        "layers": "listing",
        "changes": "listing",
        "dockerfile": "dockerfile",
        "diff": "diff",
        "schema": "schema",
    },
    "Look at files": {
        "ls": "listing",
        "tree": "listing",
        "find": "find",
        "largest": "listing",
        "duplicates": "listing",
        "history": "find",
        "cat": "extract",
        "grep": "find",
    },
    "Take out and check": {
        "extract": "extract",
        "export": "export",
        "convert": "export",
        "verify": "verify",
        "cache": "cache",
    },
}
"""Heading -> name of a command -> the module of `cli` that has a function of this name, or a typer with commands."""


class MadeOnDemand(Mapping[str, Any]):
    """The commands by their names, each imported and made when it is first looked up.

    A start of the program needs one of them. Making all twenty takes a third of the time that a start takes.
    """

    def __init__(self) -> None:
        self._panels = {name: panel for panel, names in COMMANDS.items() for name in names}
        self._made: dict[str, Any] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._panels)

    def __len__(self) -> int:
        return len(self._panels)

    def __contains__(self, name: object) -> bool:
        return name in self._panels

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = _made(name, self._panels[name])
        return self._made[name]


def _made(name: str, panel: str) -> Any:
    """The command as typer makes it out of the function, or out of the typer, that the module has."""
    found = getattr(import_module(f"{__package__}.{COMMANDS[panel][name]}"), name)
    parent = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode="rich")
    if isinstance(found, typer.Typer):
        parent.add_typer(found, name=name, rich_help_panel=panel)
    else:
        parent.command(name, rich_help_panel=panel, epilog=epilog(name))(grouped(found))
    return typer.main.get_group(parent).commands[name]
