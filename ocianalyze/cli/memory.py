"""How the process asks for memory."""

from __future__ import annotations

import contextlib
import errno

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # malloc.h of the GNU C library
_KEPT = 256 << 20
_LARGEST = 32 << 20
_SIGNS = ("can't start new thread", "failed to map segment", "cannot allocate memory")
"""What Python and the linker say, in lower case, of threads and of modules for which there is no room."""


def keep_freed_memory() -> None:
    """Make the GNU C library, where it is there, keep freed memory; for a process that does not live long.

    The pieces of a layer are a megabyte each, and freed as soon as they are scanned. Given back to the system every
    time, they come as new pages, each with a fault: 230,000 of them, and 0.4 s, for an image of 2.5 GB.
    """
    with contextlib.suppress(ImportError, AttributeError, OSError, TypeError):
        import ctypes

        set_option = ctypes.CDLL(None).mallopt
        set_option(_TRIM_THRESHOLD, _KEPT)
        set_option(_MMAP_THRESHOLD, _LARGEST)


def is_lack_of_memory(error: BaseException) -> bool:
    """Whether *error* says that the machine, or a limit such as `ulimit -v`, gives no more memory or threads."""
    if isinstance(error, OSError) and error.errno == errno.ENOMEM:
        return True
    text = str(error).lower() if isinstance(error, RuntimeError | ImportError | OSError) else ""
    return isinstance(error, MemoryError) or any(sign in text for sign in _SIGNS)
