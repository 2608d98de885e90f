"""Rules about the config of an image: its user, labels and variables. None of them needs a layer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ocianalyze.analysis.rules.rule import MOST_PATHS, Rule, Takes, failed, switched_on, without_number
from ocianalyze.errors import brief
from ocianalyze.model.finding import Finding

if TYPE_CHECKING:
    from ocianalyze.analysis.rules.case import Case


def _judge_user(case: Case, _: Sequence[bool]) -> Iterator[Finding]:
    runtime = case.analysis.image.config.runtime
    user = (runtime.user if runtime else None) or ""
    if re.fullmatch(r"root|[+-]?0+|\s*", user.partition(":")[0]):
        said = f"the image runs as {brief(user or 'root')}"
        yield failed("user-not-root", said, without_number("another user", user or "root"))


def _judge_labels(case: Case, demands: Sequence[str]) -> Iterator[Finding]:
    runtime = case.analysis.image.config.runtime
    labels = (runtime.labels if runtime else None) or {}
    for text in demands:
        key, equals, wanted = text.partition("=")
        if key not in labels:
            said = f"missing; required: {wanted}" if wanted else "missing"
            yield failed("required-label", said, without_number(wanted or "present", "missing"), subject=key)
        elif equals and labels[key] != wanted:
            has = labels[key] or ""
            said = f"is {brief(has)!r}; required: {wanted!r}"
            yield failed("required-label", said, without_number(wanted, has), subject=key)


def _judge_env(case: Case, globs: Sequence[str]) -> Iterator[Finding]:
    from ocianalyze.analysis.query.matching import match_names

    runtime = case.analysis.image.config.runtime
    names = [variable.partition("=")[0] for variable in (runtime.env if runtime else None) or ()]
    for glob, hits in zip(globs, match_names(names, globs, case.steps), strict=True):
        if hits:
            listed = ", ".join(hits[:MOST_PATHS])
            said = f"{brief(listed)} is set; none is allowed"
            yield failed("forbidden-env", said, without_number("none", listed), subject=glob)


RULES = (
    Rule(
        name="user-not-root",
        takes=Takes.SWITCH,
        meaning="The image says which user, and that is not root.",
        example="true",
        parse=switched_on,
        judge=_judge_user,
        needs_layers=False,
    ),
    Rule(
        name="required-label",
        takes=Takes.LIST,
        meaning="Must be there, with that value.",
        metavar="KEY[=VALUE]",
        example='["org.opencontainers.image.source", "stage=production"]',
        parse=lambda given: given.texts(),
        judge=_judge_labels,
        subject=lambda text: text.partition("=")[0],
        needs_layers=False,
    ),
    Rule(
        name="forbidden-env",
        takes=Takes.LIST,
        meaning="No variable with a name that matches.",
        metavar="GLOB",
        example='["*_TOKEN", "*_PASSWORD"]',
        parse=lambda given: given.texts(),
        judge=_judge_env,
        subject=str,
        needs_layers=False,
    ),
)
