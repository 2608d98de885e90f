"""`report`: what is in one image, in every format that is asked for, and what the rules say of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ocianalyze.cli.diagnostics import ExitCode
from ocianalyze.cli.formats import ReportOutput, Target
from ocianalyze.cli.image_options import ImageAboveBase, ImageToRead
from ocianalyze.cli.options import option, top_option
from ocianalyze.cli.rules import RuleOptions
from ocianalyze.errors import UsageError

if TYPE_CHECKING:
    from ocianalyze.report.values.report import Report

Files = Annotated[bool, option("Write every change of every layer too (JSON).", "--files")]
Top = Annotated[int | None, top_option("List so many findings, wasted paths and largest files.")]


def report(
    source: ImageAboveBase, output: ReportOutput, files: Files = False, top: Top = None, *, rules: RuleOptions
) -> None:
    """Say what is in an image: layers, waste by cause and layer, the largest files; and hold it to rules."""
    if files and not any(target.format.has_changes for target in output.targets):
        raise UsageError("--files needs --json", hint="ocianalyze changes IMAGE lists the changes as text")
    raise typer.Exit(write_report(source, output.targets, rules, files=files, top=top))


def write_report(
    source: ImageToRead,
    targets: Sequence[Target],
    rules: RuleOptions | None = None,
    *,
    files: bool = False,
    top: int | None = None,
) -> ExitCode:
    """Write the report on *source* to all *targets*, and which of *rules* failed to standard error."""
    from ocianalyze.cli.baseline import read_baseline
    from ocianalyze.cli.diagnostics import note
    from ocianalyze.cli.github import add_summary
    from ocianalyze.cli.output import check, show
    from ocianalyze.report.compose.report import report_document

    for target in targets:
        check(target.file, source.path)
    held_to = rules.read() if rules else None
    if held_to and held_to.is_foreign:
        note(f"the rules are those of {held_to.config}, as dive would apply them; --config names another file")
    baseline = read_baseline(held_to.baseline, source) if held_to and held_to.baseline else None
    analysis = source.analyze()
    verdict = held_to.judge(analysis, baseline) if held_to else None
    document = report_document(analysis, top=top, verdict=verdict, baseline=baseline, files=files)
    for target in targets:
        show(document, target.format, target.file)
    code = _tell(document.report)
    if rules:
        add_summary(document)
    return code


def _tell(result: Report) -> ExitCode:
    """Write on standard error which rules failed, and return the exit code."""
    import msgspec

    from ocianalyze.cli.diagnostics import annotate, note, tell_failure
    from ocianalyze.cli.github import annotates
    from ocianalyze.report.highlights import expired_notice

    verdict = result.verdict
    if isinstance(verdict, msgspec.UnsetType):
        return ExitCode.FINE
    for row in verdict.expired:
        note(expired_notice(row))
        if annotates():
            annotate("warning", f"ocianalyze: {row.rule}", expired_notice(row))
    for failure in verdict.failures:
        tell_failure(failure.message)
        if annotates():
            annotate("error", f"ocianalyze: {failure.rule}", failure.message)
    return ExitCode.FINE if verdict.passed else ExitCode.RULE_FAILED
