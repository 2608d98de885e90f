"""A bound for what a replay costs beyond its entries.

Few entries can ask for much: a name of 16,000 directories that no entry stores, thousands of layers that each
touch a directory of a million files, links through links. All such costs are counted in entries: an entry takes
about a kilobyte to keep, or a few microseconds to place.
"""

from __future__ import annotations

from ocianalyze.errors import LimitExceededError, RaiseLimit

ENTRIES = 4_000_000
BYTES_OF_NAME = 256
"""Bytes of a path made here that cost as much as an entry."""
COPIED_NAMES = 32
"""Names in a copied directory that cost as much as an entry: about 40 bytes each."""
LINK_STEPS = 16
"""Names walked through in the targets of links that cost as much as an entry."""


class Allowance:
    """Counts the costs of a replay; past its limit the replay stops with LimitExceededError."""

    __slots__ = ("limit", "spent")

    def __init__(self, limit: int = ENTRIES) -> None:
        self.limit = limit
        self.spent = 0

    def copy(self) -> Allowance:
        """A second allowance that is spent as far as this one, for another replay."""
        twin = Allowance(self.limit)
        twin.spent = self.spent
        return twin

    def directory(self, path: str) -> None:
        """Count an implied directory at *path*."""
        self._spend(1 + len(path) // BYTES_OF_NAME)

    def path(self, path: str) -> None:
        """Count a path that no entry spells in this way."""
        self._spend(len(path) // BYTES_OF_NAME)

    def copied(self, names: int) -> None:
        """Count the copy of a directory of so many *names*."""
        self._spend(names // COPIED_NAMES)

    def steps(self, count: int) -> None:
        """Count *count* steps through the targets of links."""
        self._spend(count // LINK_STEPS)

    def _spend(self, cost: int) -> None:
        self.spent += cost
        if self.spent > self.limit:
            raise LimitExceededError(
                f"its paths, links and directories cost more than {self.limit:,} entries would",
                remedy=RaiseLimit("entries"),
            )
