"""Ctrl-C, SIGTERM and SIGHUP: when they end the process at once, and when they are an exception.

Until a command has read its image there is nothing to tidy, so that the process ends at once; after that each is an
exception again. Imported before everything else, so it imports next to nothing.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from types import FrameType

INTERRUPTED = 130
"""The exit code after Ctrl-C, as shells report it (128 + SIGINT)."""
_ENDING = (signal.SIGTERM, signal.SIGHUP)
"""Signals that end a program as Ctrl-C does, by default without a chance to tidy."""


class Ended(KeyboardInterrupt):
    """The process was told to end by another signal than Ctrl-C; whatever handles that one handles this."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


_last = 0
"""The number of the signal that ended the process last: some frameworks make another exception of ours."""


def exit_code() -> int:
    """The exit code of a process that a signal ended, as shells report it."""
    return 128 + _last if _last else INTERRUPTED


def leave_at_once_on_interrupt() -> None:
    """From here on Ctrl-C ends the process at once: a KeyboardInterrupt can get lost inside the import system."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _leave)


@contextlib.contextmanager
def ending_at_once(tidy: Callable[[], None]) -> Iterator[None]:
    """While this holds, such a signal ends the process at once: threads that are decompressing are not waited for.

    *tidy* puts the terminal right; it runs inside the signal handler, so it may only write.
    """

    def end(number: int, _frame: FrameType | None) -> None:
        tidy()
        os._exit(128 + number)

    for number in _ENDING:
        if signal.getsignal(number) in (signal.SIG_DFL, _raise):
            signal.signal(number, end)
    # A program started in the background, or inside another's test, keeps what that one chose.
    if signal.getsignal(signal.SIGINT) not in (signal.default_int_handler, _leave):
        try:
            yield
        finally:
            _end_as_exceptions(end)
        return
    signal.signal(signal.SIGINT, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        _end_as_exceptions(end)


def end_as_usual() -> None:
    """From here on such a signal is an exception, as there is something to tidy: the terminal, what is half written."""
    if signal.getsignal(signal.SIGINT) is _leave:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    _end_as_exceptions(signal.SIG_DFL)


def _end_as_exceptions(unless_changed: object) -> None:
    for number in _ENDING:
        if signal.getsignal(number) == unless_changed:
            signal.signal(number, _raise)


def _raise(number: int, _frame: FrameType | None) -> None:
    global _last
    _last = number
    raise Ended(number)


def _leave(_signum: int, _frame: FrameType | None) -> None:
    os._exit(INTERRUPTED)
