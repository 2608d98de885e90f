"""The members of an archive that is itself a file of an image: a tar (plain or compressed), a zip or an ar archive.

Nothing is unpacked. However the archive is made, a listing ends: after so many members, or so many inflated bytes.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple, Protocol

from ocianalyze.blobs.zstdlib import zstd
from ocianalyze.contents.ar import MAGIC, ReadableFile, ar_members

MOST_MEMBERS = 20_000
MOST_BYTES = 512 << 20
"""Inflated bytes of a compressed tar that are looked through."""
_MOST_WINDOW = 27
"""The largest window of zstd, as a power of two: 128 MiB, as the command zstd has it."""
_DAMAGED = (OSError, EOFError, zlib.error, lzma.LZMAError, zstd.ZstdError)


class ArchiveMember(NamedTuple):
    """One member."""

    mode: int
    """Type and permission bits, as `st_mode` has them."""
    size: int
    name: str
    target: str
    """Where a link leads; empty for everything else."""
    depth: int
    """1 for a member of the archive in an archive that holds what a Debian package installs, else 0."""


class ListingEnd(Enum):
    """Why a listing ends where it ends."""

    WHOLE = "whole"
    MORE = "more"
    """MOST_MEMBERS are listed."""
    LARGE = "large"
    """MOST_BYTES are inflated."""
    DAMAGED = "damaged"
    NO_ARCHIVE = "no archive"
    """The file is no archive, or one that cannot be listed."""


class MemberListing(NamedTuple):
    """The members of an archive, as far as they could be listed."""

    members: list[ArchiveMember]
    end: ListingEnd
    problem: str = ""
    """What is damaged, or why the file cannot be listed, as the library words it."""
    limit: int = 0
    """The members or bytes after which the listing stopped."""


class _TooLargeError(OSError):
    """More came out than MOST_BYTES."""


def list_members(file: ReadableFile) -> MemberListing:
    """The members of *file*, in the order of the archive."""
    members: list[ArchiveMember] = []
    try:
        for member in _members(file):
            if len(members) >= MOST_MEMBERS:
                return MemberListing(members, ListingEnd.MORE, limit=MOST_MEMBERS)
            members.append(member)
    except tarfile.ReadError as error:
        end = ListingEnd.WHOLE if members else ListingEnd.NO_ARCHIVE
        return MemberListing(members, end, str(error))
    except _TooLargeError:
        return MemberListing(members, ListingEnd.LARGE, limit=MOST_BYTES)
    except (*_DAMAGED, tarfile.TarError, zipfile.BadZipFile) as error:
        return MemberListing(members, ListingEnd.DAMAGED, str(error))
    except (ValueError, NotImplementedError, RuntimeError) as error:
        return MemberListing(members, ListingEnd.NO_ARCHIVE, str(error))
    return MemberListing(members, ListingEnd.WHOLE)


def inflated_head(file: ReadableFile, length: int) -> bytes | None:
    """At most *length* bytes from the start of what *file* inflates to; None where it is damaged."""
    try:
        return _inflated(_RawFile(file)).read(length)
    except _DAMAGED:
        return None


def _members(file: ReadableFile) -> Iterator[ArchiveMember]:
    if file.read(0, 2) == b"PK":
        yield from _zip_members(file)
    elif file.read(0, len(MAGIC)) == MAGIC:
        for member in ar_members(file):
            yield ArchiveMember(stat.S_IFREG | member.mode & 0o7777, member.size, member.name, "", 0)
            if member.name.startswith("data.tar"):
                yield from _tar_members(_RawFile(file, member.start, member.size), 1)
    else:
        yield from _tar_members(_RawFile(file), 0)


def _zip_members(file: ReadableFile) -> Iterator[ArchiveMember]:
    with zipfile.ZipFile(io.BufferedReader(_RawFile(file))) as archive:
        for info in archive.infolist():
            kind = stat.S_IFDIR if info.is_dir() else stat.S_IFREG
            mode = kind | (info.external_attr >> 16 & 0o7777 or 0o644)
            yield ArchiveMember(mode, info.file_size, info.filename, "", 0)


def _tar_members(raw: _RawFile, depth: int) -> Iterator[ArchiveMember]:
    with tarfile.open(fileobj=_inflated(raw), mode="r|", errorlevel=0) as tar:
        for member in tar:
            kind = {tarfile.SYMTYPE: stat.S_IFLNK, tarfile.DIRTYPE: stat.S_IFDIR}.get(member.type, stat.S_IFREG)
            yield ArchiveMember(kind | member.mode & 0o7777, member.size, member.name, member.linkname, depth)
            setattr(tar, "members", [])  # noqa: B010  # undocumented: or tarfile keeps every member that it has seen


class _Stream(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


def _inflated(part: _RawFile) -> _BoundedStream:
    """What *part* inflates to; its own bytes where it is not compressed."""
    raw = io.BufferedReader(part)
    head = raw.peek(6)
    stream: _Stream = raw
    if head.startswith(b"\x1f\x8b"):
        stream = gzip.GzipFile(fileobj=raw)  # closed with what it reads
    elif head.startswith(b"BZh"):
        stream = bz2.BZ2File(raw)
    elif head.startswith(b"\xfd7zXZ"):
        stream = lzma.LZMAFile(raw)  # noqa: SIM115  # closed with what it reads
    elif head.startswith(b"\x28\xb5\x2f\xfd"):
        stream = zstd.ZstdFile(raw, options={zstd.DecompressionParameter.window_log_max: _MOST_WINDOW})
    return _BoundedStream(stream)


class _RawFile(io.RawIOBase):
    """A file of an image, or a part of one, for libraries that read files of Python."""

    def __init__(self, file: ReadableFile, start: int = 0, size: int | None = None) -> None:
        super().__init__()
        self._file = file
        self._start = start
        self._size = min(file.size - start, file.size if size is None else size)
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # the base class says Buffer
        data = self._file.read(self._start + self._at, max(0, min(len(buffer), self._size - self._at)))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


class _BoundedStream(io.RawIOBase):
    """A stream that ends with an error when more than MOST_BYTES come out of it."""

    def __init__(self, stream: _Stream) -> None:
        super().__init__()
        self._stream = stream
        self._left = MOST_BYTES

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size if size >= 0 else 1 << 16)
        self._left -= len(data)
        if self._left < 0:
            raise _TooLargeError
        return data
