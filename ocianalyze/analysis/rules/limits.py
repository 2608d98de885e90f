"""judge(analysis, rules) -> Verdict: which rules an image breaks, with the limit, the value and the paths of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain

from ocianalyze.analysis.query.matching import MOST_STEPS, Steps, match_names
from ocianalyze.analysis.query.predicates import described
from ocianalyze.analysis.query.select import select_all
from ocianalyze.analysis.rules.baseline import Baseline, count_files
from ocianalyze.analysis.rules.failure import MOST_PATHS, Failure, failure
from ocianalyze.analysis.rules.filerules import FileRules
from ocianalyze.analysis.rules.rules import ALL_NUMBERS, DIVE_NUMBERS, GROWTH, Ignore, RequiredPath, Rules, Unit
from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.errors import GiveBaseline, UsageError
from ocianalyze.model.documents import Runtime

NOT_JUDGED = "not judged"
"""The value of a rule that the image may break or not, because layers are missing."""
_WITHOUT_CONTENT = ("max-layers", "user-not-root", "required-label", "forbidden-env")
"""Rules that can be judged although layers are missing."""


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
    config: str | None = None
    """The file that rules came from, where one did."""

    @property
    def passed(self) -> bool:
        """Whether no rule failed."""
        return not self.failures


def judge(analysis: Analysis, rules: Rules, *, today: date, baseline: Baseline | None = None) -> Verdict:
    """Hold *analysis* to *rules*; ignore entries hold up to and on the day that they expire."""
    if rules.growth and baseline is None:
        raise UsageError(f"{rules.growth[0]} needs a baseline", remedy=GiveBaseline())
    holding = [one for one in rules.ignores if today <= one.expires]
    exempt = [one for one in holding if one.path]
    whole = {one.rule: one for one in holding if not one.path}
    found = list(
        chain(
            _numbers(analysis, rules),
            _growth(analysis, rules, baseline),
            FileRules(analysis, rules, exempt).failures(),
            _required(analysis, rules),
            _runtime(analysis.image.config.runtime or Runtime(), rules),
        )
    )
    found += _unseen(analysis, rules, found)
    return Verdict(
        checked=rules.names,
        failures=tuple(one for one in found if one.rule not in whole),
        ignored=tuple((one, whole[one.rule]) for one in found if one.rule in whole),
        expired=tuple(one for one in rules.ignores if today > one.expires),
    )


def _unseen(analysis: Analysis, rules: Rules, found: list[Failure]) -> list[Failure]:
    """The rules that seem to hold, but only because layers are missing: what nobody has seen passes no gate."""
    missing = ", ".join(str(layer.index) for layer in analysis.image.layers if layer.missing)
    if not missing:
        return []
    failed = {(one.rule, one.subject) for one in found}
    open_rules = [one for one in rules.names if one not in failed and one[0] not in _WITHOUT_CONTENT]
    return [failure(name, Unit.NONE, missing, NOT_JUDGED, [], subject=subject) for name, subject in open_rules]


def _numbers(analysis: Analysis, rules: Rules) -> Iterator[Failure]:
    limits = dict(rules.numbers)
    values = _measured(analysis)
    if "max-files" in limits:
        values["max-files"] = count_files(analysis)
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
                rule=name,
                unit=rule.unit,
                limit=limit,
                value=value,
                paths=tuple(paths),
                paths_total=len(waste),
                layer=max(analysis.image.layers, key=lambda layer: layer.size).index
                if name == "max-layer-size"
                else None,
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
            yield failure(name, unit, limit, value if unit is Unit.RATIO else int(value), paths)


def _measured(analysis: Analysis) -> dict[str, int | float]:
    """What the image has of each number; max-file-size is judged file by file, and max-files takes a walk."""
    waste, layers = analysis.waste, analysis.image.layers
    return {
        "min-efficiency": waste.efficiency,
        "max-wasted": waste.wasted,
        "max-wasted-ratio": waste.wasted / waste.stored if waste.stored else 0.0,
        "max-user-wasted-ratio": waste.user_wasted_ratio,
        "max-size": waste.stored,
        "max-blob-size": sum(layer.blob_size for layer in layers),
        "max-layer-size": max((layer.size for layer in layers), default=0),
        "max-layers": len(layers),
    }


def _required(analysis: Analysis, rules: Rules) -> Iterator[Failure]:
    wanted = select_all(analysis.tree, [rule.path for rule in rules.required_paths], Steps(MOST_STEPS))
    for rule, found in zip(rules.required_paths, wanted, strict=True):
        if not found:
            yield failure("required-path", Unit.NONE, _wanted(rule), "missing", [], subject=rule.path)
            continue
        for words, holds in rule.conditions:
            wrong = [one for one in found if not holds(*one)]
            if wrong:
                has = described(words.partition("=")[0], wrong[0].node)
                yield failure("required-path", Unit.NONE, words, has, [one.path for one in wrong], subject=rule.path)


def _wanted(rule: RequiredPath) -> str:
    return ", ".join(words for words, _ in rule.conditions) or "present"


def _runtime(runtime: Runtime, rules: Rules) -> Iterator[Failure]:
    """Failures of the rules about the config."""
    user = runtime.user or ""
    if rules.user_not_root and re.fullmatch(r"root|[+-]?0+|\s*", user.partition(":")[0]):
        yield failure("user-not-root", Unit.NONE, "another user", user or "root", [])
    labels = runtime.labels or {}
    for text in rules.required_labels:
        key, equals, wanted = text.partition("=")
        if key not in labels:
            yield failure("required-label", Unit.NONE, wanted or "present", "missing", [], subject=key)
        elif equals and labels[key] != wanted:
            yield failure("required-label", Unit.NONE, wanted, labels[key] or "", [], subject=key)
    names = [variable.partition("=")[0] for variable in runtime.env or ()]
    forbidden = match_names(names, rules.forbidden_env, Steps(MOST_STEPS))
    for pattern, hits in zip(rules.forbidden_env, forbidden, strict=True):
        if hits:
            yield failure("forbidden-env", Unit.NONE, "none", ", ".join(hits[:MOST_PATHS]), [], subject=pattern)
