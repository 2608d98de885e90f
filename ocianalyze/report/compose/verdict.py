"""verdict_block(verdict): what came of the rules, as part of a report."""

from __future__ import annotations

from ocianalyze.analysis.rules.judge import Verdict
from ocianalyze.model.finding import Finding
from ocianalyze.report.values.verdict import CheckedRow, ExpiredRow, FailureRow, IgnoredRow, VerdictBlock


def verdict_block(verdict: Verdict) -> VerdictBlock:
    """*verdict* for a document."""
    return VerdictBlock(
        passed=verdict.passed,
        rules=len(verdict.checked),
        config=verdict.config,
        checked=[CheckedRow(rule=rule, subject=subject) for rule, subject in verdict.checked],
        failures=[_failure_row(one) for one in verdict.failures],
        ignored=[
            IgnoredRow(
                rule=one.code,
                subject=one.subject,
                message=one.message,
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


def _failure_row(failure: Finding) -> FailureRow:
    measured = failure.measured
    assert measured is not None  # noqa: S101 - every rule says what it measured; for the type checker
    return FailureRow(
        rule=failure.code,
        subject=failure.subject,
        message=failure.message,
        unit=measured.unit,
        limit=measured.limit,
        value=measured.value,
        layer=failure.layer,
        paths=list(failure.paths),
        paths_total=failure.paths_total,
    )
