"""Rules that are one number: their parsing, their judging, and the words of their failures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from ocianalyze.analysis.rules.given import Given
from ocianalyze.analysis.rules.rule import Rule, Takes, failed
from ocianalyze.errors import UsageError, located
from ocianalyze.model.amount import exact_size, number, parse_ratio, parse_size, percent, size
from ocianalyze.model.finding import Finding, Measured, Unit

if TYPE_CHECKING:
    from ocianalyze.analysis.rules.case import Case

Number = int | float
METAVARS = {Unit.BYTES: "SIZE", Unit.RATIO: "RATIO", Unit.COUNT: "N"}
_EXAMPLES = {Unit.BYTES: "a size such as '5MB'", Unit.RATIO: "a share such as '3%' or 0.03"}


def limit(
    name: str,
    unit: Unit,
    meaning: str,
    measure: Callable[[Case], Number],
    *,
    example: str = "",
    least: bool = False,
    shows_waste: bool = False,
    said: str = "",
    needs_layers: bool = True,
    dive_default: str | None = None,
) -> Rule[Number]:
    """A rule that fails when the value that *measure* gives exceeds its number, or with *least* does not reach it.

    *said* follows the value in the failure's message; with *shows_waste* the failure names the paths that waste most.
    """

    def judge(case: Case, demands: Sequence[Number]) -> Iterable[Finding]:
        value = measure(case)
        for demand in demands:
            if value < demand if least else value > demand:
                paths = [one.path for one in case.analysis.waste.paths] if shows_waste else []
                yield number_failed(name, unit, demand, value, said=said, paths=paths, least=least)

    return Rule(
        name=name,
        takes=Takes.VALUE,
        meaning=meaning,
        metavar=METAVARS[unit],
        example=example,
        parse=lambda given: [parse_number(given, unit)],
        judge=judge,
        needs_layers=needs_layers,
        dive_default=dive_default,
    )


def number_failed(
    rule: str,
    unit: Unit,
    limit: Number,
    value: Number,
    *,
    said: str = "",
    paths: Sequence[str] = (),
    least: bool = False,
    subject: str = "",
    layer: int | None = None,
) -> Finding:
    """The failure of a rule whose number is exceeded, or with *least* not reached."""
    shown, allowed = _in_words(value, limit, unit)
    demanded = f"at least {allowed} is required" if least else f"at most {allowed} is allowed"
    measured = Measured(unit=unit, limit=limit, value=value)
    return failed(rule, f"{shown}{said}; {demanded}", measured, paths, subject=subject, layer=layer)


def parse_number(given: Given, unit: Unit) -> Number:
    """The number that *given* is, in *unit*. UsageError for anything else."""
    value = given.value
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        given.refuse(f"expected {_EXAMPLES.get(unit, 'a whole number')}, not {type(value).__name__}")
    text = str(value).strip()
    with located(given.where):
        if unit is Unit.BYTES:
            return parse_size(text)
        if unit is Unit.RATIO:
            return _share(text)
    if not re.fullmatch(r"\d{1,15}", text, re.ASCII):
        given.refuse(f"{text[:40]!r} is no whole number")
    return int(text)


def _share(text: str) -> float:
    share = parse_ratio(text)
    if share > 1:
        raise UsageError(f"{text!r} is more than everything", hint=f"did you mean {text}%?")
    return share


def _in_words(value: Number, limit: Number, unit: Unit) -> tuple[str, str]:
    """Both in words, exact enough to differ."""
    if unit is Unit.COUNT:
        return number(int(value)), number(int(limit))
    if unit is Unit.BYTES:
        near = size(int(value)), size(int(limit))
        return near if near[0] != near[1] else (exact_size(int(value)), exact_size(int(limit)))
    shares = percent(value), percent(limit)
    return shares if shares[0] != shares[1] else (f"{value * 100:.10g}%", f"{limit * 100:.10g}%")
