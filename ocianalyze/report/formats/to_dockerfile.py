"""The history and the config as a Dockerfile that builds, as near to the one of the image as the image itself tells.

What the history records as Go prints it (`[/bin/bash -c]`, `map[80/tcp:{}]`) is spelled as a Dockerfile has it. A step
that is not recorded whole, such as a here-document, becomes a comment. Nothing of the image can become a directive of
the parser or another step: the first line is fixed, each step ends with its line, and comments hide the rest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TextIO

from ocianalyze.model.amount import seconds
from ocianalyze.model.documents import History
from ocianalyze.model.instruction import script, spelled, verb
from ocianalyze.report import words
from ocianalyze.report.formats.dockerfile_words import joined_pairs, listed, quoted, string_list
from ocianalyze.report.values.documents import ReportDocument
from ocianalyze.report.values.report import ConfigSummary, HealthcheckRow, HistoryRow, LayerBlock, Report

_HEAD = (
    "Reconstructed by ocianalyze from the history and the config of the image.",
    "What COPY and ADD took, base images and earlier stages are not recorded in it.",
)
_LABEL_OF_BASE = "org.opencontainers.image.base.name"
_QUOTES = re.compile(r""""(?:\\.|[^"\\])*"|'[^']*'|&&|\\.|.""", re.DOTALL)
_HERE_DOCUMENT = re.compile(r"<<-?\s*[\"']?[A-Za-z_]")


def write(document: ReportDocument, out: TextIO) -> None:
    """The steps, oldest first, then the settings of the config that no step makes."""
    out.write("\n".join(words.safe_name(line) for line in _lines(document.report)) + "\n")


def _lines(report: Report) -> Iterator[str]:
    for line in _HEAD:
        yield f"# {line}"
    name = report.image.names[0] if report.image.names else report.image.source
    yield f"# {' '.join(name.split())} {report.image.digest or report.image.config_digest or ''}".rstrip()
    base = report.image.annotations.get(_LABEL_OF_BASE) or report.config.labels.get(_LABEL_OF_BASE)
    if base:
        yield f"# It names {' '.join(base.split())} as its base; the steps of that are among these."
    yield "FROM scratch"
    said = set()
    tests = [step for step in report.history if verb(step.instruction) == "HEALTHCHECK"]
    known = _Known(report.config)
    for step in report.history:
        yield ""
        if step.layer is not None and step.layer < len(report.layers):
            yield f"# {_layer(report.layers[step.layer])}"
        if step.comment and step.comment.startswith("FROM "):
            yield f"# By its builder: {' '.join(step.comment.split())}"
        if tests and step is tests[-1] and report.config.healthcheck and report.config.healthcheck.test:
            # The history has the command only; the config also how often it runs.
            yield _healthcheck(report.config.healthcheck)
        else:
            yield from _step(step, known)
        said.add(verb(step.instruction))
    left = [line for kind, line in _config(report.config) if kind not in said]
    if left:
        yield ""
        yield "# In the config, and in no step of the history:"
        yield from map(_closed, left)


def _layer(layer: LayerBlock) -> str:
    if layer.missing:
        return f"layer {layer.index}: the archive lacks it"
    part = "all" if layer.wasted == layer.size else words.size(layer.wasted)
    wasted = f", {part} of it wasted" if layer.wasted else ""
    return f"layer {layer.index}: {words.size(layer.size)}{wasted}"


class _Known:
    """What the config tells beside the history: the values that steps set, where no later step changed them."""

    def __init__(self, config: ConfigSummary) -> None:
        self.env = dict(_env(config))
        self.labels = {key: value or "" for key, value in config.labels.items()}
        self.volumes = list(config.volumes or ())


def _step(step: HistoryRow, known: _Known) -> Iterator[str]:
    history = History(created_by=step.created_by)
    kind = verb(step.instruction)
    lines = script(history)
    line = spelled(history) if kind else ""
    rest = line.partition(" ")[2].strip()
    if not step.instruction:
        yield "# (nothing is recorded of this step)"
    elif lines:
        yield from _here_document(lines)
    elif kind in ("RUN", "COPY", "ADD") and _HERE_DOCUMENT.search(rest):
        yield "# The text of a here-document is not recorded, so this step cannot be built:"
        yield f"# {line}"
    elif kind == "RUN":
        yield from _run(line)
    elif kind and kind != "FROM" and rest:
        spell = _SPELLINGS.get(kind)
        yield _closed(f"{kind} {spell(rest, known) if spell else rest}")
    else:
        yield f"# {step.instruction}"


_SPELLINGS: Mapping[str, Callable[[str, _Known], str]] = {
    "ENV": lambda rest, known: joined_pairs(rest, known.env),
    "LABEL": lambda rest, known: joined_pairs(rest, known.labels),
    "ARG": lambda rest, _: joined_pairs(rest, {}),
    "SHELL": lambda rest, _: string_list(rest),
    "CMD": lambda rest, _: string_list(rest),
    "ENTRYPOINT": lambda rest, _: string_list(rest),
    "VOLUME": lambda rest, known: listed(rest, known.volumes),
    "STOPSIGNAL": lambda rest, _: rest.strip("[]"),
}
"""How what stands behind each instruction is spelled; the others are written as they are recorded."""


def _closed(line: str) -> str:
    """*line*, or a comment where a backslash at its end would join it with the next, or its braces are Go's."""
    if line.rstrip().endswith("\\") or line.startswith(("HEALTHCHECK {", "HEALTHCHECK &", "EXPOSE map")):
        return f"# {line}"
    return line


def _run(line: str) -> Iterator[str]:
    if line.rstrip().endswith("\\"):
        yield from _here_document([line.partition(" ")[2]])
    else:
        yield from _wrapped(line)


def _here_document(lines: Iterable[str]) -> Iterator[str]:
    """A `RUN` of several lines, ended by a word that is none of them."""
    lines = list(lines)
    mark, taken = "EOF", {line.strip() for line in lines}
    while mark in taken:
        mark += "_"
    yield f"RUN <<'{mark}'"
    yield from lines
    yield mark


def _wrapped(instruction: str) -> Iterator[str]:
    """A `RUN` with a line for each command of a list, where the `&&` is not quoted."""
    parts: list[str] = []
    at = 0
    for found in _QUOTES.finditer(instruction):
        if found.group() == "&&":
            parts.append(instruction[at : found.start()].strip())
            at = found.end()
    parts.append(instruction[at:].strip())
    for number, part in enumerate(parts):
        yield ("    && " if number else "") + part + (" \\" if number < len(parts) - 1 else "")


def _config(config: ConfigSummary) -> Iterator[tuple[str, str]]:
    """(verb, instruction) of every setting in the config, in the order in which people write them."""
    env = _env(config)
    if config.shell:
        yield "SHELL", f"SHELL {json.dumps(config.shell)}"
    if env:
        yield "ENV", "ENV " + " ".join(f"{name}={quoted(value)}" for name, value in env)
    if config.labels:
        yield "LABEL", f"LABEL {_labels(config.labels)}"
    if config.exposed_ports:
        yield "EXPOSE", f"EXPOSE {' '.join(config.exposed_ports)}"
    if config.volumes:
        yield "VOLUME", f"VOLUME {json.dumps(config.volumes)}"
    if config.user:
        yield "USER", f"USER {config.user}"
    if config.working_dir and config.working_dir != "/":
        yield "WORKDIR", f"WORKDIR {config.working_dir}"
    if config.stop_signal:
        yield "STOPSIGNAL", f"STOPSIGNAL {config.stop_signal}"
    if config.healthcheck and config.healthcheck.test:
        yield "HEALTHCHECK", _healthcheck(config.healthcheck)
    for trigger in config.on_build:
        yield "ONBUILD", f"ONBUILD {trigger}"
    if config.entrypoint:
        yield "ENTRYPOINT", f"ENTRYPOINT {json.dumps(config.entrypoint)}"
    if config.cmd:
        yield "CMD", f"CMD {json.dumps(config.cmd)}"


def _env(config: ConfigSummary) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (one.partition("=") for one in config.env)]


def _labels(labels: Mapping[str, str | None]) -> str:
    return " ".join(f"{quoted(key)}={quoted(value or '')}" for key, value in labels.items())


def _healthcheck(check: HealthcheckRow) -> str:
    options = {
        "interval": check.interval,
        "timeout": check.timeout,
        "start-period": check.start_period,
        "start-interval": check.start_interval,
    }
    said = [f"--{name}={seconds(value)}" for name, value in options.items() if value]
    said += [f"--retries={check.retries}"] if check.retries else []
    kind, *command = check.test
    if kind == "NONE":
        return "HEALTHCHECK NONE"
    shown = " ".join(command) if kind == "CMD-SHELL" else json.dumps(command if kind == "CMD" else check.test)
    return " ".join(["HEALTHCHECK", *said, "CMD", shown])
