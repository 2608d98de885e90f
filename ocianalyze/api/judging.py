"""Holding an image to rules: a set of rules, the baseline of some of them, and the verdict."""

from __future__ import annotations

from ocianalyze.analysis.rules.baseline import Baseline, baseline_of
from ocianalyze.analysis.rules.judge import Verdict, judge
from ocianalyze.analysis.rules.ruleset import Ruleset, make_ruleset

__all__ = ["Baseline", "Ruleset", "Verdict", "baseline_of", "judge", "make_ruleset"]
