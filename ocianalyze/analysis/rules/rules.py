"""The rules that an image can be held to, as data; `limits` judges by them, `ruleset` reads them from text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # These names are options too, and a program that prints its version waits for nothing else.
    from ocianalyze.analysis.query.predicates import Predicate


class Unit(Enum):
    """What the number of a rule counts."""

    BYTES = "bytes"
    RATIO = "ratio"
    COUNT = "count"
    NONE = "none"
    """No number: the rule is about what is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberRule:
    """A rule that is one number. Fails when the image's is larger, or smaller where *least* is set."""

    unit: Unit
    meaning: str
    least: bool = False


NUMBERS = {
    "min-efficiency": NumberRule(unit=Unit.RATIO, meaning="Share of the stored bytes that is live.", least=True),
    "max-wasted": NumberRule(unit=Unit.BYTES, meaning="Bytes wasted."),
    "max-wasted-ratio": NumberRule(unit=Unit.RATIO, meaning="Bytes wasted, of those stored."),
    "max-user-wasted-ratio": NumberRule(unit=Unit.RATIO, meaning="The same above the base image."),
    "max-size": NumberRule(unit=Unit.BYTES, meaning="Bytes of the files in all layers."),
    "max-blob-size": NumberRule(unit=Unit.BYTES, meaning="Bytes of all layers as stored."),
    "max-layer-size": NumberRule(unit=Unit.BYTES, meaning="Bytes of the files in any one layer."),
    "max-file-size": NumberRule(unit=Unit.BYTES, meaning="Bytes of any one file of the merged view."),
    "max-layers": NumberRule(unit=Unit.COUNT, meaning="How many layers."),
    "max-files": NumberRule(unit=Unit.COUNT, meaning="Files in the merged view, by name."),
}
GROWTH = {
    "max-growth": NumberRule(unit=Unit.BYTES, meaning="Bytes of the merged view beyond the baseline's; or a share."),
    "max-new-waste": NumberRule(unit=Unit.BYTES, meaning="Bytes wasted beyond the baseline's."),
    "max-new-files": NumberRule(unit=Unit.COUNT, meaning="Files in the merged view beyond the baseline's."),
}
"""What an image may have more of than its baseline. The limit of max-growth may be a share (a float) too."""
DIVE_NUMBERS = {
    "lowestEfficiency": NumberRule(unit=Unit.RATIO, meaning="dive's efficiency.", least=True),
    "highestWastedBytes": NumberRule(unit=Unit.BYTES, meaning="dive's wasted bytes."),
    "highestUserWastedPercent": NumberRule(unit=Unit.RATIO, meaning="dive's wasted bytes of those above the base."),
}
"""The same three by dive's formulas, under dive's names; they come from a `.dive-ci` file."""
ALL_NUMBERS = NUMBERS | GROWTH | DIVE_NUMBERS
"""In the order in which they are judged."""
SWITCHES = {
    "no-setuid": "No file that runs as its owner or group.",
    "user-not-root": "The image says which user, and that is not root.",
}
LISTS = {
    "budget": "How large the files that match may be together.",
    "forbidden-path": "Nothing in the merged view may match.",
    "required-path": "Must be there.",
    "required-label": "Must be there, with that value.",
    "forbidden-env": "No variable with a name that matches.",
}
NAMES = (*NUMBERS, *GROWTH, *SWITCHES, *LISTS)
"""Of all rules, as options and keys have them."""
PATH_RULES = ("budget", "forbidden-path", "max-file-size", "no-setuid")
"""Rules about single files, from which an ignore entry can exempt paths."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How many bytes the files that match a glob may have together."""

    glob: str
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredPath:
    """Something must be at the path, or match it as a glob, and all that does must meet the conditions."""

    path: str
    conditions: tuple[tuple[str, Predicate], ...] = ()
    """Each with its words, as `mode=0755`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignore:
    """An exception from one rule, for a reason and until a day."""

    rule: str
    reason: str
    expires: date
    """The last day on which it holds."""
    path: str = ""
    """A glob: only files that match are exempt. Empty: the whole rule is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What an image is held to."""

    numbers: tuple[tuple[str, int | float], ...] = ()
    """(name out of `ALL_NUMBERS`, limit), in the order of that table."""
    budgets: tuple[Budget, ...] = ()
    forbidden_paths: tuple[str, ...] = ()
    """Globs."""
    required_paths: tuple[RequiredPath, ...] = ()
    no_setuid: bool = False
    """No file that runs with the rights of its owner or group."""
    user_not_root: bool = False
    required_labels: tuple[str, ...] = ()
    """`KEY`, or `KEY=VALUE`."""
    forbidden_env: tuple[str, ...] = ()
    """Globs of names; unlike in a path's, a star matches a slash too."""
    ignores: tuple[Ignore, ...] = ()

    @property
    def growth(self) -> tuple[str, ...]:
        """The rules that need a baseline."""
        return tuple(name for name, _ in self.numbers if name in GROWTH)

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """(name, subject) of each rule; each budget, path, label and environment name is one."""
        found = [(name, "") for name, _ in self.numbers]
        found += [("budget", budget.glob) for budget in self.budgets]
        found += [("forbidden-path", glob) for glob in self.forbidden_paths]
        found += [("no-setuid", "")] * self.no_setuid
        found += [("required-path", rule.path) for rule in self.required_paths]
        found += [("user-not-root", "")] * self.user_not_root
        found += [("required-label", text.partition("=")[0]) for text in self.required_labels]
        return (*found, *(("forbidden-env", pattern) for pattern in self.forbidden_env))
