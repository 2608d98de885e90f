"""Rules about the files of the merged view: their size together, and the paths that must or must not be there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocianalyze.analysis.rules.given import Given, checked_glob, known
from ocianalyze.analysis.rules.numbers import number_failed
from ocianalyze.analysis.rules.rule import Rule, Takes, failed, switched_on, without_number
from ocianalyze.errors import brief, located
from ocianalyze.model.amount import counted, parse_size
from ocianalyze.model.finding import Finding, Unit

if TYPE_CHECKING:
    from ocianalyze.analysis.query.predicates import Predicate
    from ocianalyze.analysis.rules.case import Case
    from ocianalyze.analysis.union.lookup import Found
    from ocianalyze.analysis.union.tree import StoredAt

_SETUID_OR_SETGID = 0o6000
_CONDITIONS = ("mode", "owner", "kind")
"""The conditions that a required path may have to meet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeBudget:
    """The bytes that the files which match a glob may have together."""

    glob: str
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredPath:
    """A path or glob that must name something; everything that it names must meet the conditions."""

    path: str
    conditions: tuple[tuple[str, Predicate], ...] = ()
    """Each with its words, as `mode=0755`."""


def _parse_budgets(given: Given) -> Iterator[SizeBudget]:
    if isinstance(given.value, dict):
        pairs = [(str(name), str(size)) for name, size in given.value.items()]
    else:
        pairs = [(name, size) for name, _, size in (text.rpartition("=") for text in given.texts())]
    for name, size in pairs:
        where = f"{given.where}, {name}" if name else given.where
        if not name:
            given.refuse(f"{size[:80]!r} is no budget", hint="expected '/usr/share/doc/**=5MB'")
        with located(where):
            limit = parse_size(size)
        yield SizeBudget(glob=checked_glob(name, where), limit=limit)


def _judge_budgets(case: Case, budgets: Sequence[SizeBudget]) -> Iterator[Finding]:
    from ocianalyze.model.entry import EntryKind

    for budget, found in zip(budgets, case.matching([one.glob for one in budgets]), strict=True):
        spent: dict[StoredAt, tuple[int, str]] = {}
        for path, node in found:
            if node.size and node.stored_at and node.kind is EntryKind.FILE and ("budget", path) not in case.exempt:
                spent.setdefault(node.stored_at, (-node.size, path))
        used = -sum(size for size, _ in spent.values())
        if used > budget.limit:
            paths = [path for _, path in sorted(spent.values())]
            yield number_failed("budget", Unit.BYTES, budget.limit, used, paths=paths, subject=budget.glob)


def _parse_globs(given: Given) -> Iterator[str]:
    return (checked_glob(text, given.where) for text in given.texts())


def _judge_forbidden(case: Case, globs: Sequence[str]) -> Iterator[Finding]:
    for glob, found in zip(globs, case.matching(globs), strict=True):
        hits = [path for path, _ in found if ("forbidden-path", path) not in case.exempt]
        if hits:
            said = f"{counted(len(hits), 'path')}; none is allowed"
            yield failed("forbidden-path", said, without_number("none", len(hits)), hits, subject=glob)


def _judge_setuid(case: Case, _: Sequence[bool]) -> Iterator[Finding]:
    found = sorted(
        prefix + name
        for prefix, name, node in case.analysis.tree.files()
        if node.entry and node.entry.mode & _SETUID_OR_SETGID
    )
    paths = [path for path in found if ("no-setuid", path) not in case.exempt]
    if paths:
        said = f"{counted(len(paths), 'setuid or setgid file')}; none is allowed"
        yield failed("no-setuid", said, without_number("none", len(paths)), paths)


def _parse_required(given: Given) -> Iterator[RequiredPath]:
    if not isinstance(given.value, list):
        given.refuse("expected a list")
    for one in given.value:
        table = _as_table(one) if isinstance(one, str) else one
        if not isinstance(table, dict):
            given.refuse("expected texts, or tables of texts")
        for key, value in table.items():
            if not isinstance(value, str):
                given.refuse(f"{key}: expected a text, not {value!r}", hint='as in mode = "0755"')
        if not table.get("path"):
            given.refuse("a required path has no path")
        conditions = []
        for key, value in table.items():
            known(key, ("path", *_CONDITIONS), given.where, "condition")
            if key != "path":
                conditions.append((f"{key}={value}", _condition(key, value, given.where)))
        yield RequiredPath(path=checked_glob(table["path"], given.where), conditions=tuple(conditions))


def _as_table(text: str) -> dict[str, str]:
    """`PATH,mode=0755,owner=0:0` as a table; a comma that starts no condition is part of the path."""
    path, *rest = re.split(rf",(?=(?:{'|'.join(_CONDITIONS)})=)", text)
    return {"path": path} | {key: value for key, _, value in (part.partition("=") for part in rest)}


def _condition(key: str, value: str, where: str) -> Predicate:
    from ocianalyze.analysis.query.predicates import by_kind, by_mode, by_owner

    with located(f"{where}, {key}"):
        return {"mode": by_mode, "owner": by_owner, "kind": by_kind}[key](value)


def _judge_required(case: Case, demands: Sequence[RequiredPath]) -> Iterator[Finding]:
    from ocianalyze.analysis.query.select import select_all

    wanted = select_all(case.analysis.tree, [one.path for one in demands], case.steps)
    for demand, found in zip(demands, wanted, strict=True):
        if found:
            yield from _unmet(demand, found)
            continue
        conditions = ", ".join(words for words, _ in demand.conditions)
        said = f"missing; required: {conditions}" if conditions else "missing"
        yield failed("required-path", said, without_number(conditions or "present", "missing"), subject=demand.path)


def _unmet(demand: RequiredPath, found: Sequence[Found]) -> Iterator[Finding]:
    """A failure for each condition that one of *found* does not meet."""
    from ocianalyze.analysis.query.predicates import described

    for words, holds in demand.conditions:
        wrong = [one for one in found if not holds(*one)]
        if wrong:
            has = described(words.partition("=")[0], wrong[0].node)
            many = f"{counted(len(wrong), 'path')}, the first with " if len(wrong) > 1 else ""
            said = f"{many}{brief(has)}; required: {words}"
            paths = [one.path for one in wrong]
            yield failed("required-path", said, without_number(words, has), paths, subject=demand.path)


RULES = (
    Rule(
        name="budget",
        takes=Takes.LIST,
        meaning="How large the files that match may be together.",
        metavar="GLOB=SIZE",
        example='{ "/usr/share/doc/**" = "5MB" }',
        parse=_parse_budgets,
        judge=_judge_budgets,
        subject=lambda budget: budget.glob,
        is_about_paths=True,
    ),
    Rule(
        name="forbidden-path",
        takes=Takes.LIST,
        meaning="Nothing in the merged view may match.",
        metavar="GLOB",
        example='["/root/.ssh/**", "/**/*.pem"]',
        parse=_parse_globs,
        judge=_judge_forbidden,
        subject=str,
        is_about_paths=True,
    ),
    Rule(
        name="no-setuid",
        takes=Takes.SWITCH,
        meaning="No file that runs as its owner or group.",
        example="true",
        parse=switched_on,
        judge=_judge_setuid,
        is_about_paths=True,
    ),
    Rule(
        name="required-path",
        takes=Takes.LIST,
        meaning="Must be there.",
        metavar="PATH[,...]",
        more_help="May be a glob, and end in ,mode=0755 ,owner=USER:GROUP ,kind=KIND.",
        example='["/etc/passwd", { path = "/usr/bin/app", mode = "0755", owner = "root:root", kind = "file" }]',
        parse=_parse_required,
        judge=_judge_required,
        subject=lambda demand: demand.path,
    ),
)
