"""What several formats say in the same words: the verdict in a line, and the advice that comes first."""

from __future__ import annotations

from ocianalyze.errors import brief
from ocianalyze.report import words
from ocianalyze.report.values.advice import AdviceRow
from ocianalyze.report.values.verdict import ExpiredRow, VerdictBlock


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


def foremost(advice: list[AdviceRow], most: int) -> list[AdviceRow]:
    """At most so many of *advice*: those that stand for many always, and the first of the others."""
    whole = [row for row in advice if row.code == "squash"]
    return [*[row for row in advice if row.code != "squash"][: most - len(whole)], *whole]
