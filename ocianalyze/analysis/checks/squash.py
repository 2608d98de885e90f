"""The check of layers to squash: the fewest that hold most of the waste, and all above the base."""

from __future__ import annotations

from collections.abc import Iterator

from ocianalyze.analysis.checks.check import ImageCheck
from ocianalyze.analysis.checks.squash_saving import narrowest_range, squash_saving
from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.model.finding import Finding, FoundBy

_FEWEST = "or squash only the layers {} to {}, which hold most of it"
_ALL = "or squash the layers {} to {}, which takes their part in caching with it"


def _find(analysis: Analysis, check: ImageCheck) -> Iterator[Finding]:
    first, last = analysis.waste.base_layers, len(analysis.image.layers) - 1
    narrow = narrowest_range(analysis, first, last)
    ranges = [(narrow, _FEWEST)] if narrow else []
    if 0 <= first < last:
        ranges.append(((first, last), _ALL))
    for (lowest, highest), remedy in ranges:
        saving = squash_saving(analysis, lowest, highest)
        if saving > 0:
            yield Finding(
                code=check.code,
                message=check.meaning,
                level=check.level,
                found_by=FoundBy.CHECK,
                layer=lowest,
                hidden_by=highest,
                bytes=saving,
                remedy=remedy.format(lowest, highest),
            )


SQUASH = ImageCheck(code="squash", meaning="Neighbouring layers hide each other's files.", find=_find)
