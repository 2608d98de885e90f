"""The `ocianalyze` program, from before the first import that takes time."""

import os
import sys

from ocianalyze.cli.memory import is_lack_of_memory
from ocianalyze.cli.signals import exit_code, leave_at_once_on_interrupt

# To be read, written and written: what is opened instead can be neither read nor written, but for complaints.
_STREAMS = (("stdin", "r", os.O_WRONLY), ("stdout", "w", os.O_RDONLY), ("stderr", "w", os.O_WRONLY))

_UNREADABLE = 3
"""The exit code of a run that could not read the image."""


def main() -> None:
    """Import the commands and run one. Ctrl-C prints no traceback at any time."""
    leave_at_once_on_interrupt()
    try:
        _open_what_is_closed()
        from ocianalyze.cli.app import main as run

        run()
    except KeyboardInterrupt:
        os._exit(exit_code())
    except (MemoryError, ImportError, OSError) as error:  # of an import; later ones have their own words
        if not is_lack_of_memory(error):
            raise
        os.write(2, b"ocianalyze: error: not enough memory to start\n")
        os._exit(_UNREADABLE)


def _open_what_is_closed() -> None:
    """Open /dev/null in the place of closed standard streams, lest another file gets their number."""
    for number, (name, mode, flags) in enumerate(_STREAMS):
        if getattr(sys, name) is None:
            descriptor = os.open(os.devnull, flags)
            if descriptor != number:
                os.dup2(descriptor, number)
                os.close(descriptor)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - for good
