"""What is half written has a name that tells it apart, and a lock: so what a killed run left is known, and removed.

A run locks what it writes until that is in its place or gone again. The system gives locks up when a process ends,
however it ends; what has such a name and no lock belongs to nobody any more.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import signal
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from ocianalyze.writing.directory_fds import OPEN, exists, remove_tree

REPLACED = "old"
"""In a directory that is half written: the directory of what gave way, which is never removed for being left."""
_NAME = re.compile(r"\.ocianalyze-[0-9a-f]{16}")
_NEW_FILE = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StillThere(Exception):  # noqa: N818 - a fact, which the caller makes an error for people of
    """Something half written could not be removed: its name, and why."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(name, why)
        self.name = name
        self.why = why


@contextlib.contextmanager
def home(path: Path) -> Iterator[int]:
    """The descriptor of the directory *path*, in which something is to be written; what was left in it is removed."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except PermissionError:  # a directory to write in, and not to list
        descriptor = os.open(path, getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        remove_left(descriptor)
        yield descriptor
    finally:
        os.close(descriptor)


def new_directory(parent: int) -> contextlib.AbstractContextManager[tuple[str, int]]:
    """A directory in *parent*: its name and its descriptor, which holds the lock. It is removed in the end.

    StillThere if it cannot be removed, or holds what gave way and could not be put back.
    """

    def make(name: str) -> int:
        os.mkdir(name, 0o700, dir_fd=parent)
        try:
            return os.open(name, OPEN, dir_fd=parent)
        except OSError:
            os.rmdir(name, dir_fd=parent)
            raise

    def remove(name: str) -> None:
        try:
            if holds_replaced(name, parent):
                raise StillThere(name, "some of what gave way could not be put back")
            remove_tree(parent, name)
        except OSError as error:
            raise StillThere(name, error.strerror or str(error)) from error

    return _made(parent, make, remove)


def new_file(parent: int) -> contextlib.AbstractContextManager[tuple[str, int]]:
    """A file in *parent*, to be read and written, as `new_directory`; unless it has another name in the end."""
    return _made(
        parent,
        lambda name: os.open(name, _NEW_FILE, 0o600, dir_fd=parent),
        lambda name: os.unlink(name, dir_fd=parent),
    )


def remove_left(parent: int) -> None:
    """Remove from *parent* what killed runs of this user left half written; not what such a run had replaced."""
    for name in _half_written(parent):
        with contextlib.suppress(OSError), _locked(name, parent) as is_directory:
            if not is_directory:
                os.unlink(name, dir_fd=parent)
            elif not holds_replaced(name, parent):
                remove_tree(parent, name)


def left_with_replaced(parent: int) -> str | None:
    """The name of a directory in *parent* that a killed run left, with files in it that gave way to others."""
    for name in _half_written(parent):
        with contextlib.suppress(OSError), _locked(name, parent) as is_directory:
            if is_directory and holds_replaced(name, parent):
                return name
    return None


def holds_replaced(name: str, parent: int) -> bool:
    """Whether the directory *name*, half written, holds files that gave way to others and have to be put back."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        work = os.open(name, OPEN, dir_fd=parent)
        try:
            attic = os.open(REPLACED, OPEN, dir_fd=work)
        finally:
            os.close(work)
        try:
            return bool(os.listdir(attic))  # noqa: PTH208 - a descriptor has no Path
        finally:
            os.close(attic)
    return False


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Ctrl-C and its like wait until the block is done: it makes or tidies what must not be left half done."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    waiting: list[int] = []

    def wait(number: int, _frame: FrameType | None) -> None:
        waiting.append(number)

    before = {number: signal.getsignal(number) for number in _ENDING}
    # What is ignored stays ignored; a handler that Python does not know of cannot be put back.
    kept = {number: was for number, was in before.items() if was not in (None, signal.SIG_IGN)}
    for ending in kept:
        signal.signal(ending, wait)
    try:
        yield
    finally:
        for ending, was in kept.items():
            signal.signal(ending, was)
        for number in waiting[:1]:
            signal.raise_signal(number)


@contextlib.contextmanager
def _made(parent: int, make: Callable[[str], int], remove: Callable[[str], None]) -> Iterator[tuple[str, int]]:
    name, descriptor = "", -1
    try:
        with undisturbed():
            while not name:
                name, descriptor = _locked_anew(parent, make)
        yield name, descriptor
    finally:
        with undisturbed():
            try:
                if name and exists(name, parent):
                    remove(name)
            finally:
                if descriptor >= 0:
                    os.close(descriptor)


def _locked_anew(parent: int, make: Callable[[str], int]) -> tuple[str, int]:
    """A new name and its descriptor, locked; no name if another run took it for left before it was locked."""
    name = f".ocianalyze-{os.urandom(8).hex()}"
    descriptor = make(name)
    with contextlib.suppress(OSError):  # a file system without locks, where nothing is removed for being left
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    if _is(name, parent, descriptor):
        return name, descriptor
    os.close(descriptor)
    return "", -1


def _is(name: str, parent: int, descriptor: int) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return os.path.samestat(os.stat(name, dir_fd=parent, follow_symlinks=False), os.fstat(descriptor))
    return False


def _half_written(parent: int) -> list[str]:
    """Names in *parent* of what is, or was, half written; none where it may not be listed."""
    try:
        return sorted(filter(_NAME.fullmatch, os.listdir(parent)))
    except OSError:
        return []


@contextlib.contextmanager
def _locked(name: str, parent: int) -> Iterator[bool]:
    """Hold the lock of *name*, which is a directory or a file of this user; OSError if a run has it."""
    status = os.stat(name, dir_fd=parent, follow_symlinks=False)
    is_directory = stat.S_ISDIR(status.st_mode)
    if status.st_uid != os.geteuid() or not (is_directory or stat.S_ISREG(status.st_mode)):
        raise PermissionError
    flags = OPEN if is_directory else os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(name, flags, dir_fd=parent)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield is_directory
    finally:
        os.close(descriptor)
