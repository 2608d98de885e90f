"""Writing files of an image to disk, never outside one directory, whole or not at all.

Everything is made relative to descriptors of directories that were opened without following links. Without
*owners* files are those of whoever extracts them, so setuid and setgid bits, which would lend that user's rights,
are left out. Devices and pipes are never made.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from ocianalyze.errors import ForgoOwners, LimitExceededError, UsageError, brief
from ocianalyze.layers.reader import Piece
from ocianalyze.model.entry import Entry, EntryKind
from ocianalyze.model.placed import Placed
from ocianalyze.writing.directory_fds import Directories
from ocianalyze.writing.merge import already_there
from ocianalyze.writing.staged_tree import Staging, staged

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_SET_ID = 0o6000
_NO_NAMES = frozenset(("", ".", ".."))
"""No path of a tree has one; if one had, it would lead elsewhere."""


class Readable(Protocol):
    """Where contents come from, such as `Contents`."""

    def in_order(self, layer: int, entries: Iterable[Entry]) -> Iterator[tuple[Entry, Iterator[Piece]]]:
        """Each of *entries*, FILEs of that layer sorted by `offset`, with its content."""


@dataclass(slots=True)
class Extracted:
    """What was written."""

    files: int = 0
    """Names of regular files, hard links included, and symbolic links."""
    directories: int = 0
    size: int = 0
    """Bytes of content; a file with several names counts once."""
    skipped: list[tuple[str, str]] = field(default_factory=list)
    """(path, why) of what was left out."""


def extract(
    contents: Readable, placed: Sequence[Placed], target: Path, *, owners: bool = False, force: bool = False
) -> Extracted:
    """Write *placed*, parents first, below *target*, which is made if need be.

    Raises UsageError, and leaves nothing behind, when something is in the way or the disk is full.
    """
    if not force and target.is_dir():
        for one in placed:
            if one.entry.kind is not EntryKind.DIRECTORY and os.path.lexists(target / one.path):
                raise already_there(target / one.path)
    with staged(target, force=force) as staging:
        work = _Extraction(contents, staging, owners=owners)
        try:
            work.run(placed)
        finally:
            work.close()
        return work.done


class _Extraction:
    def __init__(self, contents: Readable, staging: Staging, *, owners: bool) -> None:
        self.done = Extracted()
        self._contents = contents
        self._staging = staging
        self._owners = owners
        self._directories = Directories(staging.root)
        self._first: dict[tuple[int, int], str] = {}

    def close(self) -> None:
        self._directories.close()

    def run(self, placed: Sequence[Placed]) -> None:
        """Directories, then files in the order in which they are stored, links, and at last the directories' times."""
        kept = [one for one in placed if self._wanted(one)]
        directories = [one for one in kept if one.entry.kind is EntryKind.DIRECTORY]
        for one in directories:
            os.mkdir(_base(one.path), 0o700, dir_fd=self._above(one.path))
        links = self._files(one for one in kept if one.entry.kind is EntryKind.FILE)
        for one in kept:
            if one.entry.kind is EntryKind.SYMLINK and not self._is_another_name(one):
                self._symlink(one)
            elif one.entry.kind is EntryKind.SYMLINK:
                links.append(one)
        for one in links:
            self._hard_link(one)
        for one in reversed(directories):
            self._finish_directory(one)
        self._staging.modes += [
            (one.path, self._mode(one.entry)) for one in directories if one.entry.mode & 0o700 != 0o700
        ]
        self.done.directories = len(directories)

    def _wanted(self, one: Placed) -> bool:
        why = ""
        if one.is_device:
            why = "a device node"
        elif one.entry.kind is EntryKind.FIFO:
            why = "a pipe"
        elif "\0" in one.path or "\0" in one.entry.link_target or not _NO_NAMES.isdisjoint(one.path.split("/")):
            why = "a name that no file system takes"
        if why and one.path:
            self.done.skipped.append((one.path, why))
        return not why and bool(one.path)

    def _files(self, files: Iterable[Placed]) -> list[Placed]:
        """Write *files*, a layer at a time; give those that are further names of one that is written."""
        links: list[Placed] = []
        layers: dict[int, list[Placed]] = {}
        for one in files:
            if self._is_another_name(one):
                links.append(one)
            else:
                layers.setdefault(one.layer, []).append(one)
        for layer, stored in sorted(layers.items()):
            stored.sort(key=lambda one: one.entry.offset)
            entries = [one.entry for one in stored]
            for one, (_, pieces) in zip(stored, self._contents.in_order(layer, entries), strict=True):
                self._file(one, pieces)
        return links

    def _is_another_name(self, one: Placed) -> bool:
        if one.stored_at is None:
            return False
        return self._first.setdefault(one.stored_at, one.path) != one.path

    def _file(self, one: Placed, pieces: Iterable[Piece]) -> None:
        descriptor = os.open(_base(one.path), _NEW_FILE, 0o600, dir_fd=self._above(one.path))
        try:
            if one.entry.sparse is not None:
                _make_room(descriptor, one)
            for position, data in pieces:
                _write(descriptor, data, position)
            self._stamp(descriptor, one)
        finally:
            os.close(descriptor)
        self.done.files += 1
        self.done.size += one.entry.size

    def _symlink(self, one: Placed) -> None:
        name, above = _base(one.path), self._above(one.path)
        os.symlink(one.entry.link_target, name, dir_fd=above)
        if self._owners:
            self._chown(one, lambda: os.chown(name, *_owner(one.entry), dir_fd=above, follow_symlinks=False))
        with contextlib.suppress(OverflowError):
            os.utime(name, ns=_times(one.entry), dir_fd=above, follow_symlinks=False)
        self.done.files += 1

    def _hard_link(self, one: Placed) -> None:
        assert one.stored_at is not None  # noqa: S101 - it shares one with another name; for the type checker
        first = self._first[one.stored_at]
        source = os.dup(self._above(first))  # opening the other may close it
        try:
            place = self._above(one.path)
            os.link(_base(first), _base(one.path), src_dir_fd=source, dst_dir_fd=place, follow_symlinks=False)
        finally:
            os.close(source)
        self.done.files += 1

    def _finish_directory(self, one: Placed) -> None:
        descriptor = self._directories.open(one.path)
        self._stamp(descriptor, one, at_least=0o700)

    def _stamp(self, descriptor: int, one: Placed, at_least: int = 0) -> None:
        """Owner first: changing it takes setuid bits away."""
        entry = one.entry
        if self._owners:
            self._chown(one, lambda: os.fchown(descriptor, *_owner(entry)))
            self._set_xattrs(descriptor, one)
        os.fchmod(descriptor, self._mode(entry) | at_least)
        with contextlib.suppress(OverflowError):
            os.utime(descriptor, ns=_times(entry))

    def _mode(self, entry: Entry) -> int:
        return entry.mode if self._owners else entry.mode & ~_SET_ID

    def _chown(self, one: Placed, change: Callable[[], None]) -> None:
        try:
            change()
        except (PermissionError, OverflowError) as error:
            uid, gid = _owner(one.entry)
            raise UsageError(
                f"cannot give {brief(one.path)} to {uid}:{gid}", hint="keeping owners takes root", remedy=ForgoOwners()
            ) from error

    def _set_xattrs(self, descriptor: int, one: Placed) -> None:
        for name, value in one.entry.xattrs:
            try:
                os.setxattr(descriptor, name, value)
            except (OSError, AttributeError, ValueError):
                self.done.skipped.append((one.path, f"its extended attribute {name}"))

    def _above(self, path: str) -> int:
        return self._directories.open(path.rpartition("/")[0])


def _base(path: str) -> str:
    return path.rpartition("/")[2]


def _owner(entry: Entry) -> tuple[int, int]:
    return entry.uid, entry.gid


def _times(entry: Entry) -> tuple[int, int]:
    return entry.mtime_ns, entry.mtime_ns


def _make_room(descriptor: int, one: Placed) -> None:
    """Give a sparse file its size; LimitExceededError where no file can have it."""
    try:
        os.ftruncate(descriptor, one.entry.size)
    except (OverflowError, OSError) as error:
        if isinstance(error, OSError) and error.errno != errno.EFBIG:
            raise
        raise LimitExceededError(
            f"{brief(one.path)} has {one.entry.size:,} bytes with its holes, more than a file can have here",
            hint="extract other paths; nothing was written",
        ) from error


def _write(descriptor: int, data: bytes | memoryview, position: int) -> None:
    """All of *data*; a file system that is nearly full may take a part first."""
    view = memoryview(data)
    while view:
        written = os.pwrite(descriptor, view, position)
        position += written
        view = view[written:]
