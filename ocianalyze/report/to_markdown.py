"""The report as a comment on a pull request: the verdict first, then size, layers and waste; never too long to post."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

import msgspec

from ocianalyze.report import words
from ocianalyze.report.advising import AdviceRow
from ocianalyze.report.baseline import BaselineRow
from ocianalyze.report.document import LayerBlock, Report
from ocianalyze.report.markdown import code, fitting, folded, plain, table
from ocianalyze.report.verdict import VerdictBlock, headline

_LAYERS = 60
_ADVICE = 8
_WASTED_PATHS = 40
_FAILURES = 40
_FAILED_PATHS = 5
_NAMES = 5
_INSTRUCTION = 120
_MESSAGE = 300


def write(report: Report, out: TextIO) -> None:
    """*report* as Markdown, under `markdown.LIMIT` characters whatever the image."""
    out.writelines(fitting(_lines(report)))


def _lines(report: Report) -> Iterator[str]:
    image = report.image
    if isinstance(report.verdict, msgspec.UnsetType):
        yield f"### {words.size(image.merged.size)} in {words.counted(len(report.layers), 'layer')}"
    else:
        yield from _verdict(report.verdict)
    yield ""
    if isinstance(report.baseline, msgspec.UnsetType):
        yield from table(("", ">"), _totals(report))
    else:
        yield from table(("", ">", ">Since the baseline"), _since(report, report.baseline))
    if report.waste.wasted:
        yield ""
        yield "**Waste by cause**"
        yield ""
        causes = sorted(report.waste.by_cause.items(), key=lambda item: -item[1])
        yield from table((">Wasted", "Cause"), [(words.size(size), cause.value) for cause, size in causes if size])
        yield ""
        shown = report.waste.paths[:_WASTED_PATHS]
        yield from folded(
            f"Most wasted: {words.counted(report.waste.paths_total, 'path')}", _wasted(report, len(shown))
        )
    if report.advice:
        yield ""
        yield "**To save**"
        yield ""
        yield from _advice(report.advice)
    if report.layers:
        yield ""
        yield from folded(words.counted(len(report.layers), "layer"), _layers(report.layers))
    yield ""
    names = [code(name, longest=_INSTRUCTION) for name in image.names[:_NAMES]]
    left = f" and {len(image.names) - _NAMES} more" if len(image.names) > _NAMES else ""
    yield f"<sub>{', '.join(names) or 'unnamed image'}{left} {code(image.digest or image.config_digest or '')}</sub>"


def _advice(advice: list[AdviceRow]) -> Iterator[str]:
    """The first of the findings, and the last, which stands for all."""
    shown = advice if len(advice) <= _ADVICE else [*advice[: _ADVICE - 1], advice[-1]]
    rows = [
        (words.size(row.saving), plain(row.remedy), code(row.instruction, longest=_INSTRUCTION) or "") for row in shown
    ]
    yield from table((">Saves", "How", "Instruction"), rows)
    if len(advice) > len(shown):
        yield ""
        yield f"and {words.counted(len(advice) - len(shown), 'more finding')}"


def _verdict(verdict: VerdictBlock) -> Iterator[str]:
    yield f"### {'✅' if verdict.passed else '❌'} {headline(verdict)}"
    for failure in verdict.failures[:_FAILURES]:
        yield ""
        yield f"- {plain(failure.message, longest=_MESSAGE)}"
        for path in failure.paths[:_FAILED_PATHS]:
            yield f"  - {code('/' + path)}"
        left = failure.paths_total - len(failure.paths[:_FAILED_PATHS])
        if left:
            yield f"  - and {words.counted(left, 'more path')}"
    left = len(verdict.failures) - _FAILURES
    if left > 0:
        yield ""
        yield f"and {words.counted(left, 'more failure')}"
    for ignored in verdict.ignored[:_FAILURES]:
        yield ""
        why = f"{ignored.message} (ignored until {ignored.expires}: {ignored.reason})"
        yield f"- {plain(why, longest=_MESSAGE)}"


def _totals(report: Report) -> Iterator[tuple[str, str]]:
    image, waste = report.image, report.waste
    yield "Merged", words.size(image.merged.size)
    yield "Content of all layers", words.size(image.size)
    yield "Stored", words.size(image.blob_size)
    yield "Layers", words.number(len(report.layers))
    yield "Files", words.number(image.merged.files)
    yield "Wasted", words.size(waste.wasted)
    yield "Efficiency", words.percent(waste.efficiency)
    yield "Wasted above the base", words.size(waste.user_wasted)


def _since(report: Report, row: BaselineRow) -> Iterator[tuple[str, str, str]]:
    grown = f"{words.signed_size(row.size_delta)} ({words.signed_percent(row.growth_ratio)})"
    more = {"Merged": grown, "Wasted": words.signed_size(row.wasted_delta), "Files": f"{row.files_delta:+,}"}
    for name, value in _totals(report):
        yield name, value, more.get(name, "")


def _wasted(report: Report, count: int) -> Iterator[str]:
    waste = report.waste
    rows = [
        (
            words.size(row.wasted),
            row.cause.value + (f" ({row.copies} copies)" if row.copies > 1 else ""),
            str(row.written_by),
            str(row.killed_by),
            code("/" + row.path),
        )
        for row in waste.paths[:count]
    ]
    yield from table((">Wasted", "Cause", ">Written by", ">Killed by", "Path"), rows)
    left = waste.paths_total - count
    if left:
        yield ""
        yield f"and {words.counted(left, 'more path')}"


def _layers(layers: list[LayerBlock]) -> Iterator[str]:
    """The largest, in the order of the image."""
    shown = sorted(sorted(layers, key=lambda layer: -layer.size)[:_LAYERS], key=lambda layer: layer.index)
    rows = [
        (
            str(layer.index),
            words.size(layer.size),
            words.size(layer.wasted) if layer.wasted else "",
            code(layer.instruction, longest=_INSTRUCTION),
        )
        for layer in shown
    ]
    yield from table((">Layer", ">Size", ">Wasted", "Instruction"), rows)
    if len(layers) > len(shown):
        yield ""
        yield f"and {words.counted(len(layers) - len(shown), 'smaller layer')}"
