"""Reports with a verdict, and what a format makes of them."""

from __future__ import annotations

import io
from datetime import date
from typing import Any, Protocol, TextIO

from ocianalyze.analysis.rules.given import Given
from ocianalyze.analysis.rules.judge import judge
from ocianalyze.analysis.rules.ruleset import make_ruleset
from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.report.compose.report import report_document
from ocianalyze.report.values.documents import ReportDocument

TODAY = date(2025, 1, 1)


class Writer(Protocol):
    """A module of `report` that writes one format."""

    def write(self, document: ReportDocument, out: TextIO) -> None: ...


def judged(analysis: Analysis, *, ignore: Any = None, **rules: Any) -> ReportDocument:
    """The report on *analysis*, with a verdict where there are rules."""
    given = {name.replace("_", "-"): Given(value=value, where=name) for name, value in rules.items()}
    ignores = None if ignore is None else Given(value=ignore, where="ignore")
    verdict = judge(analysis, make_ruleset(given, ignores), today=TODAY) if rules else None
    return report_document(analysis, verdict=verdict)


def written(writer: Writer, document: ReportDocument) -> str:
    """*document* as *writer* writes it."""
    out = io.StringIO()
    writer.write(document, out)
    return out.getvalue()
