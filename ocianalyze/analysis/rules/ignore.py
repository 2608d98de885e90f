"""Exceptions from rules, each with a reason and its last day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ocianalyze.analysis.rules.given import Given, checked_glob, known
from ocianalyze.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """An exception from one rule, for a reason and until a day."""

    rule: str
    reason: str
    expires: date
    """The last day on which the exception holds."""
    path: str = ""
    """A glob: only files that match are exempt. Empty: the whole rule is ignored."""


def parse_ignores(given: Given, rules: Mapping[str, bool]) -> Iterator[Ignore]:
    """The exceptions that a list of tables means. UsageError for anything else.

    *rules* says of each rule, by name, whether single paths can be exempt from it.
    """
    if not isinstance(given.value, list):
        given.refuse("expected [[ignore]] tables")
    for index, table in enumerate(given.value):
        where = f"{given.where}[{index}]"
        if not isinstance(table, dict):
            given.refuse("expected [[ignore]] tables")
        for key in table:
            known(key, ("rule", "path", "reason", "expires"), where, "key")
        for key in ("rule", "reason", "expires"):
            if not table.get(key):
                raise UsageError(f"an ignore entry needs {key!r}", where=where)
        yield _ignore(table, where, rules)


def _ignore(table: dict[str, Any], where: str, rules: Mapping[str, bool]) -> Ignore:
    rule, path = str(table["rule"]), str(table.get("path", ""))
    known(rule, rules, f"{where}.rule", "rule")
    if path and not rules[rule]:
        raise UsageError(f"{rule} is not about single paths", where=f"{where}.path", hint="leave the path out")
    return Ignore(
        rule=rule,
        reason=str(table["reason"]),
        expires=_day(table["expires"], f"{where}.expires"),
        path=checked_glob(path, f"{where}.path") if path else "",
    )


def _day(value: Any, where: str) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise UsageError(f"{str(value)[:40]!r} is no date", where=where, hint="expected one as 2026-12-31") from None
