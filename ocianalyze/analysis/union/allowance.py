"""A bound for what a replay costs: its entries, and all that few entries can ask for.

A name of 16,000 directories that no entry stores, hundreds of layers that each touch a directory of 200,000 files,
links through links: such costs are counted together with the entries, in bytes of memory. Time is counted as the
memory that takes as long to fill.
"""

from __future__ import annotations

from ocianalyze.errors import LimitExceededError, RaiseLimit

ENTRIES = 1_250_000
"""Entries that a replay may cost, unless another limit is given."""
ENTRY = 700
"""Bytes that an entry takes, with its node and its change: measured over a million of them."""
_NODE = 300
"""Bytes that the copy of an empty directory takes."""
_NAME = 64
"""Bytes that each name in a copied directory takes: 52 in a large one."""
_STEP = 44
"""Bytes that take as long to fill as one step through the target of a link."""
_CHARACTER = 3
"""Bytes that a character of a path costs that is made here, in memory or in time."""


class Allowance:
    """Counts the costs of a replay; past its limit the replay stops with LimitExceededError."""

    __slots__ = ("limit", "spent")

    def __init__(self, limit: int = ENTRIES) -> None:
        """Allow as much as *limit* entries cost."""
        self.limit = limit
        self.spent = 0
        """Bytes, as counted so far."""

    def copy(self) -> Allowance:
        """A second allowance that is spent as far as this one, for another replay."""
        twin = Allowance(self.limit)
        twin.spent = self.spent
        return twin

    def entries(self, count: int) -> None:
        """Count the *count* entries of a layer."""
        self._spend(count * ENTRY)

    def directory(self, path: str) -> None:
        """Count an implied directory at *path*."""
        self._spend(ENTRY + len(path) * _CHARACTER)

    def path(self, path: str) -> None:
        """Count a path that no entry spells in this way."""
        self._spend(len(path) * _CHARACTER)

    def copied(self, names: int) -> None:
        """Count the copy of a directory of so many *names*."""
        self._spend(_NODE + names * _NAME)

    def steps(self, count: int) -> None:
        """Count *count* steps through the targets of links."""
        self._spend(count * _STEP)

    def _spend(self, cost: int) -> None:
        self.spent += cost
        if self.spent > self.limit * ENTRY:
            raise LimitExceededError(
                f"its entries, with the directories, paths and links that they ask for, cost more than {self.limit:,} "
                "entries do",
                remedy=RaiseLimit("entries"),
            )
