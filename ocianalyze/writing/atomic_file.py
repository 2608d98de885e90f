"""A new file that takes its place when it is complete; until then whatever has its name stays as it is."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ocianalyze.errors import UsageError
from ocianalyze.writing.unfinished import home, new_file


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write, and to seek in. UsageError, and nothing left behind, when the disk is full."""
    target = path.resolve()
    try:
        with home(target.parent) as parent, new_file(parent) as (name, handle):
            with open(os.dup(handle), "w+b") as out:  # noqa: PTH123 - a descriptor, not a path
                yield out
                out.flush()
            os.fchmod(handle, _mode(target))
            os.replace(name, target.name, src_dir_fd=parent, dst_dir_fd=parent)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}") from error


@contextlib.contextmanager
def scratch(path: Path) -> Iterator[BinaryIO]:
    """A file without a name where *path* is to be, for what is needed on the way. UsageError when the disk is full."""
    try:
        with tempfile.TemporaryFile(prefix="ocianalyze-", dir=path.resolve().parent) as file:
            yield file
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror or error}") from error


def _mode(target: Path) -> int:
    """The permissions that *target* has, or that a new file would get."""
    with contextlib.suppress(FileNotFoundError):
        return stat.S_IMODE(target.stat().st_mode)
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
