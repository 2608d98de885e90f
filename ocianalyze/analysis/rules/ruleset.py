"""Rules as people write them (options, environment variables, tables of a file) made into `Rules`.

Every complaint names the key at fault, and where it was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from ocianalyze.analysis.query.glob import check_glob
from ocianalyze.analysis.query.predicates import Predicate, by_kind, by_mode, by_owner
from ocianalyze.analysis.rules.rules import (
    ALL_NUMBERS,
    DIVE_NUMBERS,
    NAMES,
    PATH_RULES,
    Budget,
    Ignore,
    RequiredPath,
    Rules,
    Unit,
)
from ocianalyze.errors import UsageError, located
from ocianalyze.model.amount import parse_ratio, parse_size

OFF = ("off", "disabled")
_LISTS_OFF = [[word] for word in OFF]
"""As options give them; a path of that name is `/off`."""
_CONDITIONS: dict[str, Callable[[str], Predicate]] = {"mode": by_mode, "owner": by_owner, "kind": by_kind}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The value of one rule as written, and where that is."""

    value: Any
    where: str


def nearest(name: str, names: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The one of *names* that *name* is likely meant to be."""
    return next(iter(get_close_matches(name.replace("_", "-"), names, n=1, cutoff=cutoff)), None)


def known(name: str, names: Iterable[str], where: str, what: str) -> None:
    """UsageError, with the nearest of *names*, when *name* is none of them."""
    choices = list(names)
    if name not in choices:
        near = nearest(name, choices)
        hint = f"did you mean {near!r}?" if near else f"expected one of {', '.join(choices)}"
        raise UsageError(f"there is no {what} {name[:80]!r}", where=where, hint=hint)


def make_rules(given: Mapping[str, Given], ignores: Given | None = None) -> Rules:
    """The rules that *given* means, by name; one that is `off` is none."""
    given = {name: one for name, one in given.items() if one.value not in OFF and one.value not in _LISTS_OFF}
    numbers = {}
    for name in ALL_NUMBERS:
        if name in given:
            numbers[name] = _number(name, given[name])
    return Rules(
        numbers=tuple(numbers.items()),
        budgets=tuple(_budgets(given.get("budget"))),
        forbidden_paths=tuple(
            _glob(text, given["forbidden-path"].where) for text in _texts(given.get("forbidden-path"))
        ),
        required_paths=tuple(_required_paths(given.get("required-path"))),
        no_setuid=_switch(given.get("no-setuid")),
        user_not_root=_switch(given.get("user-not-root")),
        required_labels=tuple(_texts(given.get("required-label"))),
        forbidden_env=tuple(_texts(given.get("forbidden-env"))),
        ignores=tuple(_ignores(ignores)),
    )


def _number(name: str, given: Given) -> int | float:
    unit = ALL_NUMBERS[name].unit
    value = given.value
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise UsageError(f"expected {_example(unit)}, not {type(value).__name__}", where=given.where)
    text = str(value).strip()
    with located(given.where):
        if name == "max-growth" and text.endswith("%"):
            return parse_ratio(text)
        if unit is Unit.BYTES:
            return parse_size(text)
        if unit is Unit.RATIO:
            return _ratio(text)
    if not re.fullmatch(r"\d{1,15}", text, re.ASCII):
        raise UsageError(f"{text[:40]!r} is no whole number", where=given.where)
    return int(text)


def _ratio(text: str) -> float:
    ratio = parse_ratio(text)
    if ratio > 1:
        raise UsageError(f"{text!r} is more than everything", hint=f"did you mean {text}%?")
    return ratio


def _example(unit: Unit) -> str:
    return {Unit.BYTES: "a size such as '5MB'", Unit.RATIO: "a share such as '3%' or 0.03"}.get(unit, "a whole number")


def _switch(given: Given | None) -> bool:
    if given is None:
        return False
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False, "off": False}
    if isinstance(given.value, bool):
        return given.value
    if not isinstance(given.value, str) or given.value.lower() not in words:
        raise UsageError(f"expected true or false, not {given.value!r}", where=given.where)
    return words[given.value.lower()]


def _texts(given: Given | None) -> list[str]:
    if given is None:
        return []
    if not isinstance(given.value, list) or not all(isinstance(one, str) and one for one in given.value):
        hint = f'expected ["{given.value}"]' if isinstance(given.value, str) else None
        raise UsageError("expected a list of texts", where=given.where, hint=hint)
    return given.value


def _glob(text: str, where: str) -> str:
    """*text*, which is found to be a glob."""
    with located(where):
        check_glob(text)
    return text


def _budgets(given: Given | None) -> Iterable[Budget]:
    if given is None:
        return
    if isinstance(given.value, dict):
        pairs = [(str(name), str(size)) for name, size in given.value.items()]
    else:
        pairs = [(name, size) for name, _, size in (text.rpartition("=") for text in _texts(given))]
    for name, size in pairs:
        where = f"{given.where}, {name}" if name else given.where
        if not name:
            raise UsageError(f"{size[:80]!r} is no budget", where=where, hint="expected '/usr/share/doc/**=5MB'")
        with located(where):
            limit = parse_size(size)
        yield Budget(glob=_glob(name, where), limit=limit)


def _required_paths(given: Given | None) -> Iterable[RequiredPath]:
    if given is None:
        return
    if not isinstance(given.value, list):
        raise UsageError("expected a list", where=given.where)
    for one in given.value:
        table = _required_table(one) if isinstance(one, str) else one
        if not isinstance(table, dict):
            raise UsageError("expected texts, or tables of texts", where=given.where)
        for key, value in table.items():
            if not isinstance(value, str):
                raise UsageError(
                    f"{key}: expected a text, not {value!r}", where=given.where, hint='as in mode = "0755"'
                )
        if not table.get("path"):
            raise UsageError("a required path has no path", where=given.where)
        conditions = []
        for key, value in table.items():
            known(key, ("path", *_CONDITIONS), given.where, "condition")
            if key != "path":
                conditions.append((f"{key}={value}", _condition(key, value, given.where)))
        _glob(table["path"], given.where)
        yield RequiredPath(path=table["path"], conditions=tuple(conditions))


def _required_table(text: str) -> dict[str, str]:
    """`PATH,mode=0755,owner=0:0` as a table; a comma that starts no condition is part of the path."""
    path, *rest = re.split(rf",(?=(?:{'|'.join(_CONDITIONS)})=)", text)
    return {"path": path} | {key: value for key, _, value in (part.partition("=") for part in rest)}


def _condition(key: str, value: str, where: str) -> Predicate:
    with located(f"{where}, {key}"):
        return _CONDITIONS[key](value)


def _ignores(given: Given | None) -> Iterable[Ignore]:
    if given is None:
        return
    if not isinstance(given.value, list):
        raise UsageError("expected [[ignore]] tables", where=given.where)
    for index, table in enumerate(given.value):
        where = f"{given.where}[{index}]"
        if not isinstance(table, dict):
            raise UsageError("expected [[ignore]] tables", where=given.where)
        for key in table:
            known(key, ("rule", "path", "reason", "expires"), where, "key")
        for key in ("rule", "reason", "expires"):
            if not table.get(key):
                raise UsageError(f"an ignore entry needs {key!r}", where=where)
        yield _ignore(table, where)


def _ignore(table: dict[str, Any], where: str) -> Ignore:
    rule, path = str(table["rule"]), str(table.get("path", ""))
    known(rule, (*NAMES, *DIVE_NUMBERS), f"{where}.rule", "rule")
    if path and rule not in PATH_RULES:
        raise UsageError(f"{rule} is not about single paths", where=f"{where}.path", hint="leave the path out")
    return Ignore(
        rule=rule,
        reason=str(table["reason"]),
        expires=_day(table["expires"], f"{where}.expires"),
        path=_glob(path, f"{where}.path") if path else "",
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
