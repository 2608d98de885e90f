"""The head of the report on one screen: which image this is, how large, and how it is run."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import msgspec
from rich.console import RenderableType
from rich.text import Text

from ocianalyze.report import words
from ocianalyze.report.highlights import above_the_base, attached_words, missing_layers, secrets, secrets_words
from ocianalyze.report.layout import Cut, facts, placed
from ocianalyze.report.values.report import Report


def identity(report: Report) -> RenderableType:
    """Its names, what is the matter with it, its sizes and digest, how it is run, and what is attached to it."""
    image = report.image
    platform = "/".join(filter(None, (image.platform.os, image.platform.architecture, image.platform.variant)))
    created = words.moment(image.created)
    source = "standard input" if image.source == "-" else image.source
    there = len(report.layers) - len(missing_layers(report))
    of_all = "" if there == len(report.layers) else f"{there} of "
    files = f"{words.size(image.size)} of files in {of_all}{words.counted(len(report.layers), 'layer')}"
    return facts(
        ("Image", Cut(", ".join(image.names) or "(unnamed)", "bold")),
        ("", ", ".join(filter(None, (platform, f"created {created}" if created else "")))),
        ("Secrets", _secrets(report)),
        *_waste(report),
        ("Merged", Text(_merged(report))),
        ("Stored", Text(f"{files}; {words.size(image.tar_size)} as tar, {words.size(image.blob_size)} as blobs")),
        ("Archive", placed(source, f" ({image.layout}, {words.size(image.archive_size)})")),
        ("Digest" if image.digest else "Config", image.digest or image.config_digest or ""),
        ("Runs", _command(report)),
        ("Attached", Text(words.safe_name(_attached(report)), overflow="fold")),
        ("Growth", Text(words.safe_name(_since(report)), overflow="fold")),
    )


def _secrets(report: Report) -> Text:
    rows = secrets(report)
    return Text(f"! {words.safe_name(secrets_words(rows))}" if rows else "", "bold red", overflow="fold")


def _waste(report: Report) -> Iterator[tuple[str, Text]]:
    waste, missing = report.waste, missing_layers(report)
    if not waste.wasted and not missing:
        all_of_it = f"{words.size(waste.live)}, efficiency 100%: nothing is wasted"
        verdict = all_of_it if waste.stored else "no file is stored"
        yield "Live", Text(verdict, "green")
        return
    style = "green" if waste.efficiency >= 0.95 else "yellow" if waste.efficiency >= 0.8 else "red"
    causes = sorted(waste.by_cause.items(), key=lambda item: -item[1])
    named = ", ".join(f"{words.size(size)} {words.cause(cause.value)}" for cause, size in causes if size)
    verdict = f"{words.size(waste.live)} of {words.size(waste.stored)}, efficiency {words.percent(waste.efficiency)}"
    if missing:
        verdict, style = f"not known, for {words.are_missing(missing)}", "yellow"
        named = named or "nothing is known to be wasted"
    yield "Live", Text(verdict, style)
    yield "Wasted", Text(f"{words.size(waste.wasted)}: {named}")
    yield "Base", Text(above_the_base(report))


def _attached(report: Report) -> str:
    return "" if isinstance(report.attached, msgspec.UnsetType) else attached_words(report.attached)


def _since(report: Report) -> str:
    row = report.baseline
    if isinstance(row, msgspec.UnsetType):
        return ""
    grown = f"{words.signed_size(row.size_delta)} ({words.signed_percent(row.growth_ratio)})"
    files = f"{row.files_delta:+,} {'file' if abs(row.files_delta) == 1 else 'files'}"
    return f"{grown}, {words.signed_size(row.wasted_delta)} wasted, {files} since {row.source}"


def _merged(report: Report) -> str:
    merged = report.image.merged
    kinds = [
        words.counted(merged.files, "file"),
        words.counted(merged.directories, "directory", "directories"),
    ]
    if merged.symlinks:
        kinds.append(words.counted(merged.symlinks, "symlink"))
    if merged.other:
        kinds.append(words.counted(merged.other, "device or FIFO", "devices or FIFOs"))
    without = f" ({words.are_missing(missing)})" if (missing := missing_layers(report)) else ""
    return f"{words.size(merged.size)} in {', '.join(kinds)}{without}"


def _command(report: Report) -> str:
    config = report.config
    command = shlex.join([*config.entrypoint, *config.cmd])
    where = f" in {config.working_dir}" if config.working_dir else ""
    return f"{command} (as {config.user or 'root'}{where})" if command else ""
