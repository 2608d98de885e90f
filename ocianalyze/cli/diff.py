"""`diff`: two images, compared."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocianalyze.cli.comparing import Counting, Gate, GrowthLimit, PairReading, Strictness
from ocianalyze.cli.diagnostics import ExitCode
from ocianalyze.cli.formats import ComparisonFormat, OutputFile
from ocianalyze.cli.options import grouped, option, top_option
from ocianalyze.cli.signals import end_as_usual
from ocianalyze.errors import UsageError

if TYPE_CHECKING:
    from ocianalyze.api import LoadOptions, OpenedPair
    from ocianalyze.api.compare import BuildOptions, DiffOptions, ImageDiff
    from ocianalyze.report.values.diff import DiffReport

Old = Annotated[str, typer.Argument(metavar="OLD", help="The image before, as every IMAGE is named.")]
New = Annotated[str, typer.Argument(metavar="NEW", help="The image after.")]
Top = Annotated[int | None, top_option("How many paths the text lists.")]
Content = Annotated[str | None, option("Show how the content of one file differs.", metavar="PATH")]
Browsed = Annotated[bool, option("Browse the comparison on the terminal.", "--tui")]


@grouped
def diff(
    old: Old,
    new: New,
    how: ComparisonFormat,
    output: OutputFile = None,
    top: Top = None,
    content: Content = None,
    *,
    counting: Counting,
    tui: Browsed = False,
    gate: Gate,
    strictness: Strictness,
    reading: PairReading,
) -> None:
    """Compare two images: where it grew, which paths, layers and settings differ, and what a host has to pull."""
    from ocianalyze.cli.output import check

    builds, growth = strictness.options(), gate.growth_limit()
    beside = how.as_given | {"top": top, "max-growth": growth, "reproducible": builds}
    if content is not None:
        _alone("content", {"tui": tui} | beside)
    if tui:
        _alone("tui", {"output": output, "exit-code": gate.exit_code} | beside)
    check(output, old)
    check(output, new)
    pair = _Pair(old, new, *reading.options(), options=counting.options())
    if tui:
        raise typer.Exit(_browse(pair))
    fails = False
    with pair.open() as opened:
        if content is not None:
            differs = _show_content(opened, content, output)
        else:
            report = _write_report(opened.difference, builds, how, output, top)
            differs, fails = _differs(report), _grew_too_much(report, growth)
    raise typer.Exit(ExitCode.RULE_FAILED if fails or (gate.exit_code and differs) else ExitCode.FINE)


def _alone(option: str, others: dict[str, object]) -> None:
    """Complain about *others* that were given and that *option* would have no use for."""
    given = [name for name, value in others.items() if value is not None and value is not False]
    if given:
        raise UsageError(f"--{option} and --{given[0]} exclude each other")


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two images, how each is read, and what counts as a difference."""

    old: str
    new: str
    old_options: LoadOptions
    new_options: LoadOptions
    options: DiffOptions

    def open(self) -> OpenedPair:
        """Open, load, replay and compare them, with a progress bar where there is a terminal. Close the result."""
        from ocianalyze.api import for_good, open_pair
        from ocianalyze.cli.memory import keep_freed_memory
        from ocianalyze.cli.progress import watching

        keep_freed_memory()
        with for_good(), watching() as progress:
            return open_pair(
                self.old,
                self.new,
                old_options=self.old_options,
                new_options=self.new_options,
                options=self.options,
                progress=progress,
            )


def _browse(pair: _Pair) -> int:
    """Open the comparison on the terminal; its exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("--tui needs a terminal", hint="leave it out, or add --json")
    from ocianalyze.cli.remedies import suggestion
    from ocianalyze.tui.comparison.app import pair_load, run

    end_as_usual()
    load = pair_load(
        pair.old, pair.new, old_options=pair.old_options, new_options=pair.new_options, options=pair.options
    )
    return run(load, f"{pair.old} and {pair.new}", suggestion)


def _show_content(pair: OpenedPair, path: str, output: Path | None) -> bool:
    """Write how one file differs; whether it does."""
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
    show(document, how.chosen, output)
    return document.report


def _differs(report: DiffReport) -> bool:
    """Whether the images differ in what was asked about: as builds where that is it, else in paths and settings."""
    return bool(report.reproducible) if isinstance(report.reproducible, list) else not report.summary.identical


def _grew_too_much(report: DiffReport, limit: GrowthLimit | None) -> bool:
    """Whether the new image is larger by more than it may be; says so."""
    from ocianalyze.cli.diagnostics import tell_failure
    from ocianalyze.report import words

    summary = report.summary
    if limit is None or not limit.is_exceeded_by(summary):
        return False
    grew = f"{words.signed_size(summary.size_delta)}, {words.percent(summary.growth_ratio)}"
    tell_failure(f"max-growth: the image grew by {grew}; the limit is {limit.text}")
    return True
