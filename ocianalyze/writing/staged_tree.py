"""Putting a whole tree of files into place, or nothing: it grows in a directory beside, and is moved at the end."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import stat
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ocianalyze.errors import Overwrite, UsageError, brief
from ocianalyze.writing.directory_fds import OPEN, Directories, exists, remove_tree

_NEW, _OLD = "new", "old"
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK)


class Staging:
    """A directory that will be, or be merged into, the target."""

    def __init__(self, root: int) -> None:
        self.root = root
        self.modes: list[tuple[str, int]] = []
        """Directories that end with a mode that would have been in the way before: (path, mode)."""


@contextlib.contextmanager
def staged(target: Path, *, force: bool) -> Iterator[Staging]:
    """A new empty directory, whose content is put into *target* when the block ends well, and else is removed.

    *target* may exist; then directories are merged and nothing else in it is replaced unless *force*. If moving
    fails half-way, or Ctrl-C stops it, everything goes back to its place.
    """
    try:
        is_there = target.is_dir()
        if not is_there and os.path.lexists(target):
            raise UsageError(f"{target} is no directory", hint="name a directory, or one that does not exist yet")
        home = target if is_there else target.parent
        with _opened(home) as above:
            name = tempfile.mkdtemp(dir=home, prefix=".ocianalyze-").rpartition("/")[2]
            try:
                with _inside(above, name) as (work, staging):
                    yield staging
                    _publish(staging, work, above, target, is_there=is_there, force=force)
            finally:
                with _undisturbed():
                    remove_tree(above, name)
    except OSError as error:
        raise UsageError(
            f"cannot write to {target}: {error.strerror or error}" + (f" ({_named(error)})" if error.filename else ""),
            hint="nothing was left behind",
        ) from error


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _inside(above: int, name: str) -> Iterator[tuple[int, Staging]]:
    """The work directory *name* with what is new in it, and room for what must give way."""
    with contextlib.ExitStack() as closing:
        work = os.open(name, OPEN, dir_fd=above)
        closing.callback(os.close, work)
        for part in (_NEW, _OLD):
            os.mkdir(part, 0o700, dir_fd=work)
        new = os.open(_NEW, OPEN, dir_fd=work)
        closing.callback(os.close, new)
        yield work, Staging(new)


def _publish(staging: Staging, work: int, above: int, target: Path, *, is_there: bool, force: bool) -> None:
    if is_there:
        with _Merge(staging.root, above, work, force=force) as merge:
            merge.run(target)
            _set_modes(staging.modes, above)
        return
    _set_modes(staging.modes, staging.root)
    umask = os.umask(0)
    os.umask(umask)
    os.fchmod(staging.root, 0o777 & ~umask)
    os.rename(_NEW, target.name, src_dir_fd=work, dst_dir_fd=above)


def _set_modes(modes: list[tuple[str, int]], root: int) -> None:
    """Set what is left of the directories' modes, the deepest first."""
    directories = Directories(root)
    try:
        for path, mode in reversed(modes):
            above, _, name = path.rpartition("/")
            os.chmod(name, mode, dir_fd=directories.open(above))
    finally:
        directories.close()


class _Step(NamedTuple):
    """Something that was moved."""

    directory: str
    name: str
    kept_as: str | None
    """Of what gave way: its name in the attic. None for what was put into place."""


class _Merge:
    """Moves what is in one directory into another, and back if need be."""

    def __init__(self, new: int, target: int, work: int, *, force: bool) -> None:
        self._from = Directories(new)
        self._to = Directories(target)
        self._attic = os.open(_OLD, OPEN, dir_fd=work)
        self._force = force
        self._steps: list[_Step] = []

    def __enter__(self) -> _Merge:
        return self

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        try:
            if failure is not None:
                with _undisturbed():
                    self._undo()
        finally:
            self._from.close()
            self._to.close()
            os.close(self._attic)

    def run(self, target: Path) -> None:
        """Move everything; *target* is for words."""
        shared = [""]
        for path in shared:
            for name in sorted(os.listdir(self._from.open(path))):  # noqa: PTH208 - a descriptor has no Path
                inner = f"{path}/{name}" if path else name
                if self._are_directories(path, name):
                    shared.append(inner)
                else:
                    self._place(path, name, target / inner)

    def _are_directories(self, path: str, name: str) -> bool:
        if not exists(name, self._to.open(path)):
            return False
        places = (self._from.open(path), self._to.open(path))
        return all(stat.S_ISDIR(os.stat(name, dir_fd=at, follow_symlinks=False).st_mode) for at in places)

    def _place(self, path: str, name: str, shown: Path) -> None:
        source, place = self._from.open(path), self._to.open(path)
        if exists(name, place):
            if not self._force:
                raise already_there(shown)
            if stat.S_ISDIR(os.stat(name, dir_fd=place, follow_symlinks=False).st_mode):
                raise UsageError(f"{brief(str(shown))} is a directory, and stays one", hint="extract to another place")
            kept = str(len(self._steps))
            os.rename(name, kept, src_dir_fd=place, dst_dir_fd=self._attic)
            self._steps.append(_Step(path, name, kept))
        try:
            _move(name, source, place)
        except FileExistsError:
            raise already_there(shown) from None
        self._steps.append(_Step(path, name, None))

    def _undo(self) -> None:
        for number, step in reversed(list(enumerate(self._steps))):
            place = self._to.open(step.directory)
            if step.kept_as is None:
                if _is_directory(step.name, place):
                    os.chmod(step.name, 0o700, dir_fd=place)  # moving a directory takes leave to write in it
                os.rename(step.name, f"gone{number}", src_dir_fd=place, dst_dir_fd=self._attic)
            else:
                os.rename(step.kept_as, step.name, src_dir_fd=self._attic, dst_dir_fd=place)


def already_there(path: Path) -> UsageError:
    """The complaint about a name that is taken."""
    return UsageError(f"{brief(str(path))} is already there", hint="nothing was written", remedy=Overwrite())


def _move(name: str, source: int, place: int) -> None:
    """Move *name*, never onto something that has come to be there meanwhile."""
    if not _is_directory(name, source):
        try:
            os.link(name, name, src_dir_fd=source, dst_dir_fd=place, follow_symlinks=False)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
        else:
            os.unlink(name, dir_fd=source)
            return
    os.rename(name, name, src_dir_fd=source, dst_dir_fd=place)


def _is_directory(name: str, directory: int) -> bool:
    return stat.S_ISDIR(os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode)


def _named(error: OSError) -> str:
    return brief(os.fsdecode(error.filename))


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Clean up without being stopped by a second Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
