"""The layers of two images beside each other, and the layers that a host with the old image must fetch for the new."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from ocianalyze.analysis.compare.sequences import common_sequence, similar_sequence
from ocianalyze.model.image import Image, Layer
from ocianalyze.model.instruction import instruction


class LayerStatus(Enum):
    """How a layer of one image stands to the other image. The values are the words that reports use."""

    SHARED = "shared"
    """The same diff ID in both images."""
    CHANGED = "changed"
    """Another layer by the same or a similar instruction, or in the same place."""
    INSERTED = "inserted"
    DROPPED = "dropped"


class LayerPair(NamedTuple):
    """One row of the alignment: indexes of the layers, None where an image has none there."""

    old: int | None
    new: int | None
    status: LayerStatus


def align_layers(old: Image, new: Image) -> tuple[LayerPair, ...]:
    """The layers by diff ID, as a longest common sequence: an inserted layer shifts nothing.

    Between two shared layers, layers by the same instruction belong together, then layers by an edited instruction,
    then layers in the same place where equally many are left.
    """
    anchors = common_sequence(list(old.diff_ids), list(new.diff_ids))
    rows: list[LayerPair] = []
    at_old = at_new = 0
    for next_old, next_new in [*anchors, (len(old.layers), len(new.layers))]:
        rows += _gap(old.layers[at_old:next_old], new.layers[at_new:next_new])
        if next_old < len(old.layers):
            rows.append(LayerPair(next_old, next_new, LayerStatus.SHARED))
        at_old, at_new = next_old + 1, next_new + 1
    return tuple(rows)


def layers_to_pull(old: Image, new: Image) -> tuple[Layer, ...]:
    """The layers of *new* that a host with the layers of *old* lacks, lowest first.

    A layer is there when its blob or its uncompressed content is. A layer that *new* lists twice is fetched once.
    """
    there: set[str] = {*old.diff_ids, *(layer.digest for layer in old.layers if layer.digest)}
    needed: dict[str, Layer] = {}
    for layer in new.layers:
        if layer.diff_id not in there and (layer.digest or layer.diff_id) not in there:
            needed.setdefault(layer.digest or layer.diff_id, layer)
    return tuple(needed.values())


def _gap(old: Sequence[Layer], new: Sequence[Layer]) -> list[LayerPair]:
    """The rows between two shared layers."""
    rows: list[LayerPair] = []
    at_old = at_new = 0
    old_texts, new_texts = [_recognised_by(layer) for layer in old], [_recognised_by(layer) for layer in new]
    for next_old, next_new in [*common_sequence(old_texts, new_texts), (len(old), len(new))]:
        rows += _alike(old[at_old:next_old], new[at_new:next_new])
        if next_old < len(old):
            rows.append(LayerPair(old[next_old].index, new[next_new].index, LayerStatus.CHANGED))
        at_old, at_new = next_old + 1, next_new + 1
    return rows


def _alike(old: Sequence[Layer], new: Sequence[Layer]) -> list[LayerPair]:
    """The rows of layers by different instructions: pairs of edited ones, and the layers between those."""
    rows: list[LayerPair] = []
    at_old = at_new = 0
    edited = similar_sequence([_recognised_by(layer) for layer in old], [_recognised_by(layer) for layer in new])
    for next_old, next_new in [*edited, (len(old), len(new))]:
        rows += _unlike(old[at_old:next_old], new[at_new:next_new])
        if next_old < len(old):
            rows.append(LayerPair(old[next_old].index, new[next_new].index, LayerStatus.CHANGED))
        at_old, at_new = next_old + 1, next_new + 1
    return rows


def _unlike(old: Sequence[Layer], new: Sequence[Layer]) -> list[LayerPair]:
    if len(old) == len(new):
        return [LayerPair(a.index, b.index, LayerStatus.CHANGED) for a, b in zip(old, new, strict=True)]
    dropped = [LayerPair(layer.index, None, LayerStatus.DROPPED) for layer in old]
    return dropped + [LayerPair(None, layer.index, LayerStatus.INSERTED) for layer in new]


def _recognised_by(layer: Layer) -> str:
    """The text that a layer is recognised by: its instruction, or without one its diff ID."""
    return instruction(layer.history) or layer.diff_id
