"""Moving what is in one directory into another one, name by name, and back if need be."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from ocianalyze.errors import Overwrite, UsageError, brief
from ocianalyze.writing.directory_fds import OPEN, Directories, Identity, exists, identity, is_directory, open_up
from ocianalyze.writing.unfinished import REPLACED, undisturbed

_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK)
_DONE = "done"


class _Step(NamedTuple):
    """Something that is moved. It is noted before, so that a step that is noted need not have been taken."""

    directory: str
    name: str
    kept_as: str | None
    """Of what gives way: its name in the attic. None for what is put into place."""
    identity: Identity | None = None
    """Of what is put into place."""
    is_directory: bool = False


class Merge:
    """Moves what is in the directory *new* into *target*. What gives way is kept in the attic of *work* meanwhile.

    *modes* are those that would be in the way before: (path, mode) of directories in *new*, in order of path. Each
    is set through a descriptor that was opened where nobody else could exchange the directory.
    """

    def __init__(self, new: int, target: int, work: int, modes: Sequence[tuple[str, int]], *, force: bool) -> None:
        self._from = Directories(new)
        self._to = Directories(target)
        self._work = work
        self._attic = os.open(REPLACED, OPEN, dir_fd=work)
        self._modes = modes
        self._force = force
        self._steps: list[_Step] = []

    def __enter__(self) -> Merge:
        return self

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        try:
            if failure is not None:
                with undisturbed():
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
                    self._place(path, name, inner, target / inner)
        # What gave way is no longer needed from here on, even if the process is killed.
        os.rename(REPLACED, _DONE, src_dir_fd=self._work, dst_dir_fd=self._work)

    def _are_directories(self, path: str, name: str) -> bool:
        there = self._to.open(path)
        return exists(name, there) and is_directory(name, there) and is_directory(name, self._from.open(path))

    def _place(self, path: str, name: str, inner: str, shown: Path) -> None:
        mode = self._set_modes(inner)
        source, there = self._from.open(path), self._to.open(path)
        if exists(name, there):
            self._make_room(path, name, there, shown)
        status = os.stat(name, dir_fd=source, follow_symlinks=False)
        self._steps.append(_Step(path, name, None, identity(status), stat.S_ISDIR(status.st_mode)))
        held = None if mode is None else os.open(name, OPEN, dir_fd=source)
        try:
            place(name, source, there)
            if held is not None and mode is not None:
                os.fchmod(held, mode)
        except FileExistsError:
            raise already_there(shown) from None
        finally:
            if held is not None:
                os.close(held)

    def _make_room(self, path: str, name: str, there: int, shown: Path) -> None:
        """Keep what is in the way in the attic."""
        if not self._force:
            raise already_there(shown)
        stays = UsageError(f"{brief(str(shown))} is a directory, and stays one", hint="extract to another place")
        if is_directory(name, there):
            raise stays
        kept = str(len(self._steps))
        self._steps.append(_Step(path, name, kept))
        os.rename(name, kept, src_dir_fd=there, dst_dir_fd=self._attic)
        if is_directory(kept, self._attic):  # it was exchanged meanwhile
            raise stays

    def _set_modes(self, inner: str) -> int | None:
        """Set the modes of what is below the directory *inner*, which is not in place yet. Its own, if it has one."""
        first = bisect_left(self._modes, (f"{inner}/", 0))
        end = first
        while end < len(self._modes) and self._modes[end][0].startswith(f"{inner}/"):
            end += 1
        set_modes(self._from, self._modes[first:end])
        own = bisect_left(self._modes, (inner, 0))
        return self._modes[own][1] if own < len(self._modes) and self._modes[own][0] == inner else None

    def _undo(self) -> None:
        """Take every step back that can be; what cannot be put back stays in the attic, which then stays."""
        for number, step in reversed(list(enumerate(self._steps))):
            with contextlib.suppress(OSError):
                there = self._to.open(step.directory)
                if step.kept_as is not None:
                    _put_back(step.kept_as, self._attic, there, step.name)
                elif step.identity is not None:
                    self._take_back(step, step.identity, there, f"new{number}")

    def _take_back(self, step: _Step, known: Identity, there: int, gone: str) -> None:
        """Move what *step* put into *place* to the work directory; nothing else that has its name by now."""
        if step.is_directory:
            os.close(open_up(step.name, there, known))  # moving a directory takes leave to write in it
        os.rename(step.name, gone, src_dir_fd=there, dst_dir_fd=self._work)
        if identity(os.stat(gone, dir_fd=self._work, follow_symlinks=False)) != known:
            os.rename(gone, step.name, src_dir_fd=self._work, dst_dir_fd=there)


def set_modes(directories: Directories, modes: Sequence[tuple[str, int]]) -> None:
    """Set *modes*, (path, mode) in order of path, the deepest first."""
    for path, mode in reversed(modes):
        os.fchmod(directories.open(path), mode)


def already_there(path: Path) -> UsageError:
    """The complaint about a name that is taken."""
    return UsageError(f"{brief(str(path))} is already there", hint="nothing was written", remedy=Overwrite())


def place(name: str, source: int, there: int, new_name: str | None = None) -> None:
    """Move *name*, never onto something that has come to be there meanwhile.

    A file keeps the name that it had, too, where the file system lets it have two. So no other file can get its
    number, and be taken for it when steps are taken back, before the directory that it came from is removed.
    """
    new_name = name if new_name is None else new_name
    if not is_directory(name, source):
        try:
            os.link(name, new_name, src_dir_fd=source, dst_dir_fd=there, follow_symlinks=False)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
        else:
            return
    os.rename(name, new_name, src_dir_fd=source, dst_dir_fd=there)


def _put_back(kept: str, attic: int, there: int, name: str) -> None:
    place(kept, attic, there, name)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(kept, dir_fd=attic)
