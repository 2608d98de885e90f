"""The table of rules, and the values of rules as people write them. `judging` holds an image to them."""

from __future__ import annotations

from ocianalyze.analysis.rules.given import Given, known, nearest
from ocianalyze.analysis.rules.rule import Rule, Takes
from ocianalyze.analysis.rules.table import OPTIONS, RULES

__all__ = ["OPTIONS", "RULES", "Given", "Rule", "Takes", "known", "nearest"]
