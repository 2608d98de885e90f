"""How output is written: --format, --json, --csv and -o FORMAT:FILE, derived from the table of formats."""

from __future__ import annotations

import inspect
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, ClassVar, NamedTuple, Self

import typer

from ocianalyze.cli.options import Options, option
from ocianalyze.errors import UsageError
from ocianalyze.report.formats.table import JSON, TEXT, Format, formats_for

OutputFile = Annotated[Path | None, option("Write to FILE, whole or not at all.", "--output", "-o", metavar="FILE")]


class Target(NamedTuple):
    """A file, or standard output, and the format in which a report is written there."""

    file: Path | None
    format: Format


class ReportOutput(Options):
    """Where the report on one image is written, and in which formats: --format, --json and any number of -o."""

    targets: tuple[Target, ...]
    """Standard output last, and only when nothing takes its place."""

    @classmethod
    def parameters(cls) -> list[inspect.Parameter]:
        """The choices are the formats of a report."""
        where = option(
            "Write to FILE too, whole or not at all, in the format that its suffix or FORMAT tells; "
            "a FILE without a suffix, or of the format that --json or --format asks for, takes the place of standard "
            "output. Repeatable.",
            "--output",
            "-o",
            metavar="[FORMAT:]FILE",
        )
        return [*_choices("report"), _parameter("output", Annotated[list[str], where], [])]

    @classmethod
    def from_given(cls, given: dict[str, Any]) -> Self:
        """UsageError where options contradict each other."""
        return cls(targets=tuple(_targets(given.pop("output"), *_chosen("report", given))))


class ComparisonFormat(Options):
    """How a comparison is written: --format and --json."""

    format: Format
    as_given: dict[str, object]
    """The option that names the format, `format` or `json`, with its value; empty where neither is given."""

    @classmethod
    def parameters(cls) -> list[inspect.Parameter]:
        """The choices are the formats of a comparison."""
        return _choices("comparison")

    @classmethod
    def from_given(cls, given: dict[str, Any]) -> Self:
        """UsageError where --json and --format differ."""
        chosen, given_as = _chosen("comparison", given)
        return cls(format=chosen, as_given={given_as: chosen} if given_as else {})


class ListingFormat(Options):
    """How a listing is written: a switch for each format but text."""

    has_csv: ClassVar[bool] = True
    """Whether the rows are flat, as a spreadsheet needs them."""
    format: Format

    @classmethod
    def parameters(cls) -> list[inspect.Parameter]:
        """A switch for each format."""
        return [
            _parameter(one.name, Annotated[bool, option(one.rows, f"--{one.name}")], False) for one in cls._formats()
        ]

    @classmethod
    def from_given(cls, given: dict[str, Any]) -> Self:
        """UsageError where several switches are given."""
        asked = [one for one in cls._formats() if given.pop(one.name)]
        if len(asked) > 1:
            raise UsageError(f"{' and '.join(f'--{one.name}' for one in asked)} exclude each other")
        return cls(format=asked[0] if asked else TEXT)

    @classmethod
    def _formats(cls) -> list[Format]:
        every = formats_for("listing").values()
        return [one for one in every if one.rows and (cls.has_csv or one.name != "csv")]


class NestedListingFormat(ListingFormat):
    """How a listing is written whose rows hold lists, which no spreadsheet shows."""

    has_csv = False


def _choices(kind: str) -> list[inspect.Parameter]:
    """--format and --json, for a command that writes documents of *kind*."""
    choices: Any = Enum("Choices", [(name.upper(), name) for name in formats_for(kind)])  # type: ignore[misc]
    how = typer.Option("--format", help="Write it in this format.", show_default=TEXT.name)
    same = option(f"The same as --format {JSON.name}.", f"--{JSON.name}")
    return [
        _parameter("format_", Annotated[choices | None, how], None),
        _parameter(JSON.name, Annotated[bool, same], False),
    ]


def _chosen(kind: str, given: dict[str, Any]) -> tuple[Format, str]:
    """The format that --format or --json asks for, and the name of the option that does; text and no name else."""
    named, json = given.pop("format_"), given.pop(JSON.name)
    if json and named is not None and named.value != JSON.name:
        raise UsageError(f"--json and --format {named.value} exclude each other")
    name = JSON.name if json else named.value if named else TEXT.name
    return formats_for(kind)[name], "format" if named else JSON.name if json else ""


def _targets(output: list[str], chosen: Format, given_as: str) -> list[Target]:
    """A target for each -o. UsageError for a name that tells no format, and for two of the same name."""
    targets = []
    instead: list[Target] = []
    for text in output:
        if target := _target(text):
            targets.append(target)
        elif Path(text).suffix and not given_as:
            prefixes, suffixes = _names()
            hint = f"known are {', '.join(suffixes)}; a prefix tells it too, as in junit:{text} ({', '.join(prefixes)})"
            raise UsageError(f"-o {text}: the name tells no format", hint=hint)
        else:
            instead.append(Target(Path(text), chosen))
    names = [str(target.file) for target in (*targets, *instead)]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise UsageError(f"-o {twice}: is written twice")
    if given_as and any(target.format is chosen for target in targets):
        return targets + instead
    return targets + (instead or [Target(None, chosen)])


def _target(text: str) -> Target | None:
    """The target that *text* names, where its prefix or suffix tells the format."""
    prefixes, suffixes = _names()
    prefix, colon, rest = text.partition(":")
    if colon and rest and prefix in prefixes:
        return Target(Path(rest), prefixes[prefix])
    # The longest: .sarif.json ends in another suffix.
    suffix = max((one for one in suffixes if text.endswith(one)), key=len, default=None)
    return Target(Path(text), suffixes[suffix]) if suffix else None


def _names() -> tuple[dict[str, Format], dict[str, Format]]:
    """The formats of a report by their prefixes of -o, and by their suffixes of file names."""
    every = formats_for("report").values()
    prefixes = {one.name: one for one in every} | {alias: one for one in every for alias in one.aliases}
    suffixes = {suffix: one for one in every for suffix in one.suffixes}
    return prefixes, suffixes


def _parameter(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)
