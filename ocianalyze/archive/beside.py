"""Work that goes on beside a stream: each piece is also handed to one function in a thread of its own."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator

_DEPTH = 4
"""Pieces that may wait, so that memory stays bounded."""


@contextlib.contextmanager
def beside(work: Callable[[bytes], object] | None) -> Iterator[Callable[[bytes], None]]:
    """A function to hand pieces to; *work* gets them in order in another thread, and is done when the context ends.

    *work* must not raise. It pays where it lets go of the GIL for long, as a digest of a large piece does.
    """
    if work is None:
        yield _ignore
        return
    pieces: queue.Queue[bytes | None] = queue.Queue(_DEPTH)

    def run() -> None:
        while (piece := pieces.get()) is not None:
            work(piece)

    thread = threading.Thread(target=run, name="digest", daemon=True)
    thread.start()
    try:
        yield pieces.put
    finally:
        pieces.put(None)
        thread.join()


def _ignore(_: bytes) -> None:
    """What is done with pieces that nobody wants."""
