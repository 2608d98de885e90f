"""The `ocianalyze` program, from before the first import that takes time."""

import os
import signal
import sys
from types import FrameType

_INTERRUPTED = 130
# To be read, written and written: what is opened instead can be neither read nor written, but for complaints.
_STREAMS = (("stdin", "r", os.O_WRONLY), ("stdout", "w", os.O_RDONLY), ("stderr", "w", os.O_WRONLY))


def main() -> None:
    """Import the commands and run one. Ctrl-C before that is no traceback either."""
    # A KeyboardInterrupt that is raised inside the import system can get lost there. Until a command has read its
    # image there is nothing to tidy; after that it is an exception again.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, leave_at_once)
    try:
        _open_what_is_closed()
        from ocianalyze.cli.app import main as run

        run()
    except KeyboardInterrupt:
        os._exit(_INTERRUPTED)


def leave_at_once(_signum: int, _frame: FrameType | None) -> None:
    """What Ctrl-C does while there is nothing to tidy."""
    os._exit(_INTERRUPTED)


def _open_what_is_closed() -> None:
    """Put something in the place of closed standard streams, lest a file of ours gets their number."""
    for number, (name, mode, flags) in enumerate(_STREAMS):
        if getattr(sys, name) is None:
            descriptor = os.open(os.devnull, flags)
            if descriptor != number:
                os.dup2(descriptor, number)
                os.close(descriptor)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - for good
