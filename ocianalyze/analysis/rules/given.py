"""The value of a rule as people write it, in an option, a variable or a file; and the complaints about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, NoReturn

from ocianalyze.errors import UsageError, located

OFF = ("off", "disabled")
_LISTS_OFF = [[word] for word in OFF]
"""The value of an option for a list that is off; a path of that name is given as `/off`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The value of one rule as written, and the place where it is written."""

    value: Any
    where: str

    @property
    def is_off(self) -> bool:
        """Whether the value switches the rule off."""
        return self.value in OFF or self.value in _LISTS_OFF

    def texts(self) -> list[str]:
        """The value, which has to be a list of texts."""
        if not isinstance(self.value, list) or not all(isinstance(one, str) and one for one in self.value):
            hint = f'expected ["{self.value}"]' if isinstance(self.value, str) else None
            self.refuse("expected a list of texts", hint=hint)
        return self.value

    def refuse(self, message: str, *, hint: str | None = None) -> NoReturn:
        """Raise UsageError, which says where the value is written."""
        raise UsageError(message, where=self.where, hint=hint)


def nearest(name: str, names: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The name out of *names* that *name* is most likely a misspelling of; None where none is near."""
    return next(iter(get_close_matches(name.replace("_", "-"), names, n=1, cutoff=cutoff)), None)


def known(name: str, names: Iterable[str], where: str, what: str) -> None:
    """UsageError, with the nearest of *names*, when *name* is none of them."""
    choices = list(names)
    if name not in choices:
        near = nearest(name, choices)
        hint = f"did you mean {near!r}?" if near else f"expected one of {', '.join(choices)}"
        raise UsageError(f"there is no {what} {name[:80]!r}", where=where, hint=hint)


def checked_glob(text: str, where: str) -> str:
    """*text*, which is found to be a glob."""
    from ocianalyze.analysis.query.glob import check_glob

    with located(where):
        check_glob(text)
    return text
