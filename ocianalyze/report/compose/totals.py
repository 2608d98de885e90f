"""How many paths each layer changed, and their bytes, by kind of change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress

from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.analysis.union.changes import Change, ChangeKind
from ocianalyze.model.entry import EntryKind, kind_of
from ocianalyze.model.image import Layer
from ocianalyze.report.values.report import ChangeTotal, ChangeTotals


def change_totals(analysis: Analysis, layer: Layer) -> ChangeTotals:
    """How many paths *layer* changed in each way, and the bytes of the files there.

    Most of what layers do is to add, and an image may add a million files. A layer's changes show whatever it stores
    and does not kill itself, so that what is added has the bytes that the other changes leave of that. Only hard links
    can show what a lower layer stores, or one file twice: with them every change is looked at.
    """
    changes = analysis.changes[layer.index]
    kinds = [change[2] for change in changes]
    counts = {kind: kinds.count(kind) for kind in ChangeKind}
    has_links = EntryKind.HARDLINK in map(kind_of, layer.entries)
    sizes = {
        kind: _bytes(_of_kind(kind, changes, kinds)) if counts[kind] else 0
        for kind in ChangeKind
        if has_links or kind is not ChangeKind.ADDED
    }
    if not has_links:
        killed_itself = analysis.waste.by_layer_pair.get((layer.index, layer.index), 0)
        shown = sum(size for kind, size in sizes.items() if kind is not ChangeKind.REMOVED)
        sizes[ChangeKind.ADDED] = layer.size - killed_itself - shown
    return ChangeTotals(**{kind.value: ChangeTotal(count=counts[kind], bytes=sizes[kind]) for kind in ChangeKind})


def _of_kind(kind: ChangeKind, changes: Sequence[Change], kinds: list[ChangeKind]) -> Iterable[Change]:
    return compress(changes, [one is kind for one in kinds])


def _bytes(changes: Iterable[Change]) -> int:
    """Bytes of the files of *changes*, each once however many names it has."""
    # The names of a file are one node: to tell it from others takes no comparison.
    nodes = {change[4] if change[5] is None else change[5] for change in changes}  # before and after
    return sum([node.entry.size for node in nodes if node and node.entry])
