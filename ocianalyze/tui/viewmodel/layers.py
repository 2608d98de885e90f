"""Sums over each layer, made once: a screen needs them at every key."""

from __future__ import annotations

from dataclasses import dataclass

from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.analysis.union.changes import ChangeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerSums:
    """The bytes that one layer stores, changes, wastes and hides."""

    size: int
    """Bytes of the files that the layer stores."""
    changes: dict[ChangeKind, tuple[int, int]]
    """By kind of change, the number of paths and the bytes by which they made the merged tree grow."""
    wasted: int
    """Bytes that the layer stores and the final image does not show."""
    hidden: int
    """Bytes of this layer and of lower ones that the layer hid."""


def sum_layers(analysis: Analysis) -> tuple[LayerSums, ...]:
    """The sums of each layer, bottom layer first."""
    layers = analysis.image.layers
    wasted, hidden = [0] * len(layers), [0] * len(layers)
    for path in analysis.waste.paths:
        for copy in path.copies:
            wasted[copy.written_by] += copy.size
            hidden[copy.killed_by] += copy.size
    return tuple(
        LayerSums(
            size=layer.size,
            changes=_sum_changes(analysis, layer.index),
            wasted=wasted[layer.index],
            hidden=hidden[layer.index],
        )
        for layer in layers
    )


def _sum_changes(analysis: Analysis, layer: int) -> dict[ChangeKind, tuple[int, int]]:
    sums: dict[ChangeKind, list[int]] = {}
    for change in analysis.changes[layer]:
        entry = sums.setdefault(change.kind, [0, 0])
        entry[0] += 1
        entry[1] += change.size_delta
    return {kind: (sums[kind][0], sums[kind][1]) for kind in ChangeKind if kind in sums}
