"""What a rule is: one object with all that options, files, reports and documentation know of it.

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
"""How many paths a failure names."""
D = TypeVar("D")
"""What a rule demands: a number for one, a glob for another."""


class Takes(Enum):
    """How a rule is given."""

    VALUE = "value"
    """Once, with a value."""
    SWITCH = "switch"
    """Once: it holds, or not."""
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
    """What stands for its value in the help."""
    more_help: str = ""
    """What the help says beside the meaning."""
    example: str = ""
    """A value as a TOML file has it, for docs/rules.md; of a list, with each form that it may take."""
    parse: Callable[[Given], Iterable[D]]
    """Its demands; none where it is switched off. Raises UsageError for what it cannot be."""
    judge: Callable[[Case, Sequence[D]], Iterable[Finding]]
    """A failure for each demand that the image does not meet, in their order."""
    subject: Callable[[D], str] = lambda _: ""
    """What one demand is about, where there may be several."""
    needs_layers: bool = True
    """Whether it cannot be judged while layers are missing."""
    needs_baseline: bool = False
    is_about_paths: bool = False
    """Whether an ignore entry may exempt single paths from it."""
    dive_default: str | None = None
    """What dive takes for it in a `.dive-ci` that does not name it. Such a rule is no option and no key of ours."""

    @property
    def is_ours(self) -> bool:
        """Whether it is an option, and a key in our files."""
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
    """What a rule about what is there allows and finds."""
    return Measured(unit=Unit.NONE, limit=limit, value=value)


def switched_on(given: Given) -> Iterable[bool]:
    """True where the switch *given* is on, and nothing where it is off."""
    words: dict[Any, bool] = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    value = given.value if isinstance(given.value, bool) else words.get(str(given.value).lower())
    if value is None or not isinstance(given.value, bool | str):
        given.refuse(f"expected true or false, not {given.value!r}")
    return [True] if value else []
