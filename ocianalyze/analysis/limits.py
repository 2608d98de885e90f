"""judge(analysis, rules) -> Verdict: which rules an image breaks, with the limit, the value and the paths of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain

from ocianalyze.analysis.analyze import Analysis
from ocianalyze.analysis.baseline import Baseline
from ocianalyze.analysis.rules import ALL_NUMBERS, DIVE_NUMBERS, GROWTH, Ignore, RequiredPath, Rules, Unit
from ocianalyze.analysis.select import glob, select
from ocianalyze.analysis.tree import StoredAt
from ocianalyze.analysis.waste import stored_bytes
from ocianalyze.errors import UsageError
from ocianalyze.model.documents import Runtime
from ocianalyze.model.entry import EntryKind

MOST_PATHS = 20
"""How many paths a failure names."""
_SETUID_OR_SETGID = 0o6000


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of the rules. No rule, no verdict."""

    checked: tuple[tuple[str, str], ...]
    """(name, subject) of each rule that was applied, the ignored ones too."""
    failures: tuple[Failure, ...]
    ignored: tuple[tuple[Failure, Ignore], ...]
    """Failures that an ignore entry excuses."""
    expired: tuple[Ignore, ...]
    """Ignore entries that hold no longer."""

    @property
    def passed(self) -> bool:
        """Whether no rule failed."""
        return not self.failures


def judge(analysis: Analysis, rules: Rules, *, today: date, baseline: Baseline | None = None) -> Verdict:
    """Hold *analysis* to *rules*; ignore entries hold up to and on the day that they expire."""
    if rules.growth and baseline is None:
        raise UsageError(f"{rules.growth[0]} needs a baseline", hint="--baseline names an earlier report or image")
    holding = [one for one in rules.ignores if today <= one.expires]
    exempt = [one for one in holding if one.matches]
    whole = {one.rule: one for one in holding if not one.matches}
    files = _Files(rules, exempt)
    files.look(analysis)
    found = list(
        chain(
            _numbers(analysis, rules, files),
            _growth(analysis, rules, baseline),
            files.failures(),
            _required(analysis, rules),
            _runtime(analysis.image.config.runtime or Runtime(), rules),
        )
    )
    return Verdict(
        checked=rules.names,
        failures=tuple(one for one in found if one.rule not in whole),
        ignored=tuple((one, whole[one.rule]) for one in found if one.rule in whole),
        expired=tuple(one for one in rules.ignores if today > one.expires),
    )


class _Files:
    """What one walk through the merged view finds of all rules about files."""

    def __init__(self, rules: Rules, exempt: list[Ignore]) -> None:
        self._rules = rules
        self._exempt = exempt
        self._largest_allowed = dict(rules.numbers).get("max-file-size")
        self.files = 0
        self._setuid: list[str] = []
        self._too_large: list[tuple[int, str]] = []
        self._forbidden: list[list[str]] = [[] for _ in rules.forbidden_paths]
        self._spent: list[dict[StoredAt, tuple[int, str]]] = [{} for _ in rules.budgets]

    def look(self, analysis: Analysis) -> None:
        """Walk through the merged view."""
        rules, largest = self._rules, self._largest_allowed
        for path, node in analysis.tree.walk():
            for rule, hits in zip(rules.forbidden_paths, self._forbidden, strict=True):
                if rule.matches.fullmatch(path) and not self._is_exempt("forbidden-path", path):
                    hits.append(path)
            entry = node.entry
            if entry is None or node.stored_at is None or entry.kind is not EntryKind.FILE:
                continue
            self.files += 1
            if rules.no_setuid and entry.mode & _SETUID_OR_SETGID and not self._is_exempt("no-setuid", path):
                self._setuid.append(path)
            if largest is not None and entry.size > largest and not self._is_exempt("max-file-size", path):
                self._too_large.append((-entry.size, path))
            for budget, spent in zip(rules.budgets, self._spent, strict=True):
                if entry.size and budget.matches.fullmatch(path) and not self._is_exempt("budget", path):
                    spent.setdefault(node.stored_at, (-entry.size, path))

    def failures(self) -> Iterator[Failure]:
        """Of the rules that are about files."""
        if self._too_large:
            self._too_large.sort()
            yield _failure(
                "max-file-size",
                Unit.BYTES,
                self._largest_allowed or 0,
                -self._too_large[0][0],
                [path for _, path in self._too_large],
            )
        for budget, spent in zip(self._rules.budgets, self._spent, strict=True):
            used = -sum(size for size, _ in spent.values())
            if used > budget.limit:
                paths = [path for _, path in sorted(spent.values())]
                yield _failure("budget", Unit.BYTES, budget.limit, used, paths, subject=budget.glob)
        for rule, hits in zip(self._rules.forbidden_paths, self._forbidden, strict=True):
            if hits:
                yield _failure("forbidden-path", Unit.NONE, "none", len(hits), hits, subject=rule.glob)
        if self._setuid:
            yield _failure("no-setuid", Unit.NONE, "none", len(self._setuid), self._setuid)

    def _is_exempt(self, rule: str, path: str) -> bool:
        return any(one.rule == rule and one.matches and one.matches.fullmatch(path) for one in self._exempt)


def _failure(
    rule: str, unit: Unit, limit: int | float | str, value: int | float | str, paths: list[str], *, subject: str = ""
) -> Failure:
    return Failure(
        rule=rule,
        unit=unit,
        limit=limit,
        value=value,
        subject=subject,
        paths=tuple(paths[:MOST_PATHS]),
        paths_total=len(paths),
    )


def _numbers(analysis: Analysis, rules: Rules, files: _Files) -> Iterator[Failure]:
    limits = dict(rules.numbers)
    values = _measured(analysis, files)
    if limits.keys() & DIVE_NUMBERS.keys():
        dive = analysis.dive
        values |= {
            "lowestEfficiency": dive.efficiency_score,
            "highestWastedBytes": dive.inefficient_bytes,
            "highestUserWastedPercent": dive.user_wasted_percent,
        }
    for name, rule in ALL_NUMBERS.items():
        if name not in limits or name not in values:
            continue
        limit, value = limits[name], values[name]
        if value < limit if rule.least else value > limit:
            waste = analysis.waste.paths if "wasted" in name.lower() or rule.least else ()
            paths = [one.path for one in waste[:MOST_PATHS]]
            yield Failure(
                rule=name, unit=rule.unit, limit=limit, value=value, paths=tuple(paths), paths_total=len(waste)
            )


def _growth(analysis: Analysis, rules: Rules, baseline: Baseline | None) -> Iterator[Failure]:
    """Failures of the rules about what is more than in the baseline."""
    if baseline is None:
        return
    growth = baseline.growth(analysis)
    values = {"max-growth": growth.size, "max-new-waste": growth.wasted, "max-new-files": growth.files}
    for name, limit in rules.numbers:
        if name not in GROWTH:
            continue
        unit, value = GROWTH[name].unit, float(values[name])
        if isinstance(limit, float):
            unit, value = Unit.RATIO, growth.ratio
        if value > limit:
            paths = baseline.newly_wasted(analysis.waste) if name == "max-new-waste" else []
            yield _failure(name, unit, limit, value if unit is Unit.RATIO else int(value), paths)


def _measured(analysis: Analysis, files: _Files) -> dict[str, int | float]:
    """What the image has of each number; max-file-size is judged file by file."""
    waste, layers = analysis.waste, analysis.image.layers
    return {
        "min-efficiency": waste.efficiency,
        "max-wasted": waste.wasted,
        "max-wasted-ratio": waste.wasted / waste.stored if waste.stored else 0.0,
        "max-user-wasted-ratio": waste.user_wasted_ratio,
        "max-size": waste.stored,
        "max-blob-size": sum(layer.blob_size for layer in layers),
        "max-layer-size": max(map(stored_bytes, layers), default=0),
        "max-layers": len(layers),
        "max-files": files.files,
    }


def _required(analysis: Analysis, rules: Rules) -> Iterator[Failure]:
    for rule in rules.required_paths:
        try:
            found = select(analysis.tree, rule.path)
        except UsageError:
            yield _failure("required-path", Unit.NONE, _wanted(rule), "missing", [], subject=rule.path)
            continue
        for words, holds in rule.conditions:
            wrong = [path for path, node in found if not holds(path, node)]
            if wrong:
                yield _failure("required-path", Unit.NONE, words, "otherwise", wrong, subject=rule.path)


def _wanted(rule: RequiredPath) -> str:
    return ", ".join(words for words, _ in rule.conditions) or "present"


def _runtime(runtime: Runtime, rules: Rules) -> Iterator[Failure]:
    """Failures of the rules about the config."""
    user = runtime.user or ""
    if rules.user_not_root and user.partition(":")[0] in ("", "root", "0"):
        yield _failure("user-not-root", Unit.NONE, "another user", user or "root", [])
    labels = runtime.labels or {}
    for text in rules.required_labels:
        key, equals, wanted = text.partition("=")
        if key not in labels:
            yield _failure("required-label", Unit.NONE, wanted or "present", "missing", [], subject=key)
        elif equals and labels[key] != wanted:
            yield _failure("required-label", Unit.NONE, wanted, labels[key] or "", [], subject=key)
    names = [variable.partition("=")[0] for variable in runtime.env or ()]
    for pattern in rules.forbidden_env:
        hits = [name for name in names if glob(pattern).fullmatch(name)]
        if hits:
            yield _failure("forbidden-env", Unit.NONE, "none", ", ".join(hits[:MOST_PATHS]), [], subject=pattern)
