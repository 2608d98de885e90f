"""The progress of a load: counters that several threads write and the loading screen reads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from ocianalyze.api import PlannedLayer

_BETWEEN = 0.05
"""Seconds between two calls of `news`: more calls would not be seen."""


class LoadCancelled(Exception):  # noqa: N818  # no error: the person at the screen asked for it
    """The person at the screen has cancelled the load."""


class LoadWatch:
    """Counts the bytes that are read, and calls *news* now and then. A `Progress`."""

    def __init__(self, news: Callable[[], object]) -> None:
        self.layers: tuple[PlannedLayer, ...] = ()
        self.done: dict[int, int] = {}
        """Bytes read of each layer's blob."""
        self.spool = 0
        """Bytes read of a compressed archive or of standard input, before the layers are known."""
        self._news = news
        self._reported_at = 0.0
        self._lock = threading.Lock()
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Stop the load at its next step."""
        self._cancelled.set()

    def spooled(self, done: int) -> None:
        """See `Progress`."""
        self.spool = done
        self._report()

    def begin(self, layers: Sequence[PlannedLayer]) -> None:
        """See `Progress`."""
        with self._lock:
            self.layers = tuple(layers)
            self.done = {layer.index: 0 for layer in layers}
        self._report(at_once=True)

    def advance(self, layer: int, blob_bytes: int) -> None:
        """See `Progress`."""
        with self._lock:
            self.done[layer] = self.done.get(layer, 0) + blob_bytes
        self._report()

    def check(self) -> None:
        """Raise LoadCancelled if the load is cancelled."""
        if self._cancelled.is_set():
            raise LoadCancelled

    def _report(self, *, at_once: bool = False) -> None:
        self.check()
        now = time.monotonic()
        if at_once or now - self._reported_at >= _BETWEEN:
            self._reported_at = now
            self._news()
