"""dive's numbers, as part of a report."""

from __future__ import annotations

from ocianalyze.report.values.blocks import Row


class DiveCompatRow(Row, frozen=True, kw_only=True, rename="camel"):
    """What dive would print, under dive's names and by its formulas.

    They differ from `waste`: dive counts the copy that is kept as inefficient too, misses what opaque markers
    and changes of type hide, and gives a ratio under the name of a percentage.
    """

    efficiency_score: float
    inefficient_bytes: int
    user_size_bytes: int
    user_wasted_percent: float
