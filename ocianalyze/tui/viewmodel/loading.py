"""A load as the loading screen watches it: counters that several threads write and one screen reads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from ocianalyze.api import PlannedLayer

_BETWEEN = 0.05
"""Seconds between two reports: more often than this nobody sees."""


class LoadCancelled(Exception):  # noqa: N818  # no error: the person at the screen asked for it
    """The person at the screen wants no more of this load."""


class LoadWatch:
    """Counts what is read and says now and then that there is news. A `Progress`."""

    def __init__(self, news: Callable[[], object]) -> None:
        self.layers: tuple[PlannedLayer, ...] = ()
        self.done: dict[int, int] = {}
        """Bytes read of each layer's blob."""
        self.spool = 0
        """Bytes read of a compressed archive or of standard input, before the layers are known."""
        self._news = news
        self._told = 0.0
        self._lock = threading.Lock()
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Stop the load at its next step."""
        self._cancelled.set()

    def spooled(self, done: int) -> None:
        """See `Progress`."""
        self.spool = done
        self._tell()

    def begin(self, layers: Sequence[PlannedLayer]) -> None:
        """See `Progress`."""
        with self._lock:
            self.layers = tuple(layers)
            self.done = {layer.index: 0 for layer in layers}
        self._tell(at_once=True)

    def advance(self, layer: int, blob_bytes: int) -> None:
        """See `Progress`."""
        with self._lock:
            self.done[layer] = self.done.get(layer, 0) + blob_bytes
        self._tell()

    def check(self) -> None:
        """Raise LoadCancelled if the load is no longer wanted."""
        if self._cancelled.is_set():
            raise LoadCancelled

    def _tell(self, *, at_once: bool = False) -> None:
        self.check()
        now = time.monotonic()
        if at_once or now - self._told >= _BETWEEN:
            self._told = now
            self._news()
