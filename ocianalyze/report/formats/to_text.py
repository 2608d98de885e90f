"""The report on one screen: what the image is, what its layers did, what is wasted and by whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TextIO

import msgspec
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from ocianalyze.report import words
from ocianalyze.report.formats.text_identity import identity
from ocianalyze.report.highlights import expired_notice, foremost, headline, missing_layers
from ocianalyze.report.layout import (
    IN_JSON,
    PIPED_WIDTH,
    Cut,
    console_for,
    heading,
    left_out,
    path_cell,
    placed,
    show,
    table,
)
from ocianalyze.report.values.documents import ReportDocument
from ocianalyze.report.values.report import ChangeTotals, LayerBlock, Report
from ocianalyze.report.values.verdict import VerdictBlock

WASTED_PATHS = 8
"""How many wasted paths fit on the screen, unless the report was made with fewer."""
LARGEST_FILES = 5
ADVICE = 8
_NOTICES = 8
_FAILED_PATHS = 3
_WIDE = 120
_NARROW = 70
"""Below it, columns that can be done without leave their room to instructions and paths."""
_FOLD_ABOVE = 30
_BAR = 10

Counter = Callable[[ChangeTotals], int]


def write(document: ReportDocument, out: TextIO) -> None:
    """The report for people."""
    report, top = document.report, document.top
    console = console_for(out)
    parts: list[RenderableType] = [identity(report), ""]
    if not isinstance(report.verdict, msgspec.UnsetType):
        parts += [heading("Rules"), *_verdict(report.verdict), ""]
    if report.advice:
        parts += [heading("To save"), *_advice(report, top), ""]
    if report.layers:
        parts += [heading("Layers"), _layers(report, console.width), ""]
    if report.waste.paths:
        parts += [heading("Most wasted"), *_wasted_paths(report, console.width, top), ""]
    if report.largest_files:
        parts += [heading("Largest files"), _largest_files(report, LARGEST_FILES if top is None else top), ""]
    if report.notices:
        parts += [heading("Notices"), *_notices(report), ""]
    show(console, out, *parts[:-1])


def _verdict(verdict: VerdictBlock) -> Iterator[RenderableType]:
    yield Text(headline(verdict), "green" if verdict.passed else "bold red")
    for failure in verdict.failures:
        yield Text(words.safe_name(failure.message), "red", overflow="fold")
        for path in failure.paths[:_FAILED_PATHS]:
            yield Text("  " + words.safe_name("/" + path), overflow="fold")
        yield from left_out(failure.paths_total - len(failure.paths[:_FAILED_PATHS]), "path", indent="  ")
    for ignored in verdict.ignored:
        reason = f"{ignored.message} (ignored until {ignored.expires}: {ignored.reason})"
        yield Text(words.safe_name(reason), "dim", overflow="fold")
    for expired in verdict.expired:
        yield Text(words.safe_name(expired_notice(expired)), "yellow", overflow="fold")


def _layers(report: Report, width: int) -> Table:
    columns = _change_columns(report.layers, width)
    bars = [""] if width >= PIPED_WIDTH else []
    result = table(">#", ">Size", *bars, ">Wasted", *(f">{name}" for name, _ in columns), "Instruction")
    largest = max(layer.size for layer in report.layers)
    lowest = min(missing_layers(report), default=len(report.layers))
    for run in _folded(report.layers):
        wasted = sum(layer.wasted for layer in run)
        result.add_row(
            str(run[0].index) if len(run) == 1 else "…",
            words.size(sum(layer.size for layer in run)),
            *([_bar(run[0], largest) if len(run) == 1 else ""] if bars else []),
            Text(words.size(wasted) if wasted else "", "red"),
            *(_count(total, known=run[-1].index <= lowest) for total in _totals(run, columns)),
            _said_of(run),
        )
    return result


def _count(total: int, *, known: bool) -> str:
    """A number of changes; above a layer that is missing nobody knows what is new and what is changed."""
    return "?" if not known else words.number(total) if total else ""


def _totals(run: list[LayerBlock], columns: list[tuple[str, Counter]]) -> Iterator[int]:
    for _, count in columns:
        yield sum(count(layer.changes) for layer in run)


def _change_columns(layers: list[LayerBlock], width: int) -> list[tuple[str, Counter]]:
    """The kinds of change that occur, a column each; three sums where there is little room, none where even less."""
    if width < _NARROW:
        return []
    if width < _WIDE:
        return [
            ("Added", lambda changes: changes.added.count),
            ("Changed", lambda c: c.modified.count + c.metadata.count + c.replaced.count),
            ("Removed", lambda changes: changes.removed.count),
        ]
    every: list[tuple[str, Counter]] = [
        ("Added", lambda changes: changes.added.count),
        ("Modified", lambda changes: changes.modified.count),
        ("Metadata", lambda changes: changes.metadata.count),
        ("Replaced", lambda changes: changes.replaced.count),
        ("Removed", lambda changes: changes.removed.count),
        ("Unchanged", lambda changes: changes.unchanged.count),
    ]
    return [
        (name, count)
        for name, count in every
        if name in {"Added", "Removed"} or any(count(layer.changes) for layer in layers)
    ]


def _folded(layers: list[LayerBlock]) -> Iterator[list[LayerBlock]]:
    """The layers one by one; of a tall stack, neighbours that hardly weigh and waste nothing are one row."""
    total = sum(layer.size for layer in layers)
    run: list[LayerBlock] = []
    for layer in layers:
        light = len(layers) > _FOLD_ABOVE and not layer.wasted and layer.size * 1000 <= total
        if not light:
            if run:
                yield run
            yield [layer]
            run = []
        else:
            run.append(layer)
    if run:
        yield run


def _said_of(run: list[LayerBlock]) -> RenderableType:
    layer = run[0]
    if len(run) > 1:
        return Cut(f"{layer.index} to {run[-1].index}: {words.counted(len(run), 'small layer')}", "dim")
    if layer.missing:
        return Cut(f"(blob missing) {layer.instruction}", "red")
    return Cut(layer.instruction) if layer.instruction else Cut("(no history)", "dim")


def _bar(layer: LayerBlock, largest: int) -> Text:
    """The layer's size beside the largest: solid what lives, shaded what is wasted."""
    if not layer.size:
        return Text("")
    cells = round(_BAR * layer.size / largest)
    if not cells:
        return Text("▏", "red" if layer.wasted else "cyan")
    dead = min(cells, round(cells * layer.wasted / layer.size))
    return Text.assemble(("█" * (cells - dead), "cyan"), ("░" * dead, "red"))


def _wasted_paths(report: Report, width: int, top: int | None) -> Iterator[RenderableType]:
    waste = report.waste
    shown = waste.paths[: WASTED_PATHS if top is None else top]
    instructions = ["Instruction that hid it"] if width >= _WIDE else []
    causes = ["Cause"] if width >= _NARROW else []
    result = table(">Wasted", *causes, ">Written by", ">Hidden by", "Path", *instructions)
    for row in shown:
        hid = report.layers[row.killed_by].instruction
        copies = f" ({row.copies} copies)" if row.copies > 1 and width >= PIPED_WIDTH else ""
        result.add_row(
            words.size(row.wasted),
            *([words.cause(row.cause.value) + copies] if causes else []),
            str(row.written_by),
            str(row.killed_by),
            path_cell(row.path),
            *([Cut(hid, "dim")] if instructions else []),
        )
    yield result
    rest = waste.wasted - sum(row.wasted for row in shown)
    yield from left_out(waste.paths_total - len(shown), "path", f" with {words.size(rest)}")


def _advice(report: Report, top: int | None) -> Iterator[RenderableType]:
    result = table(">Saves", "What and how")
    rows = foremost(report.advice, ADVICE if top is None else top)
    for row in rows:
        style = "red" if row.code == "secret" else ""
        if row.paths:
            rest = f" {words.more(row.paths_total - 1, 'path')}" if row.paths_total > 1 else ""
            result.add_row(words.size(row.saving), placed("/" + row.paths[0], rest, style))
        result.add_row("" if row.paths else words.size(row.saving), Text(words.safe_name(row.remedy), style or "dim"))
    yield result
    yield from left_out(len(report.advice) - len(rows), "finding", IN_JSON)


def _largest_files(report: Report, top: int) -> Table:
    result = table(">Size", ">Layer", "Path")
    for row in report.largest_files[:top]:
        result.add_row(words.size(row.size), str(row.layer), placed("/" + row.path, words.linked(row.names)))
    return result


def _notices(report: Report) -> Iterator[RenderableType]:
    for notice in report.notices[:_NOTICES]:
        where = "" if notice.layer is None else f"layer {notice.layer}: "
        path = "" if notice.path is None else f" (/{notice.path})"
        yield Text(words.safe_name(f"{where}{notice.message}{path}"), "yellow", overflow="fold")
    yield from left_out(len(report.notices) - _NOTICES, "notice", IN_JSON)
