"""The verdict as JUnit XML: a test case for each rule, so that a CI server lists them beside its tests."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import TextIO

import msgspec

from ocianalyze.report import words
from ocianalyze.report.values.documents import ReportDocument
from ocianalyze.report.values.verdict import FailureRow, IgnoredRow, VerdictBlock

_NOT_XML = re.compile("[\ufffe\uffff]")
"""Of what `safe_name` lets through, all that XML 1.0 does not allow."""


def write(document: ReportDocument, out: TextIO) -> None:
    """The verdict in the report; a suite without cases where there are no rules."""
    report = document.report
    verdict = None if isinstance(report.verdict, msgspec.UnsetType) else report.verdict
    cases = list(_cases(verdict)) if verdict else []
    failures = sum("<failure" in case for case in cases)
    skipped = sum("<skipped" in case for case in cases)
    name = report.image.names[0] if report.image.names else report.image.source
    counts = f'tests="{len(cases)}" failures="{failures}" errors="0"'
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    out.write(f'<testsuites name="ocianalyze" {counts}>\n')
    out.write(f'  <testsuite name="{_text(name)}" {counts} skipped="{skipped}">\n')
    out.writelines(cases)
    out.write("  </testsuite>\n</testsuites>\n")


def _cases(verdict: VerdictBlock) -> Iterator[str]:
    failed: dict[tuple[str, str], list[FailureRow]] = {}
    for failure in verdict.failures:
        failed.setdefault((failure.rule, failure.subject), []).append(failure)
    ignored: dict[tuple[str, str], IgnoredRow] = {(one.rule, one.subject): one for one in verdict.ignored}
    for rule in verdict.checked:
        key = (rule.rule, rule.subject)
        name = f"{rule.rule} {rule.subject}" if rule.subject else rule.rule
        start = f'    <testcase classname="ocianalyze.{_text(rule.rule)}" name="{_text(name)}"'
        if key in failed:
            yield f"{start}>\n{_failure(failed[key])}    </testcase>\n"
        elif key in ignored:
            why = f"{ignored[key].message} (ignored until {ignored[key].expires}: {ignored[key].reason})"
            yield f'{start}>\n      <skipped message="{_text(why)}"/>\n    </testcase>\n'
        else:
            yield f"{start}/>\n"


def _failure(failures: list[FailureRow]) -> str:
    """One element: readers of JUnit expect no more in a case."""
    message = "; ".join(failure.message for failure in failures)
    lines = [_text("/" + path) for failure in failures for path in failure.paths]
    left = sum(failure.paths_total - len(failure.paths) for failure in failures)
    if left:
        lines.append(words.more(left, "path"))
    return (
        f'      <failure type="{_text(failures[0].rule)}" message="{_text(message)}">{chr(10).join(lines)}</failure>\n'
    )


def _text(text: str) -> str:
    """*text* for an attribute or between tags."""
    return html.escape(_NOT_XML.sub("\ufffd", words.safe_name(text)))
