"""The files below a directory as the tar that a layer with them would be: always the same tar for the same files.

Nothing is followed: neither a link, nor the mount of another file system, nor a name that is swapped for a link
meanwhile. What is read is what was listed, or an error.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ocianalyze.blobs.blob import READ
from ocianalyze.errors import ArchiveError, brief
from ocianalyze.model.entry import Entry, EntryKind
from ocianalyze.model.notices import Notices
from ocianalyze.model.placed import Placed
from ocianalyze.tar.writer import END, member_header, padding

_KINDS = {
    stat.S_IFREG: EntryKind.FILE,
    stat.S_IFDIR: EntryKind.DIRECTORY,
    stat.S_IFLNK: EntryKind.SYMLINK,
    stat.S_IFCHR: EntryKind.CHAR_DEVICE,
    stat.S_IFBLK: EntryKind.BLOCK_DEVICE,
    stat.S_IFIFO: EntryKind.FIFO,
}
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_MOST_RUNS = 4096
"""A file of more runs is read as if it had no holes."""
_FOREIGN = ("security.selinux", "trusted.overlay.", "user.overlay.", "user.fuseoverlayfs.")
"""Attributes that the host or its storage sets, and no image has."""
_AS_ROOT = "read it as root, or inside `buildah unshare` or `podman unshare`"
_CHANGED = "the directory is written to while it is read; stop what writes there"


class FoundFile(NamedTuple):
    """One name below the root."""

    path: str
    status: os.stat_result
    parent: int
    """The descriptor of its directory, which is open until the next name is asked for."""
    mounted: bool
    """Whether another file system begins there, which is not looked into."""

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


class _FirstNames:
    """The first name of each file that has several."""

    def __init__(self) -> None:
        self._names: dict[tuple[int, int], str] = {}

    def of(self, one: FoundFile) -> str:
        """The name under which the file *one* was found first, which may be its own."""
        if one.status.st_nlink < 2 or stat.S_ISDIR(one.status.st_mode):
            return one.path
        return self._names.setdefault((one.status.st_dev, one.status.st_ino), one.path)


class DirectoryTar:
    """The tar of the directory *root*, an open descriptor. A `ByteStream`."""

    def __init__(self, root: int) -> None:
        self._root = root
        self.notices = Notices()
        """What the last pass left out."""
        names = _FirstNames()
        self.size = sum(_stored_size(one) for one in _walk(root) if names.of(one) == one.path)
        """Bytes of all files, but for those of holes."""

    def chunks(self, watch: Callable[[bytes], None] | None = None, size: int = READ) -> Iterator[bytes]:
        """The tar in chunks of about *size* bytes; *watch* is shown the content of files, and an empty text else."""
        self.notices = Notices()
        held = bytearray()
        for piece, is_content in self._pieces():
            if watch:
                watch(piece if is_content else b"")
            held += piece
            if len(held) >= size:
                yield bytes(held)
                held.clear()
        yield bytes(held) + END

    def _pieces(self) -> Iterator[tuple[bytes, bool]]:
        names = _FirstNames()
        root = os.fstat(self._root)
        yield member_header(Placed("", _entry("", root, EntryKind.DIRECTORY, _attributes(self._root)), None)), False
        for one in _walk(self._root):
            kind = _KINDS.get(stat.S_IFMT(one.status.st_mode))
            if kind is None:
                self.notices.add("socket", "a socket is left out, as no image can have one", path=one.path)
                continue
            if one.mounted:
                self.notices.add("mount", "what is mounted there is left out", path=one.path)
            first = names.of(one)
            if first != one.path:
                yield member_header(Placed(one.path, _entry(one.path, one.status, kind), None), link_to=first), False
            elif kind is EntryKind.FILE:
                yield from _file(one)
            else:
                yield member_header(Placed(one.path, _other(one, kind), None)), False


def _stored_size(one: FoundFile) -> int:
    """Bytes of a file, but for those of holes; 0 for what is none."""
    if not stat.S_ISREG(one.status.st_mode):
        return 0
    if one.status.st_blocks * 512 >= one.status.st_size:
        return one.status.st_size
    descriptor = _opened(one)
    try:
        runs = runs_of(descriptor, one.status.st_size)
        return one.status.st_size if runs is None else sum(length for _, length in runs)
    finally:
        os.close(descriptor)


def open_below(root: int, path: str, flags: int) -> int:
    """Open *path* below the directory *root*, of which no part may be a link."""
    *directories, name = path.split("/")
    parent = os.dup(root)
    try:
        for part in directories:
            below = os.open(part, _DIRECTORY, dir_fd=parent)
            os.close(parent)
            parent = below
        return os.open(name or ".", flags, dir_fd=parent)
    finally:
        os.close(parent)


def open_file(root: int, path: str) -> int:
    """Open the regular file *path* below the directory *root*; ArchiveError when it is none any more."""
    try:
        descriptor = open_below(root, path, _FILE)
    except OSError as error:
        raise refused(path, error) from error
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise changed(path)


def runs_of(descriptor: int, size: int) -> tuple[tuple[int, int], ...] | None:
    """(offset, length) of what is stored of a file of *size* bytes; None for a file without holes."""
    if os.fstat(descriptor).st_blocks * 512 >= size:
        return None
    runs: list[tuple[int, int]] = []
    end = 0
    while end < size and len(runs) <= _MOST_RUNS:
        try:
            start = os.lseek(descriptor, end, os.SEEK_DATA)
        except OSError:  # nothing but a hole follows
            break
        end = min(os.lseek(descriptor, start, os.SEEK_HOLE), size)
        runs.append((start, end - start))
    return None if len(runs) > _MOST_RUNS or runs == [(0, size)] else tuple(runs)


def read_run(descriptor: int, path: str, start: int, stop: int) -> Iterator[bytes]:
    """The bytes of an open file from *start* to before *stop*; ArchiveError when it has become shorter."""
    while start < stop:
        try:
            data = os.pread(descriptor, min(READ, stop - start), start)
        except OSError as error:
            raise refused(path, error) from error
        if not data:
            raise changed(path)
        start += len(data)
        yield data


def refused(path: str, error: OSError) -> ArchiveError:
    """The complaint about a file that cannot be opened or read."""
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return changed(path)
    hint = _AS_ROOT if isinstance(error, PermissionError) else "check the disk that it is on"
    return ArchiveError(f"/{brief(path)}: {error.strerror}", hint=hint)


def changed(path: str) -> ArchiveError:
    """The complaint about a file that is not what was listed."""
    return ArchiveError(f"/{brief(path)} changed while it was read", hint=_CHANGED)


def _walk(root: int) -> Iterator[FoundFile]:
    """Every name below *root*, the names of a directory together and sorted, and then what is in them."""
    device = os.fstat(root).st_dev
    root = os.dup(root)
    try:
        waiting = [""]
        while waiting:
            below: list[str] = []
            for one in _listed(root, waiting.pop(), device):
                if stat.S_ISDIR(one.status.st_mode) and not one.mounted:
                    below.append(one.path)
                yield one
            waiting += reversed(below)
    finally:
        os.close(root)


def _listed(root: int, path: str, device: int) -> Iterator[FoundFile]:
    """The names in the directory *path*; *device* is what the whole tree is on."""
    try:
        descriptor = open_below(root, path, _DIRECTORY)
    except OSError as error:
        raise refused(path, error) from error
    try:
        for name in sorted(os.listdir(descriptor), key=os.fsencode):  # noqa: PTH208 - names only
            where = f"{path}/{name}" if path else name
            try:
                status = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
            except OSError as error:
                raise refused(where, error) from error
            mounted = stat.S_ISDIR(status.st_mode) and status.st_dev != device
            yield FoundFile(where, status, descriptor, mounted)
    finally:
        os.close(descriptor)


def _file(one: FoundFile) -> Iterator[tuple[bytes, bool]]:
    """The member of a file: its header, its content and the padding."""
    descriptor = _opened(one)
    try:
        now = os.fstat(descriptor)
        runs = runs_of(descriptor, now.st_size)
        entry = _entry(one.path, now, EntryKind.FILE, _attributes(descriptor))._replace(sparse=runs)
        yield member_header(Placed(one.path, entry, None)), False
        stored = ((0, entry.size),) if runs is None else runs
        for start, length in stored:
            for data in read_run(descriptor, one.path, start, start + length):
                yield data, True
        yield bytes(padding(sum(length for _, length in stored))), False
    finally:
        os.close(descriptor)


def _opened(one: FoundFile) -> int:
    """The file, which is still the one that was listed."""
    try:
        descriptor = os.open(one.name, _FILE, dir_fd=one.parent)
    except OSError as error:
        raise refused(one.path, error) from error
    now = os.fstat(descriptor)
    if (now.st_dev, now.st_ino, now.st_size) == (one.status.st_dev, one.status.st_ino, one.status.st_size):
        return descriptor
    os.close(descriptor)
    raise changed(one.path)


def _other(one: FoundFile, kind: EntryKind) -> Entry:
    """The entry of what has no content."""
    try:
        if kind is EntryKind.SYMLINK:
            target = os.readlink(one.name, dir_fd=one.parent)
            return _entry(one.path, one.status, kind)._replace(link_target=target)
        if kind is not EntryKind.DIRECTORY or one.mounted:
            return _entry(one.path, one.status, kind)
        descriptor = os.open(one.name, _DIRECTORY, dir_fd=one.parent)
    except OSError as error:
        raise refused(one.path, error) from error
    try:
        return _entry(one.path, one.status, kind, _attributes(descriptor))
    finally:
        os.close(descriptor)


def _entry(path: str, status: os.stat_result, kind: EntryKind, attributes: tuple[tuple[str, bytes], ...] = ()) -> Entry:
    is_device = kind in (EntryKind.CHAR_DEVICE, EntryKind.BLOCK_DEVICE)
    return Entry(
        path=path,
        kind=kind,
        size=status.st_size if kind is EntryKind.FILE else 0,
        mode=status.st_mode & 0o7777,
        uid=status.st_uid,
        gid=status.st_gid,
        mtime_ns=status.st_mtime_ns,
        xattrs=attributes,
        device=(os.major(status.st_rdev), os.minor(status.st_rdev)) if is_device else None,
    )


def _attributes(descriptor: int) -> tuple[tuple[str, bytes], ...]:
    """The extended attributes of what is open, but for those that the host sets; none where there are no such."""
    if not hasattr(os, "listxattr"):
        return ()
    try:
        names = [name for name in sorted(os.listxattr(descriptor)) if not name.startswith(_FOREIGN)]
        return tuple((name, os.getxattr(descriptor, name)) for name in names)
    except OSError:  # the file system has none
        return ()
