"""Stored bytes: a blob that can be read at any place by several threads, bounded and verified."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from ocianalyze.errors import (
    ArchiveError,
    DigestMismatchError,
    DocumentError,
    LimitExceededError,
    MissingBlobError,
    RaiseLimit,
    SkipVerification,
    brief,
)
from ocianalyze.model.digest import Digest

READ = 256 << 10
"""Bytes a read. As fast as 1 MiB, measured, and small enough to stay in the cache while it is inflated."""
_DAMAGED = "the blob is damaged or was replaced; fetch or save the image again"


class ByteStream(Protocol):
    """Bytes that can be read from front to back, any number of times."""

    @property
    def size(self) -> int:
        """Bytes as stored."""

    def chunks(self, watch: Callable[[bytes], None] | None = None, size: int = ...) -> Iterator[bytes]:
        """All of them in order, in chunks of *size* bytes; each chunk is shown to *watch* first."""


class Blob(ByteStream, Protocol):
    """The bytes of one blob, wherever they are kept. A blob is open as long as the source that it came from."""

    @property
    def name(self) -> str:
        """The name under which the source keeps the blob; two blobs of one source have the same name or other bytes."""

    def read(self, start: int, length: int) -> bytes:
        """*length* bytes from *start*, fewer at the end of the blob. Safe across threads."""

    def is_unchanged(self) -> bool:
        """Whether the stored bytes are certainly those that were there when the source was opened."""

    def identity(self) -> Identity | None:
        """Where the bytes are, and the state of their file when it was opened; None where no later run finds them."""


class Identity(NamedTuple):
    """A place in a file and the file's state: the same again only if nobody has written to the file."""

    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int
    start: int
    length: int


class FileState(NamedTuple):
    """The state of a file, which every write changes."""

    size: int
    modified_ns: int
    changed_ns: int

    @classmethod
    def of(cls, fd: int) -> FileState:
        """The state of the open file *fd* now."""
        status = os.fstat(fd)
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns)


class OpenFile:
    """A file descriptor that several threads read. It is closed when the last of them is done."""

    def __init__(self, fd: int) -> None:
        """Take over *fd*."""
        self._fd = fd
        self._opened = FileState.of(fd)
        status = os.fstat(fd)
        self._allocated = min(status.st_blocks * 512, self._opened.size)
        self._inode = (status.st_dev, status.st_ino) if status.st_nlink else None
        self._lock = threading.Lock()
        self._readers = 0
        self._closed = False

    def read(self, length: int, offset: int, name: str) -> bytes:
        """`os.pread`; ArchiveError, which names the blob *name*, when the disk fails or the file was closed."""
        self._enter()
        try:
            return read_at(self._fd, length, offset, name)
        finally:
            self._leave()

    @property
    def allocated(self) -> int:
        """Bytes that the file took on the disk when it was opened: those of holes do not count."""
        return self._allocated

    def identity(self, start: int, length: int) -> Identity | None:
        """Of *length* bytes from *start*; None for a temporary file, which has no name."""
        return Identity(*self._inode, *self._opened, start, length) if self._inode else None

    def is_unchanged(self) -> bool:
        """Whether nobody has written to the file since it was opened."""
        self._enter()
        try:
            return self._opened == FileState.of(self._fd)
        finally:
            self._leave()

    def __del__(self) -> None:
        if hasattr(self, "_closed"):  # __init__ may have failed
            self.close()

    def close(self) -> None:
        """Let no one read on."""
        with self._lock:
            closed, self._closed = self._closed, True
            if not closed and not self._readers:
                os.close(self._fd)

    def _enter(self) -> None:
        with self._lock:
            if self._closed:
                raise was_closed()
            self._readers += 1

    def _leave(self) -> None:
        with self._lock:
            self._readers -= 1
            if self._closed and not self._readers:
                os.close(self._fd)


@dataclass(frozen=True, slots=True)
class FileRange:
    """A blob that is a range of an open file: a member of an archive, or a whole file of a directory."""

    name: str
    file: OpenFile
    offset: int
    size: int

    def read(self, start: int, length: int) -> bytes:
        """*length* bytes from *start*, fewer at the end of the blob. Safe across threads."""
        length = min(length, self.size - start)
        if length <= 0:
            return b""
        data = self.file.read(length, self.offset + start, self.name)
        if not data:
            raise ArchiveError(
                f"{brief(self.name)} ends {self.size - start:,} bytes early",
                hint="the file was cut short while it was read",
            )
        return data

    def chunks(self, watch: Callable[[bytes], None] | None = None, size: int = READ) -> Iterator[bytes]:
        """The whole blob in order; each chunk is shown to *watch* first."""
        position = 0
        while data := self.read(position, size):
            position += len(data)
            if watch:
                watch(data)
            yield data

    def is_unchanged(self) -> bool:
        """Whether nobody has written to the file since it was opened."""
        return self.file.is_unchanged()

    def identity(self) -> Identity | None:
        """See `Blob`."""
        return self.file.identity(self.offset, self.size)


def read_document(blob: Blob, limit: int) -> bytes:
    """All bytes of *blob*, a JSON document. LimitExceededError when it has more than *limit*."""
    if blob.size > limit:
        raise LimitExceededError(
            f"{brief(blob.name)} has {blob.size:,} bytes; a document may have {limit:,}",
            remedy=RaiseLimit("document"),
        )
    return b"".join(blob.chunks())


class Verifier:
    """Follows the bytes of a blob, and compares their count and digest with what a descriptor claims."""

    def __init__(self, digest: Digest | None, size: int | None, *, what: str) -> None:
        self._digest = digest
        self._size = size
        self._what = what
        self._count = 0
        self._fed = False
        self._hash = new_hash(digest.algorithm) if digest else None

    def share(self, running: hashlib._Hash) -> None:
        """Take the digest from *running*, which somebody else feeds with the very same bytes."""
        self._hash = running
        self._fed = True

    def count(self, size: int) -> None:
        """Take *size* bytes for their count alone, as of a blob that is not read."""
        self._count += size

    def update(self, data: bytes) -> None:
        """Take the next bytes."""
        self._count += len(data)
        if self._hash and not self._fed:
            self._hash.update(data)

    def finish(self) -> None:
        """DigestMismatchError when the count or the digest is not as claimed."""
        if self._size is not None and self._count != self._size:
            raise DigestMismatchError(
                f"the size of {self._what}",
                expected=f"{self._size:,} bytes",
                got=f"{self._count:,} bytes",
                hint=_DAMAGED,
                remedy=SkipVerification(),
            )
        if self._digest and self._hash and self._hash.hexdigest() != self._digest.encoded:
            got = f"{self._digest.algorithm}:{self._hash.hexdigest()}"
            raise DigestMismatchError(
                f"the digest of {self._what}", expected=self._digest, got=got, hint=_DAMAGED, remedy=SkipVerification()
            )


def new_hash(algorithm: str) -> hashlib._Hash:
    """A running hash; DocumentError for an algorithm that cannot be checked."""
    if algorithm not in ("sha256", "sha384", "sha512"):
        raise DocumentError(
            f"digests by {algorithm} cannot be checked",
            remedy=SkipVerification(),
        )
    return hashlib.new(algorithm)


def read_at(fd: int, length: int, offset: int, name: str) -> bytes:
    """`os.pread`, with a failing disk told apart from a damaged archive."""
    try:
        return os.pread(fd, length, offset)
    except OSError as error:
        raise ArchiveError(f"{brief(name)}: {error.strerror}", hint="check the disk that the archive is on") from error


def missing(name: str, hint: str | None = None) -> MissingBlobError:
    """The complaint about a blob that the archive does not hold."""
    return MissingBlobError(f"the archive holds no {brief(name) or 'blob with an empty name'}", hint=hint)


def was_closed() -> ArchiveError:
    """The complaint about a read from an image that was closed."""
    return ArchiveError("the image was closed", hint="read from it before it is closed")
