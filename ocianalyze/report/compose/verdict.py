"""verdict_block(verdict): what came of the rules, each failure in words."""

from __future__ import annotations

from ocianalyze.analysis.rules.failure import Failure
from ocianalyze.analysis.rules.limits import NOT_JUDGED, Verdict
from ocianalyze.analysis.rules.rules import ALL_NUMBERS, DIVE_NUMBERS, GROWTH, Unit
from ocianalyze.errors import brief
from ocianalyze.report import words
from ocianalyze.report.values.verdict import CheckedRow, ExpiredRow, FailureRow, IgnoredRow, VerdictBlock


def verdict_block(verdict: Verdict) -> VerdictBlock:
    """*verdict* for a document."""
    return VerdictBlock(
        passed=verdict.passed,
        rules=len(verdict.checked),
        config=verdict.config,
        checked=[CheckedRow(rule=rule, subject=subject) for rule, subject in verdict.checked],
        failures=[
            FailureRow(
                rule=one.rule,
                subject=one.subject,
                message=_message(one),
                unit=one.unit,
                limit=one.limit,
                value=one.value,
                layer=one.layer,
                paths=list(one.paths),
                paths_total=one.paths_total,
            )
            for one in verdict.failures
        ],
        ignored=[
            IgnoredRow(
                rule=one.rule,
                subject=one.subject,
                message=_message(one),
                reason=by.reason,
                expires=by.expires.isoformat(),
            )
            for one, by in verdict.ignored
        ],
        expired=[
            ExpiredRow(rule=one.rule, path=one.path, reason=one.reason, expires=one.expires.isoformat())
            for one in verdict.expired
        ],
    )


def _message(failure: Failure) -> str:
    subject = f" {brief(failure.subject)}" if failure.subject else ""
    return f"{failure.rule}{subject}: {_said(failure)}"


def _said(failure: Failure) -> str:
    """What is wrong, without the name of the rule."""
    value, limit = failure.value, failure.limit
    if value == NOT_JUDGED:
        return f"not judged: {_missing(str(limit))}"
    if not isinstance(value, str) and not isinstance(limit, str):
        shown, allowed = _numbers(value, limit, failure.unit)
        rule = ALL_NUMBERS.get(failure.rule)
        more = " more than the baseline" if failure.rule in GROWTH else ""
        more = " by dive's formula" if failure.rule in DIVE_NUMBERS else more
        more = more if failure.layer is None else f" in layer {failure.layer}"
        return f"{shown}{more}; " + (
            f"at least {allowed} is required" if rule and rule.least else f"at most {allowed} is allowed"
        )
    if failure.rule in ("no-setuid", "forbidden-path"):
        what = "setuid or setgid file" if failure.rule == "no-setuid" else "path"
        return f"{words.counted(int(value), what)}; none is allowed"
    if failure.rule == "user-not-root":
        return f"the image runs as {brief(str(value))}"
    if failure.rule == "forbidden-env":
        return f"{brief(str(value))} is set; none is allowed"
    if value == "missing":
        return "missing" if limit == "present" else f"missing; required: {limit}"
    if failure.rule == "required-path":
        many = f"{words.counted(failure.paths_total, 'path')}, the first with " if failure.paths_total > 1 else ""
        return f"{many}{brief(str(value))}; required: {limit}"
    return f"is {brief(str(value))!r}; required: {limit!r}"


def _missing(layers: str) -> str:
    return f"layers {layers} are missing" if "," in layers else f"layer {layers} is missing"


def _numbers(value: float, limit: float, unit: Unit) -> tuple[str, str]:
    """Both in words, exact enough to differ."""
    if unit is Unit.COUNT:
        return words.number(int(value)), words.number(int(limit))
    if unit is Unit.BYTES:
        near = words.size(int(value)), words.size(int(limit))
        return near if near[0] != near[1] else (words.exact_size(int(value)), words.exact_size(int(limit)))
    shares = words.percent(value), words.percent(limit)
    return shares if shares[0] != shares[1] else (f"{value * 100:.10g}%", f"{limit * 100:.10g}%")
