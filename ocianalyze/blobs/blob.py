"""Stored bytes: a range of a file that can be read at any place by several threads, bounded and verified."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Blob:
    """A member of an archive or a file of a directory. Open as long as the store that it came from."""

    name: str
    fd: int
    offset: int
    size: int

    def read(self, start: int, length: int) -> bytes:
        """*length* bytes from *start*, fewer at the end of the blob. Safe across threads."""
        length = min(length, self.size - start)
        if length <= 0:
            return b""
        data = read_at(self.fd, length, self.offset + start, self.name)
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

    def document(self, limit: int) -> bytes:
        """The whole blob at once, for a JSON document of at most *limit* bytes."""
        if self.size > limit:
            raise LimitExceededError(
                f"{brief(self.name)} has {self.size:,} bytes; a document may have {limit:,}",
                remedy=RaiseLimit("document"),
            )
        return b"".join(self.chunks())


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
