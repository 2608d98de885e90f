"""Ctrl-C: when it ends the process at once, and when it is an exception.

Until a command has read its image there is nothing to tidy, so that the process ends at once; after that it is an
exception again. Imported before everything else, so it imports next to nothing.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from types import FrameType

INTERRUPTED = 130
"""The exit code, as shells report it (128 + SIGINT)."""


def leave_at_once_on_interrupt() -> None:
    """From here on Ctrl-C ends the process at once: a KeyboardInterrupt can get lost inside the import system."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _leave)


@contextlib.contextmanager
def ending_at_once(tidy: Callable[[], None]) -> Iterator[None]:
    """While this holds, Ctrl-C ends the process at once: threads that are decompressing are not waited for.

    *tidy* puts the terminal right; it runs inside the signal handler, so it may only write.
    """

    def end(_signum: int, _frame: FrameType | None) -> None:
        tidy()
        os._exit(INTERRUPTED)

    # A program started in the background, or inside another's test, keeps what that one chose.
    if signal.getsignal(signal.SIGINT) not in (signal.default_int_handler, _leave):
        yield
        return
    signal.signal(signal.SIGINT, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def end_as_usual() -> None:
    """From here on Ctrl-C is an exception, as there is something to tidy: the terminal."""
    if signal.getsignal(signal.SIGINT) is _leave:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _leave(_signum: int, _frame: FrameType | None) -> None:
    os._exit(INTERRUPTED)
