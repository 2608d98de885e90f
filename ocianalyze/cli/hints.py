"""What somebody meant who typed a command line that is none: the command to type instead."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

ELSEWHERE = {
    "analyse": "report",
    "analyze": "report",
    "inspect": "report",
    "images": "report",
    "show": "report",
    "compare": "diff",
}
"""Commands of other tools -> the command that does the same here."""
_FIRST = ("report", "changes", "ls", "find")
"""The commands whose options are looked at first; what all of them lack may be an option of any other."""


def rewritten(args: Sequence[str], commands: Iterable[str]) -> list[str]:
    """*args* with `help`, `help COMMAND` and `version` as the options of that name, unless a file is called so."""
    first, rest = args[0] if args else "", list(args[1:])
    if first == "version" and not rest and not Path(first).exists():
        return ["--version"]
    if first == "help" and all(one in commands for one in rest[:1]) and not Path(first).exists():
        return [*rest[:1], "--help"]
    return list(args)


def instead_of_a_command(args: Sequence[str], commands: Iterable[str], options: Iterable[str]) -> str | None:
    """What is wrong with *args*, which begin with no command; None where the first may well be an image.

    *options* are those that may stand before a command.
    """
    first = args[0]
    if first.startswith("-"):
        near = get_close_matches(first.partition("=")[0], options, n=1, cutoff=0.75)
        return f"there is no option {first!r}. Did you mean {near[0]!r}?" if near else None
    if Path(first).exists():
        return None
    meant = [ELSEWHERE[first]] if first in ELSEWHERE else get_close_matches(first, commands, n=1)
    return f"there is no command or file {first!r}. Did you mean {meant[0]!r}?" if meant else None


def command_with(option: str, args: Sequence[str], commands: Mapping[str, Any]) -> str | None:
    """The command line that takes *option*, where *args* name an image and no command; None where no command does."""
    for name in dict.fromkeys((*_FIRST, *commands)):
        if any(option in one.opts for one in commands[name].params):
            return shlex.join(["ocianalyze", name, *args])
    return None
