"""`report`: what is in one image, in every format that is asked for, and what the rules say of it."""

from __future__ import annotations

import io
from enum import Enum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from ocianalyze.cli.diagnostics import ExitCode
from ocianalyze.cli.rules import RuleOptions, takes_rules
from ocianalyze.cli.source import Source
from ocianalyze.errors import UsageError

if TYPE_CHECKING:
    from typing import TextIO

    from ocianalyze.analysis.union.analyze import Analysis
    from ocianalyze.report.values.report import Report


class Format(Enum):
    """The formats of a report."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"
    SARIF = "sarif"
    JUNIT = "junit"


_SUFFIXES = {
    ".txt": Format.TEXT,
    ".sarif.json": Format.SARIF,
    ".sarif": Format.SARIF,
    ".json": Format.JSON,
    ".md": Format.MARKDOWN,
    ".html": Format.HTML,
    ".htm": Format.HTML,
}
_PREFIXES = {one.value: one for one in Format} | {"md": Format.MARKDOWN}


class Target(NamedTuple):
    """A file, or standard output, and what goes there."""

    file: Path | None
    format: Format


@takes_rules
def report(
    source: Source,
    rules: RuleOptions,
    format_: Annotated[Format | None, typer.Option("--format", help="How to write it.", show_default="text")] = None,
    json: Annotated[bool, typer.Option("--json", metavar="", help="The same as --format json.")] = False,
    output: Annotated[
        list[str],
        typer.Option(
            "--output",
            "-o",
            metavar="[FORMAT:]FILE",
            help="Write to FILE too, whole or not at all, in the format that its suffix or FORMAT tells; "
            "a FILE without a suffix, or of the format that --json or --format asks for, takes the place of standard "
            "output. Repeatable.",
            show_default=False,
        ),
    ] = [],  # noqa: B006 - typer copies it
    files: Annotated[bool, typer.Option("--files", metavar="", help="Every change of every layer too (JSON).")] = False,
    top: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help="How many wasted paths and largest files.", show_default=False),
    ] = None,
) -> None:
    """Say what is in an image: layers, waste by cause and layer, the largest files; and hold it to rules."""
    if json and format_ not in (None, Format.JSON):
        raise UsageError(f"--json and --format {format_.value if format_ else ''} exclude each other")
    chosen = Format.JSON if json else format_ or Format.TEXT
    targets = _targets(output, chosen, is_chosen=json or format_ is not None)
    if files and not any(target.format is Format.JSON for target in targets):
        raise UsageError("--files needs --json", hint="ocianalyze changes IMAGE lists the changes as text")
    raise typer.Exit(write_report(source, targets, rules, files=files, top=top))


def write_report(
    source: Source,
    targets: list[Target],
    rules: RuleOptions | None = None,
    *,
    files: bool = False,
    top: int | None = None,
) -> ExitCode:
    """Write the report on *source* to all *targets*, and tell which of *rules* failed."""
    from ocianalyze.cli.baseline import read_baseline
    from ocianalyze.cli.diagnostics import note
    from ocianalyze.cli.github import add_summary, annotates, defused
    from ocianalyze.cli.output import check, opened
    from ocianalyze.report.compose.report import compose

    for target in targets:
        check(target.file, source.path)
    held_to = rules.read() if rules else None
    if held_to and held_to.is_foreign:
        note(f"the rules are those of {held_to.config}, as dive would apply them; --config names another file")
    baseline = read_baseline(held_to.baseline, source) if held_to and held_to.baseline else None
    analysis = source.analyze()
    verdict = held_to.judge(analysis, baseline) if held_to else None
    result = compose(analysis, top=top, verdict=verdict, baseline=baseline)
    for target in targets:
        with opened(target.file, machine=target.format is not Format.TEXT) as out:
            if target.file is None and target.format is Format.TEXT and annotates():
                log = io.StringIO()
                _write(result, target.format, log, top, analysis, with_files=files)
                out.write(defused(log.getvalue()))
            else:
                _write(result, target.format, out, top, analysis, with_files=files)
    code = _tell(result)
    if rules:
        add_summary(result)
    return code


def _targets(output: list[str], chosen: Format, *, is_chosen: bool) -> list[Target]:
    """Where what goes: standard output last, and only when nothing takes its place."""
    targets = []
    instead: list[Target] = []
    for text in output:
        prefix, colon, rest = text.partition(":")
        if colon and rest and prefix in _PREFIXES:
            targets.append(Target(Path(rest), _PREFIXES[prefix]))
        elif found := next((one for suffix, one in _SUFFIXES.items() if text.endswith(suffix)), None):
            targets.append(Target(Path(text), found))
        elif Path(text).suffix and not is_chosen:
            raise UsageError(
                f"-o {text}: the name tells no format",
                hint=f"known are {', '.join(_SUFFIXES)}; a prefix tells it too, as in junit:{text} "
                f"({', '.join(_PREFIXES)})",
            )
        else:
            instead.append(Target(Path(text), chosen))
    names = [str(target.file) for target in (*targets, *instead)]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise UsageError(f"-o {twice}: is written twice")
    if is_chosen and any(target.format is chosen for target in targets):
        return targets + instead
    return targets + (instead or [Target(None, chosen)])


def _write(
    result: Report, chosen: Format, out: TextIO, top: int | None, analysis: Analysis, *, with_files: bool
) -> None:
    if chosen is Format.JSON:
        from ocianalyze.report.compose.report import change_rows
        from ocianalyze.report.formats import to_json

        changes = change_rows(chain.from_iterable(analysis.changes)) if with_files else None
        to_json.write(result, out, changes=changes)
    elif chosen is Format.MARKDOWN:
        from ocianalyze.report.formats import to_markdown

        to_markdown.write(result, out)
    elif chosen is Format.HTML:
        from ocianalyze.report.compose import sizemap
        from ocianalyze.report.formats import to_html

        to_html.write(result, out, merged=sizemap.merged_map(analysis), waste=sizemap.waste_map(analysis))
    elif chosen is Format.SARIF:
        from ocianalyze.report.formats import to_sarif

        to_sarif.write(result, out)
    elif chosen is Format.JUNIT:
        from ocianalyze.report.formats import to_junit

        to_junit.write(result, out)
    else:
        from ocianalyze.report.formats import to_text

        to_text.write(result, out, top=top)


def _tell(result: Report) -> ExitCode:
    """Say on standard error what failed; the exit code that it means."""
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
