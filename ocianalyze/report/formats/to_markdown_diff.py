"""The comparison as a comment on a pull request: the verdict first, the details folded, never too long to post."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

import msgspec

from ocianalyze.analysis.compare.layerdiff import LayerStatus
from ocianalyze.analysis.compare.treediff import DiffKind
from ocianalyze.report import words
from ocianalyze.report.formats.markdown import code, fitting, folded, left_out, plain, table
from ocianalyze.report.highlights import missing_layers, not_compared
from ocianalyze.report.values.diff import BuildRow, DiffReport, LayerRow, PathRow, SideBlock
from ocianalyze.report.values.documents import ComparisonDocument

_PATHS = 50
_LAYERS = 40
_SETTINGS = 40
_STEPS = 40
_BUILDS = 20
_INSTRUCTION = 120
_VALUE = 120
_MARKS = {
    LayerStatus.SHARED: "shared",
    LayerStatus.CHANGED: "**changed**",
    LayerStatus.INSERTED: "**inserted**",
    LayerStatus.DROPPED: "**dropped**",
}


def write(document: ComparisonDocument, out: TextIO) -> None:
    """The comparison as Markdown, under `markdown.LIMIT` characters whatever the images."""
    out.writelines(fitting(_lines(document.report)))


def _lines(report: DiffReport) -> Iterator[str]:
    yield f"### {_headline(report)}"
    yield ""
    yield from table(("", ">Old", ">New", ">Change"), _totals(report))
    if report.growth:
        yield ""
        yield "**Where the bytes went**"
        yield ""
        rows = [
            (words.signed_size(row.delta), code(words.place(row.path, directory=row.directory, rest=row.rest)))
            for row in report.growth
        ]
        yield from table((">Change", "Path"), rows)
    if report.changes:
        yield ""
        counts = [
            f"{words.number(total.count)} {kind.value}" for kind, total in report.summary.changes.items() if total.count
        ]
        yield from folded(f"Paths: {', '.join(counts)}", _paths(report))
    if any(row.status is not LayerStatus.SHARED for row in report.layers):
        yield ""
        yield from folded(f"Layers: {_pull(report)}", _layers(report))
    if report.config:
        yield ""
        yield from folded(f"Config: {words.counted(len(report.config), 'setting')} differ", _settings(report))
    if report.history:
        yield ""
        yield from folded(f"History: {words.counted(len(report.history), 'step')} differ", _history(report))
    if not isinstance(report.reproducible, msgspec.UnsetType):
        yield ""
        yield from _builds(report.reproducible)
    yield ""
    yield f"<sub>{_side(report.old)} → {_side(report.new)}</sub>"


def _headline(report: DiffReport) -> str:
    summary = report.summary
    if summary.identical:
        return "No path differs" if report.config or summary.size_delta else "No difference"
    if not any(total.count for total in summary.changes.values()) and (missing := not_compared(report)):
        return f"No path is known to differ: {missing}"
    if not summary.size_delta:
        return "Changed, and as large as before"
    what = "larger" if summary.size_delta > 0 else "smaller"
    return f"{words.size(abs(summary.size_delta))} {what} ({words.percent(abs(summary.growth_ratio))})"


def _totals(report: DiffReport) -> Iterator[tuple[str, str, str, str]]:
    old, new, summary = report.old, report.new, report.summary
    yield "Merged", words.size(old.live), words.size(new.live), words.signed_size(summary.size_delta)
    yield "Wasted", words.size(old.wasted), words.size(new.wasted), words.signed_size(summary.wasted_delta)
    efficiency = f"{100 * summary.efficiency_delta:+.1f} points"
    before, after = (words.efficiency(side.efficiency, missing_layers(side)) for side in (old, new))
    is_known = not missing_layers(old) and not missing_layers(new)
    yield "Efficiency", before, after, efficiency if is_known else ""
    yield "Layers", str(old.layers), str(new.layers), f"{new.layers - old.layers:+d}"
    blobs = new.blob_size - old.blob_size
    yield "Blobs", words.size(old.blob_size), words.size(new.blob_size), words.signed_size(blobs)
    yield "To pull", "", words.size(summary.pull_cost), words.counted(summary.pull_layers, "layer")


def _pull(report: DiffReport) -> str:
    summary = report.summary
    return f"{words.size(summary.pull_cost)} in {words.counted(summary.pull_layers, 'layer')} to pull"


def _paths(report: DiffReport) -> Iterator[str]:
    rows = sorted(report.changes, key=lambda row: (-abs(row.size_delta), row.path))
    yield from table((">Change", "What", "Path"), map(_path, rows[:_PATHS]))
    yield from left_out(len(rows) - _PATHS, "path")


def _path(row: PathRow) -> tuple[str, str, str]:
    what = row.kind.value
    if row.kind is DiffKind.REPLACED:
        what = f"{row.type_before} to {row.type_after}"
    elif row.aspects and row.kind is not DiffKind.CONTENT:
        what += f" ({', '.join(row.aspects)})"
    path = code("/" + row.path)
    return (
        words.signed_size(row.size_delta) if row.size_delta else "",
        what,
        f"{code('/' + row.moved_from)} → {path}" if row.moved_from else path,
    )


def _layers(report: DiffReport) -> Iterator[str]:
    rows = [row for row in report.layers if row.status is not LayerStatus.SHARED]
    yield from table((">Old", ">New", "", ">Blob", "Instruction"), map(_layer, rows[:_LAYERS]))
    shared = len(report.layers) - len(rows)
    yield ""
    yield f"{words.more(shared, 'layer', kind='shared')}, {words.counted(max(0, len(rows) - _LAYERS), 'more change')}"


def _layer(row: LayerRow) -> tuple[str, str, str, str, str]:
    side = row.new or row.old
    return (
        str(row.old.index) if row.old else "",
        str(row.new.index) if row.new else "",
        _MARKS[row.status],
        words.size(side.blob_size) if side else "",
        code(side.instruction, longest=_INSTRUCTION) if side else "",
    )


def _builds(rows: list[BuildRow]) -> Iterator[str]:
    if not rows:
        yield "As two builds of the same thing: reproducible, nothing differs."
        return
    cells = [
        (
            plain(row.what),
            "" if row.layer is None else str(row.layer),
            code("/" + row.path, longest=_VALUE) if row.path else "",
            _value(row.old),
            _value(row.new),
        )
        for row in rows[:_BUILDS]
    ]
    lines = [*table(("What", ">Layer", "Path", "Old", "New"), cells), *left_out(len(rows) - _BUILDS, "difference")]
    yield from folded(f"Not reproducible: {words.counted(len(rows), 'difference')}", lines)


def _settings(report: DiffReport) -> Iterator[str]:
    rows = [
        (plain(f"{row.field} {row.key}".rstrip(), longest=_VALUE), _value(row.old), _value(row.new))
        for row in report.config[:_SETTINGS]
    ]
    yield from table(("Setting", "Old", "New"), rows)
    yield from left_out(len(report.config) - _SETTINGS, "setting")


def _history(report: DiffReport) -> Iterator[str]:
    marks = {"old": "**dropped**", "new": "**inserted**"}
    rows = [(marks[row.image], code(row.instruction, longest=_INSTRUCTION)) for row in report.history[:_STEPS]]
    yield from table(("", "Instruction"), rows)
    yield from left_out(len(report.history) - _STEPS, "step")


def _value(value: str | None) -> str:
    return "" if value is None else code(value, longest=_VALUE)


def _side(side: SideBlock) -> str:
    return plain(", ".join(side.names) or side.source)
