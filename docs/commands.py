"""Writes docs/commands.md, a reference of all commands, from the commands themselves: `python -m docs.commands`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from ocianalyze.cli.app import app
from ocianalyze.cli.examples import EXAMPLES
from ocianalyze.cli.image_options import SHARED_PANEL

TARGET = Path(__file__).parent / "commands.md"
_HEAD = """\
# Commands

Written by `python -m docs.commands`; edit the commands, not this page.

IMAGE is an archive (docker save, OCI; also compressed), an OCI layout directory, or `-` for standard input. Data goes
to standard output and narration to standard error.

| exit code | meaning |
|---|---|
| 0 | fine |
| 1 | a rule failed, images differ, `verify` found something, or `grep` nothing |
| 2 | usage: no such path, layer or option, or the output cannot be written |
| 3 | the image could not be read |
| 70 | a bug in ocianalyze |
| 130 | interrupted |
| 141 | whoever read the output stopped |
"""


def page() -> str:
    """The whole page."""
    command: Any = typer.main.get_command(app)
    shared = [one for one in command.commands["report"].params if _is_shared(one)]
    taken = "".join(["Every command with an IMAGE takes these too", *_exceptions(command, shared), "."])
    reading = f"\n## Reading the image\n\n{taken}\n{_table(shared)}"
    return _HEAD + reading + "".join(_described("ocianalyze", command))


def _exceptions(command: Any, shared: list[Any]) -> Iterator[str]:
    """Which commands with an IMAGE lack which of the *shared* options."""
    for name, child in sorted(command.commands.items()):
        names = {one.name for one in child.params}
        lacking = [_code(one.opts[-1]) for one in shared if one.name not in names]
        if "image_" in names and lacking:
            yield f"; `{name}` lacks {' and '.join(lacking)}"


def _described(name: str, command: Any) -> Iterator[str]:
    """The sections of *command* and of those below it."""
    for part, child in sorted(getattr(command, "commands", {}).items()):
        inner = f"{name} {part}"
        if hasattr(child, "commands"):
            yield from _described(inner, child)
        else:
            yield _section(inner, child)


def _section(name: str, command: Any) -> str:
    given = [one for one in command.params if one.name != "help" and not _is_shared(one)]
    arguments = [one for one in given if not hasattr(one, "is_flag")]
    options = [one for one in given if hasattr(one, "is_flag")]
    needed = [f"{one.opts[-1]} {one.metavar}" for one in options if one.required]
    usage = " ".join([name, "[OPTIONS]", *(_shape(one) for one in arguments), *needed])
    text = "\n\n".join(" ".join(part.split()) for part in (command.help or "").split("\n\n"))
    named = [one for one in arguments if one.name != "image_"]
    shown = "".join(f"    {line}    # {meaning}\n" for line, meaning in EXAMPLES.get(command.name, ()))
    examples = f"\nExamples:\n\n{shown}" if shown else ""
    return f"\n## {name}\n\n    {usage}\n\n{text}\n{_table([*named, *options])}{examples}"


def _table(parameters: list[Any]) -> str:
    rows = "".join(f"| {_code(_spelled(one))} | {_cell(_explained(one))} |\n" for one in parameters)
    return f"\n| option | |\n|---|---|\n{rows}" if rows else ""


def _is_shared(one: Any) -> bool:
    return getattr(one, "rich_help_panel", None) == SHARED_PANEL


def _shape(argument: Any) -> str:
    name: str = argument.metavar or argument.name.upper()
    return name if argument.required or name.startswith("[") else f"[{name}]"


def _spelled(one: Any) -> str:
    if not hasattr(one, "is_flag"):
        return _shape(one)
    names = ", ".join((*one.opts, *one.secondary_opts))
    metavar = one.metavar or "|".join(getattr(one.type, "choices", ()))
    return names if one.is_flag or not metavar else f"{names} {metavar}"


def _explained(one: Any) -> str:
    shown = one.show_default if isinstance(getattr(one, "show_default", None), str) else None
    plain = getattr(one, "default", None)
    if shown is None and isinstance(plain, int | str) and not isinstance(plain, bool) and one.show_default:
        shown = str(plain)
    text = (one.help or "").rstrip()
    return f"{text} Default: {shown}." if shown else text


def _code(text: str) -> str:
    return "`" + text.replace("|", "\\|") + "`"


def _cell(text: str) -> str:
    return re.sub(r"\[/?\w+\]", "", text).replace("|", "\\|")


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
