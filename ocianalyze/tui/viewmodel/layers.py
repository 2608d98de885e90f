"""Sums over each layer, made once: a screen asks for them at every key."""

from __future__ import annotations

from dataclasses import dataclass

from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.analysis.union.changes import ChangeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerSums:
    """What one layer stores, does and wastes."""

    size: int
    """Bytes of the files that it stores."""
    changes: dict[ChangeKind, tuple[int, int]]
    """How many paths it changed in each way, and by how many bytes the merged tree grew through them."""
    wasted: int
    """Bytes that it stores and the final image does not show."""
    killed: int
    """Bytes of this layer and lower ones that it hid."""


def sum_layers(analysis: Analysis) -> tuple[LayerSums, ...]:
    """The sums of each layer, bottom layer first."""
    layers = analysis.image.layers
    wasted, killed = [0] * len(layers), [0] * len(layers)
    for path in analysis.waste.paths:
        for copy in path.copies:
            wasted[copy.written_by] += copy.size
            killed[copy.killed_by] += copy.size
    return tuple(
        LayerSums(
            size=layer.size,
            changes=_sum_changes(analysis, layer.index),
            wasted=wasted[layer.index],
            killed=killed[layer.index],
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
