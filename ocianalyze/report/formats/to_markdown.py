"""The report as a comment on a pull request: the verdict first, then size, layers and waste; never too long to post."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

import msgspec

from ocianalyze.report import words
from ocianalyze.report.formats.markdown import code, fitting, folded, left_out, plain, table
from ocianalyze.report.highlights import expired_notice, foremost, headline, missing_layers, secrets, secrets_headline
from ocianalyze.report.values.advice import AdviceRow
from ocianalyze.report.values.baseline import BaselineRow
from ocianalyze.report.values.documents import ReportDocument
from ocianalyze.report.values.report import LayerBlock, Report
from ocianalyze.report.values.verdict import VerdictBlock

_LAYERS = 60
_ADVICE = 8
_WASTED_PATHS = 15
_FAILURES = 40
_FAILED_PATHS = 5
_FIRST_FAILURES = 10
"""How many failures name that many paths; further ones name one, so that there is room for the rest of the report."""
_NAMES = 5
_INSTRUCTION = 120
_MESSAGE = 300


def write(document: ReportDocument, out: TextIO) -> None:
    """The report as Markdown, under `markdown.LIMIT` characters whatever the image."""
    out.writelines(fitting(_lines(document.report)))


def _lines(report: Report) -> Iterator[str]:
    image = report.image
    yield from _secrets(secrets(report))
    if isinstance(report.verdict, msgspec.UnsetType):
        yield f"### {words.size(image.merged.size)} in {words.counted(len(report.layers), 'layer')}"
    else:
        yield from _verdict(report.verdict)
    yield ""
    yield from _totals(report)
    if report.advice:
        yield ""
        yield "**To save**"
        yield ""
        yield from _advice(report.advice)
    if report.layers:
        yield ""
        yield from folded(words.counted(len(report.layers), "layer"), _layers(report.layers))
    if report.waste.wasted:
        yield ""
        yield "**Waste by cause**"
        yield ""
        causes = sorted(report.waste.by_cause.items(), key=lambda item: -item[1])
        rows = [(_size(size), words.cause(cause.value)) for cause, size in causes if size]
        yield from table((">Wasted", "Cause"), rows)
        yield ""
        shown = report.waste.paths[:_WASTED_PATHS]
        yield from folded(
            f"Most wasted: {words.counted(report.waste.paths_total, 'path')}", _wasted(report, len(shown))
        )
    yield ""
    names = [code(name, longest=_INSTRUCTION) for name in image.names[:_NAMES]]
    left = " " + words.more(len(image.names) - _NAMES) if len(image.names) > _NAMES else ""
    yield f"<sub>{', '.join(names) or 'unnamed image'}{left} {code(image.digest or image.config_digest or '')}</sub>"


def _secrets(rows: list[AdviceRow]) -> Iterator[str]:
    if not rows:
        return
    yield f"### \U0001f511 Secrets: {secrets_headline(rows)}"
    yield ""
    for row in rows[:_ADVICE]:
        shown = ", ".join(code("/" + path) for path in row.paths)
        left = row.paths_total - len(row.paths)
        yield f"- {shown}{' ' + words.more(left) if left else ''} (layer {row.written_by})"
    if len(rows) > _ADVICE:
        yield f"- {words.more(len(rows) - _ADVICE, 'layer')}"
    yield ""


def _size(count: int) -> str:
    return _unbroken(words.size(count))


def _unbroken(text: str) -> str:
    """*text* in one piece, however narrow its column is."""
    return text.replace(" ", "\u00a0")


def _advice(advice: list[AdviceRow]) -> Iterator[str]:
    shown = foremost(advice, _ADVICE)
    rows = [(_size(row.saving), plain(row.remedy), code(row.instruction, longest=_INSTRUCTION) or "") for row in shown]
    yield from table((">Saves", "How", "Instruction"), rows)
    yield from left_out(len(advice) - len(shown), "finding")


def _verdict(verdict: VerdictBlock) -> Iterator[str]:
    config = f" ({code(verdict.config)})" if verdict.config else ""
    said = headline(msgspec.structs.replace(verdict, config=None))
    yield f"### {'✅' if verdict.passed else '❌'} {said}{config}"
    yield ""
    for index, failure in enumerate(verdict.failures[:_FAILURES]):
        yield f"- {plain(failure.message, longest=_MESSAGE)}"
        shown = failure.paths[: _FAILED_PATHS if index < _FIRST_FAILURES else 1]
        for path in shown:
            yield f"  - {code('/' + path)}"
        left = failure.paths_total - len(shown)
        if left:
            yield f"  - {words.more(left, 'path')}"
    left = len(verdict.failures) - _FAILURES
    if left > 0:
        yield f"- {words.more(left, 'failure')}"
    for ignored in verdict.ignored[:_FAILURES]:
        why = f"{ignored.message} (ignored until {ignored.expires}: {ignored.reason})"
        yield f"- {plain(why, longest=_MESSAGE)}"
    for expired in verdict.expired[:_FAILURES]:
        yield f"- {plain(expired_notice(expired), longest=_MESSAGE)}"


def _totals(report: Report) -> Iterator[str]:
    image, waste = report.image, report.waste
    totals = {
        "Merged": _size(image.merged.size),
        "Stored": _size(image.size),
        "Blobs": _size(image.blob_size),
        "Layers": words.number(len(report.layers)),
        "Files": words.number(image.merged.files),
        "Wasted": _size(waste.wasted),
        "Wasted above the base": _size(waste.user_wasted),
        "Efficiency": words.efficiency(waste.efficiency, missing_layers(report)),
    }
    columns = [f">{name}" for name in totals]
    if isinstance(report.baseline, msgspec.UnsetType):
        yield from table(columns, [list(totals.values())])
    else:
        more = _since(report.baseline)
        rows = [["This image", *totals.values()], ["Since the baseline", *(more.get(name, "") for name in totals)]]
        yield from table(["", *columns], rows)


def _since(row: BaselineRow) -> dict[str, str]:
    return {
        "Merged": f"{_unbroken(words.signed_size(row.size_delta))} ({words.signed_percent(row.growth_ratio)})",
        "Files": f"{row.files_delta:+,}",
        "Wasted": _unbroken(words.signed_size(row.wasted_delta)),
    }


def _wasted(report: Report, count: int) -> Iterator[str]:
    waste = report.waste
    rows = [
        (
            _size(row.wasted),
            words.cause(row.cause.value) + (f" ({row.copies} copies)" if row.copies > 1 else ""),
            str(row.written_by),
            str(row.killed_by),
            code("/" + row.path),
        )
        for row in waste.paths[:count]
    ]
    yield from table((">Wasted", "Cause", ">Written by", ">Hidden by", "Path"), rows)
    yield from left_out(waste.paths_total - count, "path")


def _layers(layers: list[LayerBlock]) -> Iterator[str]:
    """The largest, in the order of the image."""
    shown = sorted(sorted(layers, key=lambda layer: -layer.size)[:_LAYERS], key=lambda layer: layer.index)
    rows = [
        (
            str(layer.index),
            _size(layer.size),
            _size(layer.wasted) if layer.wasted else "",
            code(layer.instruction, longest=_INSTRUCTION),
        )
        for layer in shown
    ]
    yield from table((">Layer", ">Size", ">Wasted", "Instruction"), rows)
    yield from left_out(len(layers) - len(shown), "layer", kind="smaller")
