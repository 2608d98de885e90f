"""What would help is said in words for whoever asks: options at a command line, arguments in a program."""

from __future__ import annotations

import ast
import contextlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import ocianalyze
from ocianalyze import api
from ocianalyze.analysis.rules.judge import judge
from ocianalyze.api import files
from ocianalyze.cli.app import app
from ocianalyze.cli.remedies import suggestion, worded
from ocianalyze.errors import (
    AllowMissingLayers,
    Choose,
    ChooseCompression,
    ForgoOwners,
    GiveBaseline,
    OcianalyzeError,
    Overwrite,
    RaiseLimit,
    ReadRootFiles,
    Remedy,
    SkipVerification,
    ViewLayer,
    WriteReport,
)
from ocianalyze.model.limits import ReadLimits

PACKAGE = Path(ocianalyze.__file__).parent
REMEDIES = [
    Choose("image"),
    Choose("image", side="new"),
    Choose("image", side="base"),
    Choose("platform"),
    Choose("platform", side="old"),
    Choose("platform", side="base"),
    RaiseLimit("entries"),
    SkipVerification(),
    AllowMissingLayers(),
    ReadRootFiles(),
    ViewLayer(3),
    Overwrite(),
    ForgoOwners(),
    ChooseCompression(("gzip", "zstd", "none")),
    GiveBaseline(),
    WriteReport(),
]
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
OTHER_TOOLS = re.compile(r"\b(skopeo|docker|podman|buildx|zstd|tar's|RUN|COPY|HEALTHCHECK)\b|^--retries=$")
"""Whoever names an option of one of these names no option of ours."""
WHOLE_COMMANDS = {"--layer": "tui/app.py", "ocianalyze export --squash": "writing/convert.py"}
"""Commands to be run, and a record of one that was: no words of an error."""


def options(command: Any) -> Iterator[str]:
    """Every option of *command* and of those below it."""
    for child in getattr(command, "commands", {}).values():
        yield from options(child)
    for parameter in command.params:
        yield from parameter.opts


KNOWN = set(options(typer.main.get_command(app)))


def test_every_kind_of_remedy_is_tried_here() -> None:
    # By name: a class with slots is made twice.
    assert {type(one).__name__ for one in REMEDIES} == {kind.__name__ for kind in Remedy.__subclasses__()}


@pytest.mark.parametrize("remedy", REMEDIES, ids=str)
def test_a_remedy_names_options_at_the_command_line_and_none_in_a_program(remedy: Remedy) -> None:
    assert OPTION.findall(worded(remedy))
    assert set(OPTION.findall(worded(remedy))) <= KNOWN
    assert len(str(remedy)) > 10
    assert not OPTION.findall(str(remedy))


def arguments() -> set[str]:
    """What the functions for programs, and the options that they take, are given by name."""
    functions = [one for name in api.__all__ if callable(one := getattr(api, name))]
    methods = [one for owner in (api.OpenedImage, files) for _, one in inspect.getmembers(owner, inspect.isfunction)]
    found: set[str] = set()
    for function in (*functions, *methods, ocianalyze.open, ReadLimits, judge):
        with contextlib.suppress(ValueError):  # of a class of Python's own
            found.update(inspect.signature(function).parameters)
    return found


@pytest.mark.parametrize("remedy", REMEDIES, ids=str)
def test_a_program_is_told_arguments_that_there_are(remedy: Remedy) -> None:
    assert set(re.findall(r"\b(\w+)=", str(remedy))) <= arguments()


def test_hint_and_remedy_stand_in_one_line() -> None:
    both = OcianalyzeError("no", hint="save it again", remedy=SkipVerification())
    assert suggestion(both) == "save it again; skip the check with --no-verify"
    assert both.suggestion == "save it again; skip the check with verify=False"
    assert suggestion(OcianalyzeError("no", remedy=RaiseLimit("name"))) == (
        "raise the safety limit with --limit name=NUMBER if the image is to be trusted"
    )
    assert suggestion(OcianalyzeError("no")) is None


def texts(file: Path) -> Iterator[str]:
    """The strings of a module, docstrings left out; a string with values in it as one."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    documentation = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.value


def test_only_the_command_line_names_its_options() -> None:
    said = [
        (str(file.relative_to(PACKAGE)), text)
        for file in sorted(PACKAGE.rglob("*.py"))
        if file.relative_to(PACKAGE).parts[0] != "cli"
        for text in texts(file)
        if set(OPTION.findall(text)) & KNOWN and not OTHER_TOOLS.search(text)
    ]
    assert sorted(said) == sorted((file, text) for text, file in WHOLE_COMMANDS.items())
