"""The folder of the cache: files by name, each written whole or not at all, read without a lock, dropped when old.

Nothing here raises for what the disk does: a file that cannot be read is not there, and what cannot be written is
left out. Other processes may do the same in the same folder at any moment.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

_NEW = ".new-"
"""What the name of a file begins with until it is complete."""
_ABANDONED = 3600
"""Seconds after which a file that is not complete was left by a process that is gone."""
_DAY = 86400
_TOUCH = 3600
"""Seconds that a file's time may be behind its last use, so that not every run writes to the disk."""
ROOM = 1 << 30
"""Bytes of the disk that are left to others."""
_LARGEST = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much a cache keeps, and how long."""

    size: int = 2 << 30
    """Bytes on the disk."""
    days: int = 90
    """Since the last use."""


class KeptFile(NamedTuple):
    """A file of the cache."""

    path: Path
    size: int
    used: float
    """Seconds since the epoch, an hour before the last use at worst."""


class Folder:
    """One folder, which only its owner may look into or write to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_new = False
        """Whether this process made it."""
        self._broken = False

    @property
    def problem(self) -> str | None:
        """Why the folder is not used; None when it can be, or is not there yet."""
        try:
            status = self.path.lstat()
        except FileNotFoundError:
            return None
        except OSError as error:
            return error.strerror
        if not stat.S_ISDIR(status.st_mode):
            return "it is no directory"
        if hasattr(os, "geteuid") and (status.st_uid != os.geteuid() or status.st_mode & 0o022):
            return "others may write to it"
        return None

    def has(self, name: str) -> bool:
        """Whether there is a file *name*."""
        return os.path.lexists(self.path / name)

    def read(self, name: str, limit: int = _LARGEST) -> bytes | None:
        """The first *limit* bytes of the file *name*; None when there is no such file, or it is none of ours."""
        if self.problem:
            return None
        try:
            # What is no regular file must not be waited for.
            fd = os.open(self.path / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                return None
            with open(fd, "rb", closefd=False) as file:
                return file.read(limit)
        except OSError:
            return None
        finally:
            os.close(fd)

    def use(self, name: str) -> None:
        """Note that the file *name* was of use now."""
        path = self.path / name
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _TOUCH:
                os.utime(path)

    def write(self, name: str, data: bytes) -> bool:
        """Let the file *name* hold *data*; whether it does. After a failure nothing more is written."""
        if self._broken or not self._made():
            return False
        try:
            self._write(name, data)
        except OSError:
            self._broken = True
            return False
        return True

    def remove(self, name: str) -> None:
        """Let there be no file *name*."""
        with contextlib.suppress(OSError):
            (self.path / name).unlink()

    def files(self) -> list[KeptFile]:
        """All complete files, least recently used first."""
        return sorted((kept for kept in self._all() if not kept.path.name.startswith(_NEW)), key=lambda kept: kept.used)

    def tidy(self) -> None:
        """Remove what processes that are gone left incomplete."""
        now = time.time()
        for kept in self._all():
            if kept.path.name.startswith(_NEW) and now - kept.used > _ABANDONED:
                self.remove(kept.path.name)

    def clear(self) -> None:
        """Remove every file, and the folder if nothing else is in it."""
        for kept in list(self._all()):
            self.remove(kept.path.name)
        with contextlib.suppress(OSError):
            self.path.rmdir()

    def _all(self) -> Iterator[KeptFile]:
        if self.problem:
            return
        with contextlib.suppress(OSError), os.scandir(self.path) as found:
            for one in found:
                with contextlib.suppress(OSError):
                    status = one.stat(follow_symlinks=False)
                    if stat.S_ISREG(status.st_mode):
                        yield KeptFile(Path(one.path), status.st_size, status.st_mtime)

    def _made(self) -> bool:
        """Whether the folder is there, made now if it was not, and there is room in it."""
        try:
            if not self.path.exists():
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self.path.mkdir(mode=0o700)
                self.is_new = True
        except FileExistsError:  # another process was faster
            pass
        except OSError:
            return False
        return self.problem is None and _room(self.path) > ROOM

    def _write(self, name: str, data: bytes) -> None:
        handle, new = tempfile.mkstemp(dir=self.path, prefix=_NEW)
        try:
            with open(handle, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
                file.write(data)
            Path(new).replace(self.path / name)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(new).unlink()
            raise


def _room(path: Path) -> int:
    """Bytes that are free on the disk that *path* is on."""
    try:
        disk = os.statvfs(path)
    except OSError:
        return 0
    return disk.f_bavail * disk.f_frsize


def beyond(files: Iterable[KeptFile], bounds: Bounds) -> list[KeptFile]:
    """Which of *files*, least recently used first, are past *bounds*."""
    ordered = list(files)
    total = sum(kept.size for kept in ordered)
    oldest = time.time() - bounds.days * _DAY
    dropped = []
    for kept in ordered:
        if total <= bounds.size and kept.used >= oldest:
            break
        total -= kept.size
        dropped.append(kept)
    return dropped
