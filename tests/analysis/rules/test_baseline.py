"""Rules that judge only what got worse since an earlier image."""

from __future__ import annotations

from typing import Any

import pytest

from ocianalyze.analysis.rules.baseline import baseline_of
from ocianalyze.analysis.rules.given import Given
from ocianalyze.analysis.rules.judge import Verdict, judge
from ocianalyze.analysis.rules.ruleset import make_ruleset
from ocianalyze.analysis.rules.table import RULES
from ocianalyze.analysis.union.analyze import Analysis, analyze
from ocianalyze.errors import UsageError
from ocianalyze.model.finding import Measured, Unit
from tests.analysis.rules.test_judge import TODAY
from tests.builders import build_image, file, layer

# 1,000 bytes live in 2 files, 100 wasted.
OLD = analyze(build_image(layer(file("a", 400), file("b", 100)), layer(file("b", 600))))
# 1,100 bytes live in 3 files, 340 wasted: 300 of them new at a, 60 less at b.
NEW = analyze(build_image(layer(file("a", 300), file("b", 40)), layer(file("b", 600), file("a", 400), file("c", 100))))


def verdict(new: Analysis = NEW, old: Analysis = OLD, /, **rules: Any) -> Verdict:
    given = {name.replace("_", "-"): Given(value=value, where="here") for name, value in rules.items()}
    return judge(new, make_ruleset(given), today=TODAY, baseline=baseline_of(old))


CASES = [
    ("max-growth", "100", "99", 100, Unit.BYTES),
    ("max-growth", "10%", "9.9%", 0.1, Unit.RATIO),
    ("max-new-waste", 240, 239, 240, Unit.BYTES),
    ("max-new-files", 1, 0, 1, Unit.COUNT),
]


@pytest.mark.parametrize(("rule", "allowed", "too_strict", "value", "unit"), CASES)
def test_growth_fails_just_past_its_limit(rule: str, allowed: Any, too_strict: Any, value: float, unit: Unit) -> None:
    assert verdict(**{rule: allowed}).passed
    (failure,) = verdict(**{rule: too_strict}).failures
    measured = failure.measured
    assert measured is not None
    assert (failure.code, measured.value, measured.unit) == (rule, value, unit)
    assert failure.paths == (("a",) if rule == "max-new-waste" else ())
    assert verdict(OLD, NEW, **{rule: 0}).passed  # less of everything


def test_every_rule_about_growth_has_a_case() -> None:
    assert {case[0] for case in CASES} == {rule.name for rule in RULES if rule.needs_baseline}


def test_anything_is_all_there_is_beside_nothing() -> None:
    nothing = analyze(build_image())
    (failure,) = verdict(NEW, nothing, max_growth="99%").failures
    assert failure.measured == Measured(unit=Unit.RATIO, limit=0.99, value=1.0)
    assert verdict(nothing, nothing, max_growth="0%").passed


def test_growth_cannot_be_judged_without_a_baseline() -> None:
    with pytest.raises(UsageError, match="max-growth needs a baseline"):
        judge(NEW, make_ruleset({"max-growth": Given(value="3%", where="here")}), today=TODAY)
