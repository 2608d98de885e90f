"""Rules about the bytes that an image wastes, by our count and by dive's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocianalyze.analysis.rules.numbers import limit
from ocianalyze.model.finding import Unit

if TYPE_CHECKING:
    from ocianalyze.analysis.rules.case import Case


def _wasted_ratio(case: Case) -> float:
    waste = case.analysis.waste
    return waste.wasted / waste.stored if waste.stored else 0.0


RULES = (
    limit(
        "min-efficiency",
        Unit.RATIO,
        "Share of the stored bytes that is live.",
        lambda case: case.analysis.waste.efficiency,
        example='"95%"',
        least=True,
        shows_waste=True,
    ),
    limit(
        "max-wasted",
        Unit.BYTES,
        "Bytes wasted.",
        lambda case: case.analysis.waste.wasted,
        example='"20MB"',
        shows_waste=True,
    ),
    limit(
        "max-wasted-ratio",
        Unit.RATIO,
        "Bytes wasted, of those stored.",
        _wasted_ratio,
        example='"5%"',
        shows_waste=True,
    ),
    limit(
        "max-user-wasted-ratio",
        Unit.RATIO,
        "The same above the base image.",
        lambda case: case.analysis.waste.user_wasted_ratio,
        example='"10%"',
        shows_waste=True,
    ),
)
_BY_DIVE = " by dive's formula"
DIVE_RULES = (
    limit(
        "lowestEfficiency",
        Unit.RATIO,
        "dive's efficiency.",
        lambda case: case.analysis.dive.efficiency_score,
        least=True,
        shows_waste=True,
        said=_BY_DIVE,
        dive_default="0.9",
    ),
    limit(
        "highestWastedBytes",
        Unit.BYTES,
        "dive's wasted bytes.",
        lambda case: case.analysis.dive.inefficient_bytes,
        shows_waste=True,
        said=_BY_DIVE,
        dive_default="disabled",
    ),
    limit(
        "highestUserWastedPercent",
        Unit.RATIO,
        "dive's wasted bytes of those above the base.",
        lambda case: case.analysis.dive.user_wasted_percent,
        shows_waste=True,
        said=_BY_DIVE,
        dive_default="0.1",
    ),
)
"""Three numbers by dive's formulas, under dive's names; they come from a `.dive-ci` file."""
