"""advice_rows(analysis): what the image could do without, and what squashing its layers would save."""

from __future__ import annotations

from ocianalyze.analysis.advice.advice import advise
from ocianalyze.analysis.advice.squash import narrowest_range, squash_saving
from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.model.instruction import instruction
from ocianalyze.report.values.advice import AdviceRow


def advice_rows(analysis: Analysis) -> list[AdviceRow]:
    """Secrets first, then what saves the most; last what squashing would save: few layers, and all above the base."""
    rows = [
        AdviceRow(
            code=one.code,
            remedy=one.remedy,
            saving=one.saving,
            written_by=one.written_by,
            killed_by=one.killed_by,
            instruction=instruction(analysis.image.layers[one.written_by].history),
            paths=list(one.paths),
            paths_total=one.paths_total,
        )
        for one in advise(analysis)
    ]
    first, last = analysis.waste.base_layers, len(analysis.image.layers) - 1
    narrow = narrowest_range(analysis, first, last)
    if narrow:
        rows += _squash(analysis, *narrow, "or squash only the layers {} to {}, which hold most of it")
    if 0 <= first < last:
        rows += _squash(
            analysis, first, last, "or squash the layers {} to {}, which takes their part in caching with it"
        )
    return rows


def _squash(analysis: Analysis, first: int, last: int, remedy: str) -> list[AdviceRow]:
    """A row with the exact saving of squashing the layers *first* to *last*; no row where it saves nothing."""
    saving = squash_saving(analysis, first, last)
    if saving <= 0:
        return []
    return [
        AdviceRow(
            code="squash",
            remedy=remedy.format(first, last),
            saving=saving,
            written_by=first,
            killed_by=last,
            instruction="",
            paths=[],
            paths_total=0,
        )
    ]
