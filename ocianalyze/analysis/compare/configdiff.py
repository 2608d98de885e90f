"""The settings with which two images run, one by one; and the steps of their histories."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import NamedTuple

from ocianalyze.analysis.compare.sequences import common_sequence
from ocianalyze.model.amount import seconds
from ocianalyze.model.documents import Healthcheck, ImageConfig, Runtime
from ocianalyze.model.image import Image
from ocianalyze.model.instruction import instruction


class ConfigChange(NamedTuple):
    """One setting that differs; a side is None where that image lacks the setting."""

    field: str
    """`env`, `label`, `user`, `entrypoint`, ..."""
    key: str
    """The name of an environment variable, label, port or volume; empty for other settings."""
    old: str | None
    new: str | None


class HistoryChange(NamedTuple):
    """One step of a history that only one image has."""

    instruction: str
    is_new: bool
    """Whether the new image has the step."""


def compare_configs(old: Image, new: Image) -> tuple[ConfigChange, ...]:
    """The settings that differ, field by field in a fixed order, then by key."""
    ours, theirs = _settings(old), _settings(new)
    changes: list[ConfigChange] = []
    for field in ours:
        before, after = ours[field], theirs[field]
        changes += [
            ConfigChange(field, key, before.get(key), after.get(key))
            for key in sorted(before.keys() | after.keys())
            if before.get(key) != after.get(key)
        ]
    return tuple(changes)


def compare_histories(old: Image, new: Image) -> tuple[HistoryChange, ...]:
    """The steps that only one of the images has, in the order in which they were run."""
    before = [instruction(step.history) for step in old.history]
    after = [instruction(step.history) for step in new.history]
    changes: list[HistoryChange] = []
    at_old = at_new = 0
    for next_old, next_new in [*common_sequence(before, after), (len(before), len(after))]:
        changes += [HistoryChange(text, False) for text in before[at_old:next_old]]
        changes += [HistoryChange(text, True) for text in after[at_new:next_new]]
        at_old, at_new = next_old + 1, next_new + 1
    return tuple(changes)


def _settings(image: Image) -> dict[str, dict[str, str]]:
    """Every setting as text, by field and key; settings that are not set are left out."""
    config: ImageConfig = image.config
    run = config.runtime or Runtime()
    return {
        "platform": _one(str(image.platform)),
        "entrypoint": _one(_command(run.entrypoint)),
        "cmd": _one(_command(run.cmd)),
        "user": _one(run.user),
        "working_dir": _one(run.working_dir),
        "shell": _one(_command(run.shell)),
        "stop_signal": _one(run.stop_signal),
        "healthcheck": _one(_check(run.healthcheck)),
        "env": _environment(run.env or []),
        "port": dict.fromkeys(run.exposed_ports or (), "exposed"),
        "volume": dict.fromkeys(run.volumes or (), "volume"),
        "label": _labels(run.labels or {}),
        "on_build": {str(number): text for number, text in enumerate(run.on_build or ())},
    }


def _one(value: str | None) -> dict[str, str]:
    return {"": value} if value else {}


def _command(value: list[str] | str | None) -> str:
    return shlex.join(value) if isinstance(value, list) else value or ""


def _environment(variables: list[str]) -> dict[str, str]:
    pairs = (variable.partition("=") for variable in variables)
    return {name: value for name, _, value in pairs}


def _labels(labels: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value or "" for name, value in labels.items()}


def _check(check: Healthcheck | None) -> str:
    if check is None:
        return ""
    times = (
        ("interval", check.interval),
        ("timeout", check.timeout),
        ("start-period", check.start_period),
        ("start-interval", check.start_interval),
    )
    said = [f"--{name}={seconds(value)}" for name, value in times if value]
    return " ".join([*said, *([f"--retries={check.retries}"] if check.retries else []), shlex.join(check.test or ())])
