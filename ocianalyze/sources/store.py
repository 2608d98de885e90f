"""Where blobs are kept: a tar archive or a directory. Both answer by name; neither opens anything outside itself."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from ocianalyze.blobs.blob import Blob, FileRange, OpenFile, missing, read_document
from ocianalyze.errors import ArchiveError, brief
from ocianalyze.model.entry import clean_path
from ocianalyze.model.finding import Finding
from ocianalyze.model.limits import ReadLimits
from ocianalyze.sources.tar_index import OuterMember, index_members

_LEAVES = "the archive may be hostile; nothing outside it is opened"
_PERMISSIONS = "check its permissions"


class Store(Protocol):
    """Blobs by name."""

    def __contains__(self, name: str) -> bool:
        """Whether there is a blob of that name."""

    def blob(self, name: str) -> Blob:
        """The blob *name*, links between members followed; MissingBlobError when there is none."""

    def document(self, name: str, limit: int) -> bytes:
        """All of the blob *name*, which may have *limit* bytes."""

    def names(self) -> Iterable[str]:
        """All names; in a directory, those of its two upper levels."""

    def blob_names(self) -> Iterable[str]:
        """The names of all files in `blobs/ALGORITHM/`, sorted."""

    @property
    def given_size(self) -> int | None:
        """Bytes of the archive file as the user gave it; None for a directory."""

    @property
    def stored_size(self) -> int:
        """Bytes that everything which was opened takes where it is kept; those of holes do not count."""

    @property
    def truncated(self) -> bool:
        """Whether the archive has no end, as when it is cut short."""

    @property
    def notices(self) -> tuple[Finding, ...]:
        """What is odd about the headers of an archive."""

    def close(self) -> None:
        """Close all files."""


class TarStore:
    """An uncompressed tar, indexed once by hopping from header to header."""

    def __init__(
        self, file: OpenFile, size: int, source: str, limits: ReadLimits, *, given_size: int, stored_size: int
    ) -> None:
        self._file = file
        self._size = size
        self.given_size: int | None = given_size
        self.stored_size = stored_size
        self._members, self.truncated, self.notices = index_members(file, size, source, limits)

    def __contains__(self, name: str) -> bool:
        return clean_path(name).path in self._members

    def names(self) -> Iterable[str]:
        """All member names."""
        return self._members.keys()

    def blob_names(self) -> Iterable[str]:
        """The names of all members in `blobs/ALGORITHM/`, sorted."""
        return sorted(name for name in self._members if name.startswith("blobs/") and name.count("/") == 2)

    def document(self, name: str, limit: int) -> bytes:
        """All of the member *name*."""
        return read_document(self.blob(name), limit)

    def blob(self, name: str) -> Blob:
        """The member *name*; a link is followed to the member that it names."""
        path = _inside(name)
        seen = {path}
        while True:
            member = self._members.get(path)
            if member is None:
                hint = "the archive is cut short or damaged" if self.truncated else None
                raise missing(name if path == clean_path(name).path else f"{path}, which {name} links to", hint)
            if member.link is None:
                return self._blob(path, member)
            path = _inside(_link_target(path, member), linked_from=path)
            if path in seen:
                raise ArchiveError(
                    f"the member {brief(name)} is a link that leads back to itself", hint="save the image again"
                )
            seen.add(path)

    def whole(self, name: str) -> Blob:
        """The archive itself as a blob *name*."""
        return FileRange(name, self._file, 0, self._size)

    def _blob(self, path: str, member: OuterMember) -> Blob:
        if member.sparse:
            raise ArchiveError(
                f"{brief(path)} is stored as a sparse file, which an archive of an image never needs",
                hint="the archive was packed anew; pack it without tar's --sparse, or save the image again",
            )
        end = member.offset + member.size
        if end > self._size:
            raise ArchiveError(
                f"the archive is cut short: {brief(path)} would end at byte {end:,}, and the file at {self._size:,}",
                hint="copy or save the archive again",
            )
        return FileRange(path, self._file, member.offset, member.size)

    def close(self) -> None:
        """Close the archive."""
        self._file.close()


class DirectoryStore:
    """A directory, such as an OCI image layout. Links may not lead out of it."""

    given_size: int | None = None
    truncated = False
    notices: tuple[Finding, ...] = ()

    def __init__(self, root: str) -> None:
        self._root = Path(root).resolve()
        self._open: dict[str, FileRange] = {}

    def __contains__(self, name: str) -> bool:
        try:
            path = self._resolved(name)
        except ArchiveError:
            return False
        try:
            return self._below_root(path, name).is_file()
        except PermissionError as error:  # which is no way to lack a blob, nor is a link that leads out
            raise _no_access(path, error) from error
        except (OSError, ValueError):
            return False

    def names(self) -> Iterable[str]:
        """The names in the directory and in the directories right below it."""
        try:
            tops = sorted(path.name for path in self._root.iterdir())
        except OSError as error:
            raise ArchiveError(f"{self._root}: {error.strerror}", hint=_PERMISSIONS) from error
        names = []
        for top in tops:
            names.append(top)
            with contextlib.suppress(OSError):  # not a directory, or not ours to read
                names += sorted(f"{top}/{name}" for name in os.listdir(self._root / top))  # noqa: PTH208 - names only
        return names

    @property
    def stored_size(self) -> int:
        """Bytes that the files which were opened take on the disk."""
        return sum(blob.file.allocated for blob in self._open.values())

    def blob_names(self) -> Iterable[str]:
        """The names of all files in `blobs/ALGORITHM/`, sorted."""
        return sorted(str(path.relative_to(self._root)) for path in self._root.glob("blobs/*/*"))

    def blob(self, name: str) -> Blob:
        """The file *name*, which must be a regular one; it stays open until `close`."""
        if name not in self._open:
            self._open[name] = self._opened(name)
        return self._open[name]

    def document(self, name: str, limit: int) -> bytes:
        """All of the file *name*. It does not stay open: a layout may list thousands of images."""
        blob = self._opened(name)
        try:
            return read_document(blob, limit)
        finally:
            blob.file.close()

    def _opened(self, name: str) -> FileRange:
        path = self._path(name)
        if path == self._root:
            raise missing(name)
        try:
            fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            raise missing(name) from None
        except OSError as error:
            raise _no_access(path, error) from error
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            os.close(fd)
            raise ArchiveError(f"{path} is not a regular file", hint="save the image again")
        return FileRange(name, OpenFile(fd), 0, status.st_size)

    def _path(self, name: str) -> Path:
        return self._below_root(self._resolved(name), name)

    def _resolved(self, name: str) -> Path:
        try:
            return (self._root / _inside(name)).resolve()
        except (ValueError, RuntimeError, OSError) as error:
            raise ArchiveError(f"{brief(name)!r} is no usable file name", hint="save the image again") from error

    def _below_root(self, path: Path, name: str) -> Path:
        if not path.is_relative_to(self._root):
            raise ArchiveError(
                f"{brief(name)} leads out of the image directory",
                hint="nothing outside it is opened; if the link is meant, copy the directory with cp -rL",
            )
        return path

    def close(self) -> None:
        """Close all files that were opened."""
        for blob in self._open.values():
            blob.file.close()
        self._open.clear()


def _no_access(path: Path, error: OSError) -> ArchiveError:
    return ArchiveError(f"{brief(str(path))}: {error.strerror}", hint=_PERMISSIONS)


def _link_target(path: str, member: OuterMember) -> str:
    """What a link names, spelled from the root of the archive: relative to its own place for a symlink."""
    link = member.link or ""
    if member.hard or link.startswith("/"):
        return link
    return f"{path.rpartition('/')[0]}/{link}"


def _inside(name: str, linked_from: str | None = None) -> str:
    """*name* cleaned; ArchiveError when it points out of the archive."""
    depth = 0
    for part in name.split("/"):
        depth += -1 if part == ".." else part not in ("", ".")
        if depth < 0:
            named = brief(name)
            who = f"{brief(linked_from)} links to {named}" if linked_from else f"the image names {named} as its part"
            raise ArchiveError(f"{who}, which is outside the archive", hint=_LEAVES)
    return clean_path(name).path
