"""One rule that an image breaks."""

from __future__ import annotations

from dataclasses import dataclass

from ocianalyze.analysis.rules.rules import Unit

MOST_PATHS = 20
"""How many paths a failure names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One rule that the image breaks."""

    rule: str
    unit: Unit
    limit: int | float | str
    """What is allowed: a number in *unit*, or the words of the rule."""
    value: int | float | str
    """What the image has."""
    subject: str = ""
    """The glob of a budget, for one."""
    paths: tuple[str, ...] = ()
    """The first `MOST_PATHS` of those at fault, the largest first where size is at fault."""
    paths_total: int = 0
    layer: int | None = None
    """The layer at fault, of a rule about layers."""


def failure(
    rule: str, unit: Unit, limit: int | float | str, value: int | float | str, paths: list[str], *, subject: str = ""
) -> Failure:
    """The failure of *rule* at *paths*, of which it keeps the first."""
    return Failure(
        rule=rule,
        unit=unit,
        limit=limit,
        value=value,
        subject=subject,
        paths=tuple(paths[:MOST_PATHS]),
        paths_total=len(paths),
    )
