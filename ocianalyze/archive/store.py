"""Where blobs are kept: a tar archive or a directory. Both answer by name; neither opens anything outside itself."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from ocianalyze.archive.blob import Blob, missing
from ocianalyze.archive.limits import ReadLimits
from ocianalyze.archive.outer import OuterMember, index_members
from ocianalyze.errors import ArchiveError
from ocianalyze.model.entry import clean_path

_LEAVES = "the archive may be hostile; nothing outside it is opened"


class Store(Protocol):
    """Blobs by name."""

    def __contains__(self, name: str) -> bool:
        """Whether there is a blob of that name."""

    def blob(self, name: str) -> Blob:
        """The blob *name*, links between members followed; MissingBlobError when there is none."""

    def names(self) -> Iterable[str]:
        """All names."""

    @property
    def given_size(self) -> int | None:
        """Bytes of the archive file as the user gave it; None for a directory."""

    def close(self) -> None:
        """Close all files."""


class TarStore:
    """An uncompressed tar, indexed once by hopping from header to header."""

    def __init__(self, fd: int, size: int, source: str, limits: ReadLimits, *, given_size: int | None = None) -> None:
        self._fd = fd
        self._size = size
        self.given_size: int | None = size if given_size is None else given_size
        self._members, self.truncated = index_members(fd, size, source, limits)
        """`truncated`: whether the file ends before the tar does."""

    def __contains__(self, name: str) -> bool:
        return clean_path(name).path in self._members

    def names(self) -> Iterable[str]:
        """All member names."""
        return self._members

    def blob(self, name: str) -> Blob:
        """The member *name*; a link is followed to the member that it names."""
        path = _inside(name)
        seen = {path}
        while True:
            member = self._members.get(path)
            if member is None:
                hint = "the archive is cut short" if self.truncated else None
                raise missing(name if path == clean_path(name).path else f"{path}, which {name} links to", hint)
            if member.link is None:
                return self._blob(path, member)
            path = _inside(_link_target(path, member), linked_from=path)
            if path in seen:
                raise ArchiveError(f"the member {name} is a link that leads back to itself", hint=_LEAVES)
            seen.add(path)

    def _blob(self, path: str, member: OuterMember) -> Blob:
        end = member.offset + member.size
        if end > self._size:
            raise ArchiveError(
                f"the archive is cut short: {path} would end at byte {end:,}, and the file at {self._size:,}",
                hint="copy or save the archive again",
            )
        return Blob(path, self._fd, member.offset, member.size)

    def close(self) -> None:
        """Close the archive."""
        os.close(self._fd)


class DirectoryStore:
    """A directory, such as an OCI image layout. Links may not lead out of it."""

    given_size: int | None = None

    def __init__(self, root: str) -> None:
        self._root = Path(root).resolve()
        self._open: dict[str, Blob] = {}

    def __contains__(self, name: str) -> bool:
        try:
            return self._path(name).is_file()
        except (ArchiveError, OSError, ValueError):
            return False

    def names(self) -> Iterable[str]:
        """The names in the top directory."""
        return sorted(path.name for path in self._root.iterdir())

    def blob(self, name: str) -> Blob:
        """The file *name*, which must be a regular one."""
        if name not in self._open:
            path = self._path(name)
            try:
                fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            except FileNotFoundError:
                raise missing(name) from None
            except OSError as error:
                raise ArchiveError(f"{path}: {error.strerror}", hint="check the file's permissions") from error
            status = os.fstat(fd)
            if not stat.S_ISREG(status.st_mode):
                os.close(fd)
                raise ArchiveError(f"{path} is not a regular file")
            self._open[name] = Blob(name, fd, 0, status.st_size)
        return self._open[name]

    def _path(self, name: str) -> Path:
        try:
            path = (self._root / _inside(name)).resolve()
        except (ValueError, RuntimeError, OSError) as error:
            raise ArchiveError(f"{name!r} is no usable file name") from error
        if not path.is_relative_to(self._root):
            raise ArchiveError(f"{name} leads out of the image directory", hint=_LEAVES)
        return path

    def close(self) -> None:
        """Close all files that were opened."""
        for blob in self._open.values():
            os.close(blob.fd)
        self._open.clear()


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
            whose = f"{linked_from} links to {name}" if linked_from else f"the image names {name} as a part of itself"
            raise ArchiveError(f"{whose}, which is outside the archive", hint=_LEAVES)
    return clean_path(name).path
