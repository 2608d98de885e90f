"""A case for the rules to judge: the image, the baseline, and the paths that are exempt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ocianalyze.analysis.query.matching import MOST_STEPS, Steps, match_all
from ocianalyze.analysis.rules.baseline import Baseline
from ocianalyze.analysis.rules.ignore import Ignore
from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.analysis.union.tree import FileNode


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One image that is held to rules."""

    analysis: Analysis
    baseline: Baseline | None
    exempt: frozenset[tuple[str, str]]
    """(rule, path) of each path that an ignore entry exempts from a rule."""
    steps: Steps
    """Counts what the globs of all rules cost together."""

    def matching(self, globs: Sequence[str]) -> list[list[tuple[str, FileNode]]]:
        """For each of *globs* the (path, node) of all names of the merged view that match; one walk for all globs."""
        return match_all(self.analysis.tree, globs, self.steps)


def case(analysis: Analysis, baseline: Baseline | None, ignores: Iterable[Ignore]) -> Case:
    """The case of *analysis*, in which the paths that *ignores* name are exempt."""
    steps = Steps(MOST_STEPS)
    named = [one for one in ignores if one.path]
    found = match_all(analysis.tree, [one.path for one in named], steps)
    exempt = frozenset((one.rule, path) for one, matches in zip(named, found, strict=True) for path, _ in matches)
    return Case(analysis=analysis, baseline=baseline, exempt=exempt, steps=steps)
