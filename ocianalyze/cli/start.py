"""The `ocianalyze` program, from before the first import that takes time."""

import os

_INTERRUPTED = 130


def main() -> None:
    """Import the commands and run one. Ctrl-C before that is no traceback either."""
    try:
        from ocianalyze.cli.app import main as run

        run()
    except KeyboardInterrupt:
        os._exit(_INTERRUPTED)
