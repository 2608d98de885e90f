"""A rule: one object with everything that options, files, reports and documentation know of it.

Nothing here, or in the modules of the rules, imports what reads an image before a rule is parsed or judges: the names
of rules are options, and a program that prints its version waits for nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ocianalyze.analysis.rules.given import Given
from ocianalyze.errors import brief
from ocianalyze.model.finding import Finding, FoundBy, Level, Measured, Unit

if TYPE_CHECKING:
    from ocianalyze.analysis.rules.case import Case

MOST_PATHS = 20
"""The number of paths that a failure names at most."""
D = TypeVar("D")
"""A demand of a rule: a number for one rule, a glob for another."""


class Takes(Enum):
    """The way in which a rule is given."""

    VALUE = "value"
    """Once, with a value."""
    SWITCH = "switch"
    """Once: the rule holds, or not."""
    LIST = "list"
    """As often as is liked; each is a demand of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Generic[D]):
    """One rule that an image can be held to."""

    name: str
    """The option, the key in a file, and after `OCIANALYZE_` the variable; in reports the code of its failures."""
    takes: Takes
    meaning: str
    """The help of its option, its line in docs/rules.md, and its description in SARIF."""
    metavar: str = ""
    """The word for its value in the help."""
    more_help: str = ""
    """Further sentences of the help."""
    example: str = ""
    """A value in TOML, for docs/rules.md; for a list, a value in each form that is allowed."""
    parse: Callable[[Given], Iterable[D]]
    """Gives the demands that a value means; none where it is switched off. Raises UsageError for any other value."""
    judge: Callable[[Case, Sequence[D]], Iterable[Finding]]
    """Gives a failure for each demand that the image does not meet, in the order of the demands."""
    subject: Callable[[D], str] = lambda _: ""
    """Gives the subject of one demand, such as its glob, where there may be several demands."""
    needs_layers: bool = True
    """Whether the rule cannot be judged while layers are missing."""
    needs_baseline: bool = False
    is_about_paths: bool = False
    """Whether an ignore entry may exempt single paths from the rule."""
    dive_default: str | None = None
    """The value that dive assumes where a `.dive-ci` does not name the rule; None for a rule of ours.

    A rule of dive's has no option, and no key in our files.
    """

    @property
    def is_ours(self) -> bool:
        """Whether the rule has an option, and a key in our files."""
        return self.dive_default is None


def failed(
    rule: str,
    said: str,
    measured: Measured,
    paths: Sequence[str] = (),
    *,
    subject: str = "",
    layer: int | None = None,
) -> Finding:
    """The failure of *rule* in words, at *paths*, of which the first are kept."""
    about = f" {brief(subject)}" if subject else ""
    return Finding(
        code=rule,
        message=f"{rule}{about}: {said}",
        level=Level.ERROR,
        found_by=FoundBy.RULE,
        subject=subject,
        layer=layer,
        paths=tuple(paths[:MOST_PATHS]),
        paths_total=len(paths),
        measured=measured,
    )


def without_number(limit: int | str, value: int | str) -> Measured:
    """The limit and the value of a rule that is about no number."""
    return Measured(unit=Unit.NONE, limit=limit, value=value)


def switched_on(given: Given) -> Iterable[bool]:
    """True where the switch *given* is on, and nothing where it is off."""
    words: dict[Any, bool] = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    value = given.value if isinstance(given.value, bool) else words.get(str(given.value).lower())
    if value is None or not isinstance(given.value, bool | str):
        given.refuse(f"expected true or false, not {given.value!r}")
    return [True] if value else []
