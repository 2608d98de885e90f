"""The verdict as part of a document, with each failure in words: every format says the same."""

from __future__ import annotations

from ocianalyze.analysis.rules.failure import Failure
from ocianalyze.analysis.rules.limits import NOT_JUDGED, Verdict
from ocianalyze.analysis.rules.rules import ALL_NUMBERS, DIVE_NUMBERS, GROWTH, Unit
from ocianalyze.errors import brief
from ocianalyze.report import words
from ocianalyze.report.values.blocks import Block, Row


class FailureRow(Row, frozen=True, kw_only=True):
    """One rule that the image breaks."""

    rule: str
    subject: str
    """What the rule is about where there are several: the glob of a budget, a path, a label; else empty."""
    message: str
    """The rule, the value and the limit in words."""
    unit: Unit
    """Of the two numbers; `none` where a rule has none."""
    limit: int | float | str
    value: int | float | str
    """What the image has; `not judged` where the layers named by `limit` are missing and could break the rule."""
    layer: int | None
    """The layer at fault, of max-layer-size."""
    paths: list[str]
    """The first 20 at fault."""
    paths_total: int


class CheckedRow(Row, frozen=True, kw_only=True):
    """One rule that the image was held to."""

    rule: str
    subject: str


class IgnoredRow(Row, frozen=True, kw_only=True):
    """A rule that the image breaks, and that an ignore entry excuses."""

    rule: str
    subject: str
    message: str
    reason: str
    expires: str
    """The last day on which the entry holds."""


class ExpiredRow(Row, frozen=True, kw_only=True):
    """An ignore entry that holds no longer."""

    rule: str
    path: str
    reason: str
    expires: str


class VerdictBlock(Block, frozen=True, kw_only=True):
    """What came of the rules that the image was held to."""

    passed: bool
    rules: int
    """How many there are; each budget, path, label and name is one."""
    config: str | None
    """The file that rules came from; null where options and variables alone make them."""
    failures: list[FailureRow]
    ignored: list[IgnoredRow]
    expired: list[ExpiredRow]
    checked: list[CheckedRow]


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


def headline(verdict: VerdictBlock) -> str:
    """The verdict in one line."""
    ignored = f", {len(verdict.ignored)} ignored" if verdict.ignored else ""
    rules = words.counted(verdict.rules, "rule") + (f" ({brief(verdict.config)})" if verdict.config else "")
    if verdict.passed:
        return f"Passed: {rules}{ignored}"
    return f"Failed: {words.counted(len(verdict.failures), 'failure')} of {rules}{ignored}"


def expired_notice(row: ExpiredRow) -> str:
    """That an ignore entry holds no longer, in words."""
    where = f" for {row.path}" if row.path else ""
    return f"the ignore entry of {row.rule}{where} expired on {row.expires}; the rule applies again ({row.reason})"


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
