"""What all layers of an image may cost together, counted while they are read."""

from __future__ import annotations

import threading
from typing import Protocol

from ocianalyze.errors import LimitExceededError, RaiseLimit


class Account(Protocol):
    """What a layer's cost is spent of, while the layer is read."""

    def spend(self, count: int) -> None:
        """Count *count* more; LimitExceededError when that is past the limit."""


class Budget:
    """Counts what is spent against one limit. Safe across threads."""

    def __init__(self, limit: int, name: str, complaint: str) -> None:
        """Allow *limit*, which has that *name* in `ReadLimits`; *complaint* has `{}` where the limit belongs."""
        self._limit = limit
        self._left = limit
        self._name = name
        self._complaint = complaint
        self._lock = threading.Lock()

    def spend(self, count: int) -> None:
        """Count *count* more; LimitExceededError when that is past the limit."""
        with self._lock:
            self._left -= count
            if self._left < 0:
                raise LimitExceededError(self._complaint.format(f"{self._limit:,}"), remedy=RaiseLimit(self._name))


class EntryBudget(Budget):
    """Counts what all layers of a load keep in memory, against `ReadLimits.entries`."""

    def __init__(self, limit: int) -> None:
        """Allow *limit* entries."""
        super().__init__(limit, "entries", "the image has more than {} entries")


_TOO_MANY_BYTES = (
    "all layers together have more than {} uncompressed bytes, counting 16 KiB for each gzip member or zstd frame"
)


class ByteBudget(Budget):
    """Counts the uncompressed bytes of all layers of a load, against `ReadLimits.total`."""

    def __init__(self, limit: int) -> None:
        """Allow *limit* bytes."""
        super().__init__(limit, "total", _TOO_MANY_BYTES)


class Tally:
    """An Account that knows what was spent through it, of the *account* behind it."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.spent = 0

    def spend(self, count: int) -> None:
        """Count *count* more, here and there."""
        self.spent += count
        self._account.spend(count)
