"""Rules about the growth of an image beyond its baseline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from ocianalyze.analysis.rules.given import Given
from ocianalyze.analysis.rules.numbers import METAVARS, Number, number_failed, parse_number
from ocianalyze.analysis.rules.rule import Rule, Takes
from ocianalyze.errors import located
from ocianalyze.model.amount import parse_ratio
from ocianalyze.model.finding import Finding, Unit

if TYPE_CHECKING:
    from ocianalyze.analysis.rules.baseline import Increase
    from ocianalyze.analysis.rules.case import Case


def _growth_limit(name: str, unit: Unit, meaning: str, grown: Callable[[Increase], int], *, example: str,
                  is_share_too: bool = False, shows_waste: bool = False) -> Rule[Number]:  # fmt: skip
    """A rule that fails when the growth is more than its number; a share is of the bytes of the baseline."""

    def parse(given: Given) -> list[Number]:
        text = str(given.value).strip()
        if is_share_too and text.endswith("%"):
            with located(given.where):
                return [parse_ratio(text)]
        return [parse_number(given, unit)]

    def judge(case: Case, demands: Sequence[Number]) -> Iterator[Finding]:
        if case.baseline is None:
            return
        growth = case.baseline.growth(case.analysis)
        for demand in demands:
            is_share = isinstance(demand, float)
            value = growth.ratio if is_share else grown(growth)
            if value > demand:
                shown_in = Unit.RATIO if is_share else unit
                paths = case.baseline.newly_wasted(case.analysis.waste) if shows_waste else []
                yield number_failed(name, shown_in, demand, value, said=" more than the baseline", paths=paths)

    return Rule(
        name=name,
        takes=Takes.VALUE,
        meaning=meaning,
        metavar=f"{METAVARS[unit]}|RATIO" if is_share_too else METAVARS[unit],
        example=example,
        parse=parse,
        judge=judge,
        needs_baseline=True,
    )


RULES = (
    _growth_limit(
        "max-growth",
        Unit.BYTES,
        "Bytes of the merged view beyond the baseline's; or a share.",
        lambda growth: growth.size,
        example='"3%"',
        is_share_too=True,
    ),
    _growth_limit(
        "max-new-waste",
        Unit.BYTES,
        "Bytes wasted beyond the baseline's.",
        lambda growth: growth.wasted,
        example='"1MB"',
        shows_waste=True,
    ),
    _growth_limit(
        "max-new-files",
        Unit.COUNT,
        "Files in the merged view beyond the baseline's.",
        lambda growth: growth.files,
        example="100",
    ),
)
