"""The rules that one image is held to, each with its demands, and the exceptions from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ocianalyze.analysis.rules.given import Given
from ocianalyze.analysis.rules.ignore import Ignore, parse_ignores
from ocianalyze.analysis.rules.rule import Rule
from ocianalyze.analysis.rules.table import RULES

_PATHS_CAN_BE_EXEMPT = {rule.name: rule.is_about_paths for rule in RULES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A rule and its demands."""

    rule: Rule[Any]
    demands: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruleset:
    """The rules that an image is held to."""

    applied: tuple[Applied, ...] = ()
    """In the order of the table."""
    ignores: tuple[Ignore, ...] = ()

    @property
    def needing_baseline(self) -> tuple[str, ...]:
        """The rules that need a baseline."""
        return tuple(one.rule.name for one in self.applied if one.rule.needs_baseline)

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """(name, subject) of each demand; each budget, path, label and environment name is one."""
        return tuple((one.rule.name, one.rule.subject(demand)) for one in self.applied for demand in one.demands)


def make_ruleset(given: Mapping[str, Given], ignores: Given | None = None) -> Ruleset:
    """The rules that *given*, values by the names of rules, means; a rule that is `off` is left out.

    Raises UsageError, which says where the mistake is written.
    """
    demands = ((rule, given[rule.name]) for rule in RULES if rule.name in given)
    applied = [Applied(rule=rule, demands=tuple(rule.parse(one))) for rule, one in demands if not one.is_off]
    return Ruleset(
        applied=tuple(one for one in applied if one.demands),
        ignores=() if ignores is None else tuple(parse_ignores(ignores, _PATHS_CAN_BE_EXEMPT)),
    )
