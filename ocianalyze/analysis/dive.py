"""dive's three numbers by dive's own formulas, so that a team can switch without new thresholds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DiveCompat:
    """What dive would print for this image, double counting included."""

    efficiency_score: float
    inefficient_bytes: int
    user_size_bytes: int
    user_wasted_percent: float
    """A ratio, as dive's own; 0.0 where dive has NaN."""
