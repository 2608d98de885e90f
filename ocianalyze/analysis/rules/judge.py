"""judge(analysis, ruleset) -> Verdict: which rules an image breaks, each as a finding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ocianalyze.analysis.rules.baseline import Baseline
from ocianalyze.analysis.rules.case import case
from ocianalyze.analysis.rules.ignore import Ignore
from ocianalyze.analysis.rules.rule import failed, without_number
from ocianalyze.analysis.rules.ruleset import Ruleset
from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.errors import GiveBaseline, UsageError
from ocianalyze.model.amount import are_missing
from ocianalyze.model.finding import Finding

NOT_JUDGED = "not judged"
"""The value of a rule that the image may break or not, because layers are missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The outcome of the rules. Without rules there is no verdict."""

    checked: tuple[tuple[str, str], ...]
    """(name, subject) of each rule that was applied, the ignored ones too."""
    failures: tuple[Finding, ...]
    ignored: tuple[tuple[Finding, Ignore], ...]
    """Failures that an ignore entry excuses."""
    expired: tuple[Ignore, ...]
    """Ignore entries that have expired."""
    config: str | None = None
    """The file that rules come from; None where options and variables alone make them."""

    @property
    def passed(self) -> bool:
        """Whether no rule failed."""
        return not self.failures


def judge(analysis: Analysis, ruleset: Ruleset, *, today: date, baseline: Baseline | None = None) -> Verdict:
    """Hold *analysis* to *ruleset*; ignore entries hold up to and on the day that they expire.

    Raises UsageError where a rule needs a *baseline* and there is none.
    """
    if ruleset.needing_baseline and baseline is None:
        raise UsageError(f"{ruleset.needing_baseline[0]} needs a baseline", remedy=GiveBaseline())
    holding = [one for one in ruleset.ignores if today <= one.expires]
    whole = {one.rule: one for one in holding if not one.path}
    at_hand = case(analysis, baseline, holding)
    found = [failure for one in ruleset.applied for failure in one.rule.judge(at_hand, one.demands)]
    found += _unseen(analysis, ruleset, found)
    return Verdict(
        checked=ruleset.names,
        failures=tuple(one for one in found if one.code not in whole),
        ignored=tuple((one, whole[one.code]) for one in found if one.code in whole),
        expired=tuple(one for one in ruleset.ignores if today > one.expires),
    )


def _unseen(analysis: Analysis, ruleset: Ruleset, found: list[Finding]) -> list[Finding]:
    """Failures of rules that seem to hold only because layers are missing: unseen content passes no gate."""
    layers = analysis.image.missing_layers
    missing = ", ".join(map(str, layers))
    if not missing:
        return []
    broken = {(one.code, one.subject) for one in found}
    without_layers = {one.rule.name for one in ruleset.applied if not one.rule.needs_layers}
    said = f"not judged: {are_missing(layers)}"
    return [
        failed(name, said, without_number(missing, NOT_JUDGED), subject=subject)
        for name, subject in ruleset.names
        if (name, subject) not in broken and name not in without_layers
    ]
