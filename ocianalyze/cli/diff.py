"""`diff`: two images, compared."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ocianalyze.cli.diagnostics import ExitCode
from ocianalyze.cli.signals import end_as_usual
from ocianalyze.cli.source import read_limits
from ocianalyze.errors import UsageError

if TYPE_CHECKING:
    from ocianalyze.analysis.compare.imagediff import ImageDiff
    from ocianalyze.api import LoadOptions, OpenedPair
    from ocianalyze.report.values.diff import DiffReport, SummaryBlock

_READING = "Reading the images"
_COMPARING = "What counts"
_GATE = "Exit code"
_STRICT = "As two builds of the same thing"


class Format(Enum):
    """The formats of a comparison."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def _option(panel: str, help_text: str, *names: str, metavar: str = "", **more: Any) -> Any:
    return typer.Option(*names, metavar=metavar, help=help_text, rich_help_panel=panel, show_default=False, **more)


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The image before, as every IMAGE is named.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The image after.")],
    format_: Annotated[Format | None, typer.Option("--format", help="How to write it.", show_default="text")] = None,
    json: Annotated[bool, typer.Option("--json", metavar="", help="The same as --format json.")] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write to FILE, whole or not at all.", show_default=False),
    ] = None,
    top: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="How many paths the text lists.", show_default=False)
    ] = None,
    content: Annotated[
        str | None, typer.Option(metavar="PATH", help="Show how the content of one file differs.", show_default=False)
    ] = None,
    mtime: Annotated[bool, _option(_COMPARING, "Modification times count too.", "--mtime")] = False,
    ignore: Annotated[
        list[str], _option(_COMPARING, "Leave out paths that match, and all below. Repeatable.", metavar="GLOB")
    ] = [],  # noqa: B006 - typer copies it
    only: Annotated[
        list[str],
        _option(_COMPARING, "added, removed, content, metadata, replaced or moved. Repeatable.", metavar="KIND"),
    ] = [],  # noqa: B006 - typer copies it
    path: Annotated[str, _option(_COMPARING, "Only what is at or below PREFIX.", metavar="PREFIX")] = "",
    max_depth: Annotated[
        int | None, _option(_COMPARING, "Sum up directories that are deeper than N.", metavar="N", min=1)
    ] = None,
    tui: Annotated[bool, typer.Option("--tui", metavar="", help="Browse the comparison on the terminal.")] = False,
    exit_code: Annotated[bool, _option(_GATE, "End with 1 when paths or settings differ.", "--exit-code")] = False,
    max_growth: Annotated[
        str | None, _option(_GATE, "End with 1 when NEW is larger by more, as 5MB or 3%.", metavar="SIZE|RATIO")
    ] = None,
    reproducible: Annotated[
        bool, _option(_STRICT, "Compare strictly, as two builds of the same thing.", "--reproducible")
    ] = False,
    semantic: Annotated[
        bool, _option(_STRICT, "The same, and ignore all below but owners and layer order.", "--semantic")
    ] = False,
    ignore_timestamps: Annotated[bool, _option(_STRICT, "Of files, steps and image.", "--ignore-timestamps")] = False,
    ignore_history: Annotated[bool, _option(_STRICT, "The steps of the build.", "--ignore-history")] = False,
    ignore_layer_order: Annotated[bool, _option(_STRICT, "The order of layers.", "--ignore-layer-order")] = False,
    ignore_file_order: Annotated[bool, _option(_STRICT, "The order in the tar.", "--ignore-file-order")] = False,
    ignore_owners: Annotated[bool, _option(_STRICT, "Users, groups and their names.", "--ignore-owners")] = False,
    ignore_tar_format: Annotated[
        bool, _option(_STRICT, "What no field shows: headers, padding, compression.", "--ignore-tar-format")
    ] = False,
    ignore_image_name: Annotated[bool, _option(_STRICT, "Tags.", "--ignore-image-name")] = False,
    old_platform: Annotated[
        str | None, _option(_READING, "Of OLD, this platform.", metavar="OS/ARCH[/VARIANT]")
    ] = None,
    new_platform: Annotated[
        str | None, _option(_READING, "Of NEW, this platform.", metavar="OS/ARCH[/VARIANT]")
    ] = None,
    old_image: Annotated[str | None, _option(_READING, "Of OLD, this image.", metavar="NAME|INDEX|DIGEST")] = None,
    new_image: Annotated[str | None, _option(_READING, "Of NEW, this image.", metavar="NAME|INDEX|DIGEST")] = None,
    no_verify: Annotated[bool, _option(_READING, "Do not check digests and sizes.", "--no-verify")] = False,
    partial: Annotated[bool, _option(_READING, "Do without layers that an archive lacks.", "--partial")] = False,
    limit: Annotated[
        list[str], _option(_READING, "Move a safety limit: entries=20000000. Repeatable.", metavar="NAME=VALUE")
    ] = [],  # noqa: B006 - typer copies it
) -> None:
    """Compare two images: where it grew, which paths, layers and settings differ, and what a host has to pull."""
    from ocianalyze.cli.output import check

    chosen = _format(format_, json=json)
    strict = reproducible or semantic
    allowed = {
        "ignore_timestamps": ignore_timestamps or semantic,
        "ignore_history": ignore_history or semantic,
        "ignore_file_order": ignore_file_order or semantic,
        "ignore_tar_format": ignore_tar_format or semantic,
        "ignore_image_name": ignore_image_name or semantic,
        "ignore_layer_order": ignore_layer_order,
        "ignore_owners": ignore_owners,
    }
    if any(allowed.values()) and not strict:
        raise UsageError("what builds may differ in is for --reproducible", hint="add --reproducible")
    report_only = {"format": format_, "json": json, "top": top, "max_growth": max_growth, "reproducible": strict}
    if content is not None:
        _alone("--content", tui=tui, **report_only)
    if tui:
        _alone("--tui", output=output, exit_code=exit_code, **report_only)
    growth = _growth_limit(max_growth)
    check(output, old)
    check(output, new)
    limits = read_limits(tuple(limit))

    def reading(image: str | None, platform: str | None) -> LoadOptions:
        from ocianalyze.api import LoadOptions

        return LoadOptions(image=image, platform=platform, verify=not no_verify, partial=partial, limits=limits)

    sides = ((old, reading(old_image, old_platform)), (new, reading(new_image, new_platform)))
    counts = {
        "mtime": mtime,
        "ignore": tuple(ignore),
        "only": _kinds(only),
        "path": path,
        "max_depth": max_depth,
    }
    if tui:
        raise typer.Exit(_browse(*sides, counts))
    with _open(*sides, counts) as pair:
        differs = content is not None and _show_content(pair, content, output)
        difference = pair.difference
    if content is not None:
        raise typer.Exit(ExitCode.RULE_FAILED if exit_code and differs else ExitCode.FINE)
    report = _write(difference, chosen, output, top, allowed if strict else None)
    raise typer.Exit(_verdict(report, exit_code=exit_code, growth=growth))


def _format(format_: Format | None, *, json: bool) -> Format:
    if json and format_ not in (None, Format.JSON):
        raise UsageError(f"--json and --format {format_.value if format_ else ''} exclude each other")
    return Format.JSON if json else format_ or Format.TEXT


def _alone(option: str, **others: object) -> None:
    """Complain about *others* that were given and that *option* would have no use for."""
    given = [name for name, value in others.items() if value is not None and value is not False]
    if given:
        raise UsageError(f"{option} and --{given[0].replace('_', '-')} exclude each other")


def _kinds(names: list[str]) -> frozenset[Any]:
    from ocianalyze.analysis.compare.treediff import DiffKind

    known = {kind.value: kind for kind in DiffKind}
    for name in names:
        if name not in known:
            raise UsageError(f"--only {name}: there is no such kind", hint=f"the kinds are {', '.join(known)}")
    return frozenset(known[name] for name in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class _GrowthLimit:
    """By how much NEW may be larger: one of the two."""

    text: str
    size: int | None = None
    ratio: float | None = None

    def is_exceeded_by(self, summary: SummaryBlock) -> bool:
        if self.ratio is not None:
            return summary.growth_ratio > self.ratio
        return summary.size_delta > (self.size or 0)


def _growth_limit(text: str | None) -> _GrowthLimit | None:
    from ocianalyze.model.amount import parse_ratio, parse_size

    if text is None:
        return None
    if text.strip().endswith("%"):
        return _GrowthLimit(text=text, ratio=parse_ratio(text))
    return _GrowthLimit(text=text, size=parse_size(text))


def _open(old: tuple[str, LoadOptions], new: tuple[str, LoadOptions], what: dict[str, Any]) -> OpenedPair:
    from ocianalyze.analysis.compare.imagediff import DiffOptions
    from ocianalyze.analysis.union.analyze import for_good
    from ocianalyze.api import open_pair
    from ocianalyze.cli.memory import keep_freed_memory
    from ocianalyze.cli.progress import watching

    keep_freed_memory()
    with for_good(), watching() as progress:
        return open_pair(
            old[0],
            new[0],
            old_options=old[1],
            new_options=new[1],
            options=DiffOptions(**what),
            progress=progress,
        )


def _browse(old: tuple[str, LoadOptions], new: tuple[str, LoadOptions], what: dict[str, Any]) -> int:
    """Open the comparison on the terminal; its exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("--tui needs a terminal", hint="leave it out, or add --json")
    from ocianalyze.analysis.compare.imagediff import DiffOptions
    from ocianalyze.cli.remedies import suggestion
    from ocianalyze.tui.comparison.app import pair_load, run

    end_as_usual()
    load = pair_load(old[0], new[0], old_options=old[1], new_options=new[1], options=DiffOptions(**what))
    return run(load, f"{old[0]} and {new[0]}", suggestion)


def _show_content(pair: OpenedPair, path: str, output: Path | None) -> bool:
    """Write how one file differs; whether it does."""
    from ocianalyze.api.files import file_in_both
    from ocianalyze.cli.output import opened
    from ocianalyze.report.listings.content_diff import content_diff

    lines = list(content_diff(path, *file_in_both(pair, path)))
    with opened(output) as out:
        out.writelines(f"{line}\n" for line in lines)
    return bool(lines)


def _write(
    difference: ImageDiff, chosen: Format, output: Path | None, top: int | None, allowed: dict[str, bool] | None
) -> DiffReport:
    from ocianalyze.analysis.compare.builddiff import BuildOptions, compare_builds
    from ocianalyze.cli.output import opened
    from ocianalyze.report.compose.diff import compose_diff

    images = difference.old.image, difference.new.image
    builds = None if allowed is None else compare_builds(*images, BuildOptions(**allowed))
    report = compose_diff(difference, builds=builds)
    with opened(output, machine=chosen is not Format.TEXT) as out:
        if chosen is Format.JSON:
            from ocianalyze.report.formats import to_json

            to_json.write(report, out)
        elif chosen is Format.MARKDOWN:
            from ocianalyze.report.formats import to_markdown_diff

            to_markdown_diff.write(report, out)
        else:
            from ocianalyze.report.formats import to_text_diff

            to_text_diff.write(report, out, top=top)
    return report


def _verdict(report: DiffReport, *, exit_code: bool, growth: _GrowthLimit | None) -> ExitCode:
    from ocianalyze.cli.diagnostics import tell_failure
    from ocianalyze.report import words

    summary = report.summary
    if growth is not None and growth.is_exceeded_by(summary):
        grew = f"{words.signed_size(summary.size_delta)}, {words.percent(summary.growth_ratio)}"
        tell_failure(f"max-growth: the image grew by {grew}; the limit is {growth.text}")
        return ExitCode.RULE_FAILED
    strict = report.reproducible if isinstance(report.reproducible, list) else None
    differs = not summary.identical if strict is None else bool(strict)
    return ExitCode.RULE_FAILED if exit_code and differs else ExitCode.FINE
