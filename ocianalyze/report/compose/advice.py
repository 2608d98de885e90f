"""advice_rows(analysis): what the checks found, as rows of a report."""

from __future__ import annotations

from ocianalyze.analysis.checks.run import run_checks
from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.model.finding import Finding
from ocianalyze.model.instruction import instruction
from ocianalyze.report.values.advice import AdviceRow


def advice_rows(analysis: Analysis) -> list[AdviceRow]:
    """Secrets first, then what saves the most; last what squashing would save: few layers, and all above the base."""
    return [_row(analysis, one) for one in run_checks(analysis)]


def _row(analysis: Analysis, finding: Finding) -> AdviceRow:
    layer, hidden_by = finding.layer, finding.hidden_by
    assert layer is not None  # noqa: S101 - each check is about layers; for the type checker
    assert hidden_by is not None  # noqa: S101
    return AdviceRow(
        code=finding.code,
        remedy=str(finding.remedy),
        saving=finding.bytes,
        written_by=layer,
        killed_by=hidden_by,
        instruction=instruction(analysis.image.layers[layer].history) if finding.paths else "",
        paths=list(finding.paths),
        paths_total=finding.paths_total,
    )
