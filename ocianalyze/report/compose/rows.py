"""Rows of the query commands: what JSON lines and CSV hold, and what the text forms are laid out from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ocianalyze.analysis.query.duplicates import Duplicate
from ocianalyze.analysis.query.pathhistory import Event
from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.analysis.union.changes import ChangeKind
from ocianalyze.analysis.waste.usage import Usage
from ocianalyze.analysis.waste.waste import WasteCause
from ocianalyze.model.entry import EntryKind
from ocianalyze.model.instruction import instruction
from ocianalyze.report.compose.report import change_rows
from ocianalyze.report.values.report import Row


class UsageRow(Row, frozen=True, kw_only=True):
    """One name with what it and all below it hold."""

    path: str
    type: EntryKind
    size: int
    """Bytes of content; a hard-linked file counts once, where its first name is."""
    files: int
    depth: int
    """0 for where the listing starts."""


class DuplicateRow(Row, frozen=True, kw_only=True):
    """One content that is stored more than once."""

    size: int
    copies: int
    saved: int
    """Bytes that one copy would save: `size * (copies - 1)`."""
    paths: list[list[str]]
    """For each copy all its names: hard links are one copy."""
    layers: list[int]
    """The layer that stores each copy."""
    blake3: str
    """Digest of the content."""


class EventRow(Row, frozen=True, kw_only=True):
    """What one layer did to one path."""

    layer: int
    path: str
    kind: ChangeKind
    aspects: list[str]
    type: EntryKind | None
    """What it is after; null where it is removed."""
    size: int
    """Bytes of the file after."""
    stored: int
    """Bytes that this layer stores for it; a hard link stores none."""
    live: int
    wasted: int
    killed_by: int | None
    """The layer after which no name shows the copy."""
    cause: WasteCause | None
    below: int
    """Changes of paths below it in this layer."""
    instruction: str


class StepRow(Row, frozen=True, kw_only=True):
    """One step of the history, with the layer that it made."""

    step: int
    """0 is the oldest."""
    layer: int | None
    """Null for a step without a layer."""
    created: str | None
    instruction: str
    created_by: str | None
    """As the config has it."""
    comment: str | None
    size: int
    """Bytes of all files that the layer stores."""
    tar_size: int
    blob_size: int
    """Bytes as stored in the archive, compressed or not."""
    compression: str | None
    digest: str | None
    diff_id: str | None
    chain_id: str | None


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


def step_rows(analysis: Analysis) -> list[StepRow]:
    """The history, oldest step first."""
    rows = []
    for number, step in enumerate(analysis.image.history):
        layer = None if step.layer is None else analysis.image.layers[step.layer]
        rows.append(
            StepRow(
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


def _depth(path: str) -> int:
    return path.count("/") + 1 if path else 0
