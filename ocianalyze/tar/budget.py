"""What the entries of all layers of an image may cost to keep, counted while they are read."""

from __future__ import annotations

import threading

from ocianalyze.errors import LimitExceededError


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
                    hint="raise the safety limit with --limit entries=NUMBER if the image is to be trusted",
                )
