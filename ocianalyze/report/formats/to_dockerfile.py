"""The history and the config as a Dockerfile: as near to what built the image as the image itself tells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TextIO

from ocianalyze.model.documents import History
from ocianalyze.model.instruction import script, verb
from ocianalyze.report import words
from ocianalyze.report.values.documents import ReportDocument
from ocianalyze.report.values.report import ConfigSummary, HealthcheckRow, HistoryRow, LayerBlock, Report

_HEAD = (
    "Reconstructed by ocianalyze from the history and the config of the image.",
    "What COPY and ADD took, base images and earlier stages are not recorded in it.",
)
_MOST_PAIRS = 1000
_LABEL_OF_BASE = "org.opencontainers.image.base.name"
_PLAIN_VALUE = re.compile(r"[\w@%+=:,./-]+", re.ASCII)
_QUOTES = re.compile(r""""(?:\\.|[^"\\])*"|'[^']*'|&&|\\.|.""", re.DOTALL)


def write(document: ReportDocument, out: TextIO) -> None:
    """The steps, oldest first, then the settings of the config that no step makes."""
    out.write("\n".join(words.safe_name(line) for line in _lines(document.report)) + "\n")


def _lines(report: Report) -> Iterator[str]:
    name = report.image.names[0] if report.image.names else report.image.source
    yield f"# {' '.join(name.split())} {report.image.digest or report.image.config_digest or ''}".rstrip()
    for line in _HEAD:
        yield f"# {line}"
    base = report.image.annotations.get(_LABEL_OF_BASE) or report.config.labels.get(_LABEL_OF_BASE)
    if base:
        yield f"# It names {' '.join(base.split())} as its base; the steps of that are among these."
    yield "FROM scratch"
    said = set()
    tests = [step for step in report.history if verb(step.instruction) == "HEALTHCHECK"]
    for step in report.history:
        yield ""
        if step.layer is not None and step.layer < len(report.layers):
            yield f"# {_layer(report.layers[step.layer])}"
        if tests and step is tests[-1] and report.config.healthcheck and report.config.healthcheck.test:
            # The history has the command only; the config also how often it runs.
            yield _healthcheck(report.config.healthcheck)
        else:
            yield from _step(step, report.config)
        said.add(verb(step.instruction))
    left = [line for kind, line in _config(report.config) if kind not in said]
    if left:
        yield ""
        yield "# In the config, and in no step of the history:"
        yield from left


def _layer(layer: LayerBlock) -> str:
    if layer.missing:
        return f"layer {layer.index}: the archive lacks it"
    part = "all" if layer.wasted == layer.size else words.size(layer.wasted)
    wasted = f", {part} of it wasted" if layer.wasted else ""
    return f"layer {layer.index}: {words.size(layer.size)}{wasted}"


def _step(step: HistoryRow, config: ConfigSummary) -> Iterator[str]:
    kind = verb(step.instruction)
    rest = step.instruction.partition(" ")[2]
    lines = script(History(created_by=step.created_by))
    if not step.instruction:
        yield "# (nothing is recorded of this step)"
    elif lines:
        mark = _unused(lines)
        yield f"RUN <<'{mark}'"
        yield from lines
        yield mark
    elif kind == "RUN":
        yield from _wrapped(step.instruction)
    elif kind == "ENV":
        yield f"ENV {_pairs(rest, _env(config))}"
    elif kind == "LABEL":
        yield f"LABEL {_pairs(rest, ((key, value or '') for key, value in config.labels.items()))}"
    elif kind and kind != "FROM":
        yield step.instruction
    else:
        yield f"# {step.instruction}"


def _unused(lines: Iterable[str]) -> str:
    """A word that ends a here-document and is no line of it."""
    mark, taken = "EOF", set(lines)
    while mark in taken:
        mark += "_"
    return mark


def _wrapped(instruction: str) -> Iterator[str]:
    """A `RUN` with a line for each command of a list, where the `&&` is not quoted."""
    at = 0
    for found in _QUOTES.finditer(instruction):
        if found.group() == "&&":
            yield ("    " if at else "") + instruction[at : found.start()].strip() + " \\"
            at = found.start()
    yield ("    " if at else "") + instruction[at:].strip()


def _pairs(text: str, known: Iterable[tuple[str, str]]) -> str:
    """`A=b C=d e` with quotes where they belong, as the *known* pairs tell; *text* itself where they do not."""
    spelled = {" ".join(f"{key}={value}".split()): f"{key}={_quoted(value)}" for key, value in known}
    # The longest first: the value of one may begin like that of another.
    candidates = sorted(spelled, key=len, reverse=True)[:_MOST_PAIRS]
    found, at = [], 0
    while at < len(text):
        fits = (one for one in candidates if text.startswith(one, at) and text[at + len(one) :][:1] in ("", " "))
        one = next(fits, None)
        if one is None:
            return text
        found.append(spelled[one])
        at += len(one) + 1
    return " ".join(found)


def _quoted(value: str) -> str:
    if _PLAIN_VALUE.fullmatch(value):
        return value
    return '"' + re.sub(r'(["\\$])', r"\\\1", value) + '"'


def _config(config: ConfigSummary) -> Iterator[tuple[str, str]]:
    """(verb, instruction) of every setting in the config, in the order in which people write them."""
    env = _env(config)
    if config.shell:
        yield "SHELL", f"SHELL {json.dumps(config.shell)}"
    if env:
        yield "ENV", "ENV " + " ".join(f"{name}={_quoted(value)}" for name, value in env)
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
    return " ".join(f"{_quoted(key)}={_quoted(value or '')}" for key, value in labels.items())


def _healthcheck(check: HealthcheckRow) -> str:
    options = {
        "interval": check.interval,
        "timeout": check.timeout,
        "start-period": check.start_period,
        "start-interval": check.start_interval,
    }
    said = [f"--{name}={value / 1_000_000_000:g}s" for name, value in options.items() if value]
    said += [f"--retries={check.retries}"] if check.retries else []
    kind, *command = check.test
    if kind == "NONE":
        return "HEALTHCHECK NONE"
    shown = " ".join(command) if kind == "CMD-SHELL" else json.dumps(command if kind == "CMD" else check.test)
    return " ".join(["HEALTHCHECK", *said, "CMD", shown])
