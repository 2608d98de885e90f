"""`diff`: two images, compared."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocianalyze.cli.caching import tell_where
from ocianalyze.cli.diagnostics import ExitCode
from ocianalyze.cli.diff_options import DifferenceOptions, GateOptions, ImagePair, StrictOptions
from ocianalyze.cli.formats import ComparisonFormat, OutputFile
from ocianalyze.cli.options import option, top_option
from ocianalyze.cli.signals import end_as_usual
from ocianalyze.errors import UsageError

if TYPE_CHECKING:
    from ocianalyze.api import OpenedPair
    from ocianalyze.api.compare import BuildOptions, DiffOptions, ImageDiff
    from ocianalyze.report.values.diff import DiffReport

Top = Annotated[int | None, top_option("How many paths the text lists.")]
Content = Annotated[str | None, option("Show how the content of one file differs.", metavar="PATH")]
Browsed = Annotated[bool, option("Browse the comparison on the terminal.", "--tui")]


def diff(
    pair: ImagePair,
    how: ComparisonFormat,
    output: OutputFile = None,
    top: Top = None,
    content: Content = None,
    *,
    differences: DifferenceOptions,
    tui: Browsed = False,
    gate: GateOptions,
    strict: StrictOptions,
) -> None:
    """Compare two images: where it grew, which paths, layers and settings differ, and what a host has to pull."""
    from ocianalyze.cli.output import check

    builds, counted = strict.options(), differences.options()
    gate.check()
    beside = how.as_given | {"top": top, "max-growth": gate.max_growth, "reproducible": builds}
    if content is not None:
        _alone("content", {"tui": tui} | beside)
    if tui:
        _alone("tui", {"output": output, "exit-code": gate.exit_code} | beside)
        raise typer.Exit(_browse(pair, counted))
    check(output, pair.old)
    check(output, pair.new)
    fails = False
    with pair.open(counted) as opened:
        if content is not None:
            differs = _show_content(opened, content, output)
        else:
            report = _write_report(opened.difference, builds, how, output, top)
            differs, fails = _differs(report), _grew_too_much(report, gate)
    raise typer.Exit(ExitCode.RULE_FAILED if fails or (gate.exit_code and differs) else ExitCode.FINE)


def _alone(option: str, others: dict[str, object]) -> None:
    """UsageError where one of *others*, which mean nothing beside *option*, is given."""
    given = [name for name, value in others.items() if value is not None and value is not False]
    if given:
        raise UsageError(f"--{option} and --{given[0]} exclude each other")


def _browse(pair: ImagePair, options: DiffOptions) -> int:
    """Open the comparison on the terminal, and return the exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("--tui needs a terminal", hint="leave it out, or add --json")
    from ocianalyze.cli.remedies import suggestion
    from ocianalyze.tui.comparison.app import pair_load, run

    end_as_usual()
    reading = pair.options()
    load = pair_load(pair.old, pair.new, **reading, options=options)
    code = run(load, f"{pair.old} and {pair.new}", suggestion)
    tell_where(reading["new_options"])
    return code


def _show_content(pair: OpenedPair, path: str, output: Path | None) -> bool:
    """Write how one file differs, and return whether it does."""
    from ocianalyze.api.files import file_in_both
    from ocianalyze.cli.output import opened
    from ocianalyze.report.listings.content_diff import content_diff

    lines = list(content_diff(path, *file_in_both(pair, path)))
    with opened(output) as out:
        out.writelines(f"{line}\n" for line in lines)
    return bool(lines)


def _write_report(
    difference: ImageDiff, builds: BuildOptions | None, how: ComparisonFormat, output: Path | None, top: int | None
) -> DiffReport:
    from ocianalyze.api.compare import build_differences
    from ocianalyze.cli.output import show
    from ocianalyze.report.compose.diff import comparison_document

    found = None if builds is None else build_differences(difference, builds)
    document = comparison_document(difference, builds=found, top=top)
    show(document, how.format, output)
    return document.report


def _differs(report: DiffReport) -> bool:
    """Whether the images differ: as builds where the comparison is strict, else in paths and settings."""
    return bool(report.reproducible) if isinstance(report.reproducible, list) else not report.summary.identical


def _grew_too_much(report: DiffReport, gate: GateOptions) -> bool:
    """Whether the new image is larger by more than --max-growth; if so, a line on standard error says it."""
    from ocianalyze.cli.diagnostics import tell_failure
    from ocianalyze.report import words

    summary = report.summary
    if not gate.is_exceeded_by(summary):
        return False
    grew = f"{words.signed_size(summary.size_delta)}, {words.percent(summary.growth_ratio)}"
    tell_failure(f"max-growth: the image grew by {grew}; the limit is {gate.max_growth}")
    return True
