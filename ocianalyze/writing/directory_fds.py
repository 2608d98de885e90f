"""Directories below one that is open, reached from descriptor to descriptor without following a link."""

from __future__ import annotations

import contextlib
import os
import resource
import stat
from collections import OrderedDict
from pathlib import Path

OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_KEPT = 64
_SHARE = 8
"""One in so many of the descriptors that the process may have is kept, as there are others to be opened."""

Identity = tuple[int, int]
"""Device and inode: what a file is, whatever name it has by now."""


class Directories:
    """Descriptors of directories by their path below *root*; the latest are kept, so any depth is fine."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._open: OrderedDict[str, int] = OrderedDict()
        self._most = max(2, min(_KEPT, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // _SHARE))

    def open(self, path: str) -> int:
        """The descriptor of the directory at *path*. It is good until another one is opened."""
        if not path:
            return self._root
        if path in self._open:
            self._open.move_to_end(path)
            return self._open[path]
        known = path
        while known and known not in self._open:
            known = known.rpartition("/")[0]
        descriptor = self._open[known] if known else self._root
        for name in path[len(known) :].strip("/").split("/"):
            descriptor = os.open(name, OPEN, dir_fd=descriptor)
            known = f"{known}/{name}" if known else name
            self._keep(known, descriptor)
        return descriptor

    def close(self) -> None:
        """Close what is kept; not the root, which is somebody else's."""
        while self._open:
            os.close(self._open.popitem()[1])

    def _keep(self, path: str, descriptor: int) -> None:
        self._open[path] = descriptor
        if len(self._open) > self._most:
            os.close(self._open.popitem(last=False)[1])


def open_up(name: str, parent: int, known: Identity | None = None) -> int:
    """Open the directory *name* in *parent*, and give its owner every right to it, whatever its mode was.

    A link in its place is not followed, nor is a directory taken that is not the *known* one: OSError.
    """
    try:
        descriptor = os.open(name, OPEN, dir_fd=parent)
    except PermissionError:
        _let_owner_in(name, parent, known)
        descriptor = os.open(name, OPEN, dir_fd=parent)
    try:
        _check(descriptor, known)
        os.fchmod(descriptor, 0o700)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _let_owner_in(name: str, parent: int, known: Identity | None) -> None:
    """As `open_up`, for a directory that cannot be opened to be read."""
    if not hasattr(os, "O_PATH"):
        os.chmod(name, 0o700, dir_fd=parent, follow_symlinks=False)
        return
    held = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)
    try:
        _check(held, known)
        Path(f"/proc/self/fd/{held}").chmod(0o700)  # Linux has no fchmod of such a descriptor
    finally:
        os.close(held)


def _check(descriptor: int, known: Identity | None) -> None:
    if known is not None and identity(os.fstat(descriptor)) != known:
        raise FileNotFoundError


def identity(status: os.stat_result) -> Identity:
    """What file *status* is of."""
    return status.st_dev, status.st_ino


def remove_tree(parent: int, name: str) -> None:
    """Remove the directory *name* in *parent* and all below it; links are removed, never followed.

    Without recursion, and through directories that do not even let their owner in.
    """
    root = open_up(name, parent)
    directories = Directories(root)
    try:
        found = [""]
        for path in found:
            descriptor = directories.open(path)
            for child in os.listdir(descriptor):  # noqa: PTH208 - a descriptor has no Path
                if is_directory(child, descriptor):
                    os.close(open_up(child, descriptor))
                    found.append(f"{path}/{child}" if path else child)
                else:
                    os.unlink(child, dir_fd=descriptor)
        for path in reversed(found[1:]):
            above, _, last = path.rpartition("/")
            os.rmdir(last, dir_fd=directories.open(above))
    finally:
        directories.close()
        os.close(root)
    os.rmdir(name, dir_fd=parent)


def exists(name: str, directory: int) -> bool:
    """Whether there is anything called *name*, if only a link to nothing."""
    with contextlib.suppress(FileNotFoundError):
        os.stat(name, dir_fd=directory, follow_symlinks=False)
        return True
    return False


def is_directory(name: str, directory: int) -> bool:
    """Whether *name* is a directory, and not a link to one."""
    return stat.S_ISDIR(os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode)
