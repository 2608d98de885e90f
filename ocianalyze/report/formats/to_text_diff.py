"""The comparison of two images on one screen: how much it grew, where, and what else differs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

import msgspec
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from ocianalyze.analysis.compare.layerdiff import LayerStatus
from ocianalyze.analysis.compare.treediff import DiffKind
from ocianalyze.report import words
from ocianalyze.report.highlights import missing_layers, not_compared
from ocianalyze.report.layout import IN_JSON, Cut, console_for, facts, heading, left_out, path_cell, show, table
from ocianalyze.report.values.diff import BuildRow, DiffReport, LayerRow, PathRow, SideBlock, StepRow
from ocianalyze.report.values.documents import ComparisonDocument

PATHS = 15
"""How many single paths fit on the screen."""
_SETTINGS = 12
_STEPS = 12
_BUILDS = 25
_BAR = 12
_MARKS = {
    DiffKind.ADDED: ("+", "green"),
    DiffKind.REMOVED: ("-", "red"),
    DiffKind.CONTENT: ("~", "yellow"),
    DiffKind.METADATA: ("@", "cyan"),
    DiffKind.REPLACED: ("!", "magenta"),
    DiffKind.MOVED: (">", "blue"),
}
_LAYER_MARKS = {
    LayerStatus.SHARED: ("=", "dim"),
    LayerStatus.CHANGED: ("~", "yellow"),
    LayerStatus.INSERTED: ("+", "green"),
    LayerStatus.DROPPED: ("-", "red"),
}


def write(document: ComparisonDocument, out: TextIO) -> None:
    """The comparison for people."""
    report, top = document.report, document.top
    console = console_for(out)
    parts: list[RenderableType] = [_verdict(report), ""]
    if report.growth:
        parts += [heading("Where the bytes went"), _growth(report), ""]
    if report.changes:
        parts += [heading("Paths"), *_paths(report, PATHS if top is None else top), ""]
    if any(row.status is not LayerStatus.SHARED for row in report.layers):
        parts += [heading("Layers"), _layers(report), ""]
    if report.config:
        parts += [heading("Config"), *_settings(report), ""]
    if steps := _beside_layers(report):
        parts += [heading("Steps without a layer"), *_steps(steps), ""]
    if not isinstance(report.reproducible, msgspec.UnsetType):
        parts += [heading("As two builds of the same thing"), *_builds(report.reproducible), ""]
    show(console, out, *parts[:-1])


def _verdict(report: DiffReport) -> Table:
    summary, old, new = report.summary, report.old, report.new
    return facts(
        ("Old", _side(old)),
        ("New", _side(new)),
        ("Merged", _growth_words(report)),
        ("Paths", _kinds(report)),
        (
            "Pull",
            f"{words.size(summary.pull_cost)} in {words.counted(summary.pull_layers, 'layer')} "
            "for a host that has the old image",
        ),
        (
            "Wasted",
            f"{words.size(old.wasted)} to {words.size(new.wasted)} ({words.signed_size(summary.wasted_delta)}); "
            f"efficiency {words.efficiency(old.efficiency, missing_layers(old))} "
            f"to {words.efficiency(new.efficiency, missing_layers(new))}",
        ),
    )


def _side(side: SideBlock) -> str:
    named = f"{', '.join(side.names)}, " if side.names else ""
    missing = f", {words.are_missing(layers)}" if (layers := missing_layers(side)) else ""
    return f"{named}{side.platform}, {words.counted(side.layers, 'layer')}{missing} ({side.source})"


def _growth_words(report: DiffReport) -> Text:
    summary, old, new = report.summary, report.old, report.new
    if not summary.size_delta:
        return Text(f"{words.size(new.live)} in both", "green")
    change = f"{words.signed_size(summary.size_delta)}, {words.signed_percent(summary.growth_ratio)}"
    style = "red" if summary.size_delta > 0 else "green"
    return Text.assemble(f"{words.size(old.live)} to {words.size(new.live)} (", (change, style), ")")


def _kinds(report: DiffReport) -> Text:
    said = [
        (f"{words.number(total.count)} {kind.value}", _MARKS[kind][1])
        for kind, total in report.summary.changes.items()
        if total.count
    ]
    missing = not_compared(report)
    if not said and missing:
        return Text(f"none is known to differ: {missing}", "yellow")
    if not said:
        return Text("no path differs", "green")
    return Text(", ").join(Text(text, style) for text, style in said)


def _growth(report: DiffReport) -> Table:
    most = max(row.gained + row.lost for row in report.growth)
    result = table(">Delta", "", ">Gained", ">Lost", "Path")
    for row in report.growth:
        result.add_row(
            Text(words.signed_size(row.delta), _sign_style(row.delta)),
            _bar(row.gained, row.lost, most),
            words.size(row.gained) if row.gained else "",
            words.size(row.lost) if row.lost else "",
            Cut(words.place(row.path, directory=row.directory, rest=row.rest), by=words.cut_path),
        )
    return result


def _bar(gained: int, lost: int, most: int) -> Text:
    """Solid what was gained, shaded what was lost, beside the largest of all."""
    cells = max(1, round(_BAR * (gained + lost) / most))
    solid = round(cells * gained / (gained + lost))
    return Text.assemble(("█" * solid, "red"), ("░" * (cells - solid), "green"))


def _sign_style(delta: int) -> str:
    return "red" if delta > 0 else "green" if delta < 0 else ""


def _paths(report: DiffReport, top: int) -> Iterator[RenderableType]:
    """The paths that differ, those that moved the most bytes first; of as many bytes, by path."""
    rows = sorted(
        report.changes, key=lambda row: (-abs(row.size_delta), -max(row.size_before, row.size_after), row.path)
    )
    rows = [row for row in rows if row.type_after != "dir" or row.kind is not DiffKind.METADATA] or rows
    result = table("", ">Delta", ">Size", "What", "Path")
    for row in rows[:top]:
        mark, style = _MARKS[row.kind]
        result.add_row(
            Text(mark, style),
            words.signed_size(row.size_delta) if row.size_delta else "",
            words.size(max(row.size_before, row.size_after)) if "file" in (row.type_before, row.type_after) else "",
            Text(_what(row), style),
            path_cell(f"{row.moved_from} -> /{row.path}" if row.moved_from else row.path),
        )
    yield result
    yield from left_out(len(report.changes) - min(top, len(rows)), "path", IN_JSON)


def _what(row: PathRow) -> str:
    if row.kind is DiffKind.REPLACED:
        return f"{row.type_before} to {row.type_after}"
    if row.kind is DiffKind.METADATA:
        return ", ".join(row.aspects)
    return " ".join(
        [row.kind.value, *([f"({', '.join(row.aspects)})"] if row.kind is DiffKind.MOVED and row.aspects else [])]
    )


def _layers(report: DiffReport) -> Table:
    result = table("", ">Old", ">New", ">Blob", "Instruction")
    for run in _folded(report.layers):
        row = run[0]
        mark, style = _LAYER_MARKS[row.status]
        shown = row.new or row.old
        instruction = shown.instruction if shown else ""
        old = str(row.old.index) if row.old else ""
        new = str(row.new.index) if row.new else ""
        if len(run) > 1 and run[-1].old and run[-1].new:
            old, new = f"{old}-{run[-1].old.index}", f"{new}-{run[-1].new.index}"
            instruction = words.counted(len(run), "shared layer")
        size = sum(side.blob_size for one in run if (side := one.new or one.old))
        result.add_row(Text(mark, style), old, new, words.size(size), Cut(instruction or "(no history)", style))
    return result


def _folded(rows: list[LayerRow]) -> Iterator[list[LayerRow]]:
    """The rows one by one, but neighbours that both images share as one."""
    run: list[LayerRow] = []
    for row in rows:
        if row.status is LayerStatus.SHARED:
            run.append(row)
            continue
        if run:
            yield run
        run = []
        yield [row]
    if run:
        yield run


def _builds(rows: list[BuildRow]) -> Iterator[RenderableType]:
    if not rows:
        yield Text("reproducible: nothing differs", "green")
        return
    result = table("What", ">Layer", "Path", "Old", "New")
    for row in rows[:_BUILDS]:
        result.add_row(
            Cut(row.what, "red"),
            "" if row.layer is None else str(row.layer),
            path_cell(row.path) if row.path else "",
            Cut(row.old or ""),
            Cut(row.new or ""),
        )
    yield result
    yield from left_out(len(rows) - _BUILDS, "difference", IN_JSON)


def _beside_layers(report: DiffReport) -> list[StepRow]:
    """The steps that differ and that the table of layers does not show already."""
    shown = {side.instruction for row in report.layers for side in (row.old, row.new) if side}
    return [row for row in report.history if row.instruction not in shown]


def _steps(rows: list[StepRow]) -> Iterator[RenderableType]:
    result = Table.grid(padding=(0, 2, 0, 0))
    for row in rows[:_STEPS]:
        mark, style = _LAYER_MARKS[LayerStatus.INSERTED if row.image == "new" else LayerStatus.DROPPED]
        result.add_row(Text(mark, style), Cut(row.instruction, style))
    yield result
    yield from left_out(len(rows) - _STEPS, "step", IN_JSON)


def _settings(report: DiffReport) -> Iterator[RenderableType]:
    result = table("Setting", "Old", "New")
    for row in report.config[:_SETTINGS]:
        result.add_row(
            Cut(f"{row.field} {row.key}".rstrip()),
            Cut("" if row.old is None else row.old, "red"),
            Cut("" if row.new is None else row.new, "green"),
        )
    yield result
    yield from left_out(len(report.config) - _SETTINGS, "setting", IN_JSON)
