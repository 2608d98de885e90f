"""What the entries of all layers of an image may cost to keep, counted while they are read."""

from __future__ import annotations

import threading

from ocianalyze.errors import LimitExceededError, RaiseLimit


class EntryBudget:
    """Counts what all layers of a load keep in memory, against `ReadLimits.entries`. Safe across threads."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._left = limit
        self._lock = threading.Lock()

    def spend(self, count: int) -> None:
        """Count *count* more entries."""
        with self._lock:
            self._left -= count
            if self._left < 0:
                raise LimitExceededError(
                    f"the image has more than {self._limit:,} entries",
                    remedy=RaiseLimit("entries"),
                )
