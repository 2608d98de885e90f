"""Directories below one that is open, reached from descriptor to descriptor without following a link."""

from __future__ import annotations

import contextlib
import os
import stat
from collections import OrderedDict

OPEN = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_KEPT = 64


class Directories:
    """Descriptors of directories by their path below *root*; the latest are kept, so any depth is fine."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._open: OrderedDict[str, int] = OrderedDict()

    def open(self, path: str) -> int:
        """The descriptor of the directory at *path*. It is good until some others have been opened."""
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
        if len(self._open) > _KEPT:
            os.close(self._open.popitem(last=False)[1])


def remove_tree(parent: int, name: str) -> None:
    """Remove the directory *name* in *parent* and all below it; links are removed, never followed.

    Without recursion, and through directories that do not even let their owner in.
    """
    os.chmod(name, 0o700, dir_fd=parent)
    root = os.open(name, OPEN, dir_fd=parent)
    directories = Directories(root)
    try:
        found = [""]
        for path in found:
            descriptor = directories.open(path)
            for child in os.listdir(descriptor):  # noqa: PTH208 - a descriptor has no Path
                if stat.S_ISDIR(os.stat(child, dir_fd=descriptor, follow_symlinks=False).st_mode):
                    os.chmod(child, 0o700, dir_fd=descriptor)
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
