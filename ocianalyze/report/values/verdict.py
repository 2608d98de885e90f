"""The verdict as part of a report, with each failure in words: every format says the same."""

from __future__ import annotations

from ocianalyze.model.finding import Unit
from ocianalyze.report.values.blocks import Block, Row


class FailureRow(Row, frozen=True, kw_only=True):
    """One rule that the image breaks."""

    rule: str
    subject: str
    """What the rule is about where there are several: the glob of a budget, a path, a label; else empty."""
    message: str
    """The rule, the value and the limit in words."""
    unit: Unit
    """Of the two numbers; `none` where a rule has none."""
    limit: int | float | str
    value: int | float | str
    """What the image has; `not judged` where the layers named by `limit` are missing and could break the rule."""
    layer: int | None
    """The layer at fault, of max-layer-size."""
    paths: list[str]
    """The first 20 at fault."""
    paths_total: int


class CheckedRow(Row, frozen=True, kw_only=True):
    """One rule that the image was held to."""

    rule: str
    subject: str


class IgnoredRow(Row, frozen=True, kw_only=True):
    """A rule that the image breaks, and that an ignore entry excuses."""

    rule: str
    subject: str
    message: str
    reason: str
    expires: str
    """The last day on which the entry holds."""


class ExpiredRow(Row, frozen=True, kw_only=True):
    """An ignore entry that holds no longer."""

    rule: str
    path: str
    reason: str
    expires: str


class VerdictBlock(Block, frozen=True, kw_only=True):
    """What came of the rules that the image was held to."""

    passed: bool
    rules: int
    """How many there are; each budget, path, label and name is one."""
    config: str | None
    """The file that rules came from; null where options and variables alone make them."""
    failures: list[FailureRow]
    ignored: list[IgnoredRow]
    expired: list[ExpiredRow]
    checked: list[CheckedRow]
