"""Rows of the listings that are not of files: changes, usage, duplicates, events, steps, matching lines, findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from ocianalyze.analysis.union.changes import Aspect, Change
from ocianalyze.errors import Remedy
from ocianalyze.model.finding import Finding, Level
from ocianalyze.model.instruction import instruction
from ocianalyze.report.values.change import ChangeRow
from ocianalyze.report.values.listings import BuildStepRow, DuplicateRow, EventRow, FindingRow, HitRow, UsageRow

if TYPE_CHECKING:
    from ocianalyze.analysis.query.duplicates import Duplicate
    from ocianalyze.analysis.query.pathhistory import Event
    from ocianalyze.analysis.query.usage import Usage
    from ocianalyze.analysis.union.analyze import Analysis
    from ocianalyze.contents.grep import Hit


def change_rows(changes: Iterable[Change]) -> Iterator[ChangeRow]:
    """*changes* as rows, made one by one: an image may have millions."""
    words: dict[Aspect, list[str]] = {}
    for change in changes:
        aspects = words.get(change.aspects)
        if aspects is None:
            aspects = words[change.aspects] = aspect_words(change.aspects)
        yield ChangeRow(
            layer=change.layer,
            path=change.path,
            kind=change.kind,
            aspects=aspects,
            size_before=change.size_before,
            size_after=change.size_after,
        )


def aspect_words(aspects: Aspect) -> list[str]:
    """The names of *aspects*, in the order of `Aspect`."""
    return [(one.name or "").lower() for one in Aspect if one in aspects]


def usage_rows(found: Iterable[Usage], top: str = "") -> Iterator[UsageRow]:
    """*found* as rows; depths count from the directory *top*."""
    above = _depth(top)
    for path, node, size, files in found:
        yield UsageRow(path=path, type=node.kind, size=size, files=files, depth=_depth(path) - above)


def duplicate_rows(found: Iterable[Duplicate]) -> Iterator[DuplicateRow]:
    """*found* as rows."""
    for one in found:
        yield DuplicateRow(
            size=one.size,
            copies=len(one.copies),
            saved=one.saved,
            paths=[list(copy.paths) for copy in one.copies],
            layers=[copy.layer for copy in one.copies],
            blake3=one.content.hex(),
        )


def event_rows(analysis: Analysis, events: Iterable[Event]) -> Iterator[EventRow]:
    """*events* as rows."""
    for event in events:
        [change] = change_rows([event.change])
        after = event.change.after
        yield EventRow(
            layer=change.layer,
            path=change.path,
            kind=change.kind,
            aspects=change.aspects,
            type=after.kind if after else None,
            size=change.size_after,
            stored=event.stored,
            live=event.stored - event.wasted,
            wasted=event.wasted,
            killed_by=event.killed_by,
            cause=event.cause,
            below=event.below,
            instruction=instruction(analysis.image.layers[change.layer].history),
        )


def step_rows(analysis: Analysis) -> list[BuildStepRow]:
    """The history, oldest step first."""
    rows = []
    for number, step in enumerate(analysis.image.history):
        layer = None if step.layer is None else analysis.image.layers[step.layer]
        rows.append(
            BuildStepRow(
                step=number,
                layer=step.layer,
                created=step.history.created,
                instruction=instruction(step.history),
                created_by=step.history.created_by,
                comment=step.history.comment,
                size=layer.size if layer else 0,
                tar_size=layer.tar_size if layer else 0,
                blob_size=layer.blob_size if layer else 0,
                compression=layer.compression if layer else None,
                digest=str(layer.digest) if layer and layer.digest else None,
                diff_id=str(layer.diff_id) if layer else None,
                chain_id=str(layer.chain_id) if layer else None,
            )
        )
    return rows


def finding_rows(
    found: Iterable[Finding], *, errors_only: bool = False, worded: Callable[[Remedy], str] = str
) -> list[FindingRow]:
    """*found* as rows, errors first; *worded* puts a remedy into words for whoever reads them."""
    rows = [
        FindingRow(
            level=one.level.value,
            code=one.code,
            message=f"{one.message}; {worded(one.remedy)}" if isinstance(one.remedy, Remedy) else one.message,
            image=one.image,
            layer=one.layer,
            path=one.path,
        )
        for one in found
        if not errors_only or one.level is Level.ERROR
    ]
    return sorted(rows, key=lambda row: row.level)


def hit_rows(found: Iterable[tuple[Hit, bool]]) -> Iterator[HitRow]:
    """*found* as rows, each with whether the final view shows it; made one by one, as layers are searched."""
    for hit, live in found:
        yield HitRow(
            path=hit.place.path,
            layer=hit.place.layer,
            live=live,
            line=hit.line,
            text=hit.text.decode("utf-8", "surrogateescape"),
        )


def _depth(path: str) -> int:
    return path.count("/") + 1 if path else 0
