"""Which step of the history made which layer."""

from __future__ import annotations

from collections.abc import Sequence

from ocianalyze.model.amount import counted
from ocianalyze.model.documents import History
from ocianalyze.model.finding import Finding
from ocianalyze.model.image import HistoryStep


def align(history: Sequence[History], layers: int) -> tuple[tuple[HistoryStep, ...], tuple[Finding, ...]]:
    """The steps with their layers' indexes, and a notice when they do not match up.

    Steps that are not marked `empty_layer` go to the layers in order, bottom first (image-spec, config.md,
    history). Layers beyond the history get an empty step each; steps beyond the layers get no layer.
    """
    steps: list[HistoryStep] = []
    used = 0
    wanted = 0
    for step in history:
        makes_layer = not step.empty_layer
        wanted += makes_layer
        index = used if makes_layer and used < layers else None
        used += index is not None
        steps.append(HistoryStep(history=step, layer=index))
    steps += [HistoryStep(history=History(), layer=index) for index in range(used, layers)]
    if wanted == layers or not history:
        return tuple(steps), ()
    made = f"{counted(wanted, 'step')} with a layer"
    message = f"the history has {made}, and the image {counted(layers, 'layer')}; matched from the bottom"
    return tuple(steps), (Finding(code="history-mismatch", message=message),)
