"""Opening what the user names: a file, a directory or standard input, compressed or not.

A compressed archive and a pipe are spooled into an unnamed temporary file, because an archive's table of
contents may stand at its end. Nothing is unpacked.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import stat
import tempfile
from collections.abc import Callable, Generator, Iterator
from typing import NamedTuple

from ocianalyze.blobs.blob import OpenFile, read_at
from ocianalyze.blobs.decompress import SNIFF, Growth, inflate, sniff
from ocianalyze.errors import ArchiveError, LayerError, LimitExceededError, UnsupportedCompressionError, UsageError
from ocianalyze.model.limits import ReadLimits
from ocianalyze.sources.missing_file import missing_file_hint
from ocianalyze.sources.source import OpenOptions
from ocianalyze.sources.store import DirectoryStore, Store, TarStore
from ocianalyze.sources.tar_index import begins_like_a_tar, not_a_tar
from ocianalyze.tar.budget import Budget

STANDARD_INPUT = "-"
_READ = 1 << 20
_HEAD = 64 << 10
"""Bytes at the start that are looked at before a temporary file is worth it: so many zeros are no archive."""
_ROOM = 256 << 20
"""Bytes of the disk with temporary files that are left to others."""
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_PIPE = "pipe an archive in: docker save IMAGE | ocianalyze report -"


class OpenedTar(NamedTuple):
    """A tar that is not compressed, or no longer."""

    file: OpenFile
    size: int
    label: str
    """The user's name for it, in complaints."""
    given_size: int
    """Bytes of the file as the user gave it, which may be compressed."""
    stored_size: int
    """Bytes that it takes where it is kept."""


def open_store(source: str, options: OpenOptions) -> Store:
    """The blobs in *source*, a path or `-`. Close it after use."""
    if source != STANDARD_INPUT and os.path.isdir(source):  # noqa: PTH112 - Path.is_dir raises for names too long
        return DirectoryStore(source)
    opened = open_file(source, options)
    try:
        return TarStore(
            opened.file,
            opened.size,
            opened.label,
            options.limits,
            given_size=opened.given_size,
            stored_size=opened.stored_size,
        )
    except BaseException:
        opened.file.close()
        raise


def open_file(source: str, options: OpenOptions) -> OpenedTar:
    """The file *source*, or standard input for `-`; what is compressed or no file is copied to a temporary file."""
    if source == STANDARD_INPUT:
        fd, label = _standard_input(options.standard_input), "standard input"
    else:
        fd, label = _open_file(source), source
    with contextlib.ExitStack() as undo:
        undo.callback(os.close, fd)
        size = _plain_size(fd, label)
        if size is None:
            spool, size, read = _spool(fd, label, options.limits, options.spooled)
            return OpenedTar(OpenFile(spool), size, label, given_size=read, stored_size=read)
        undo.pop_all()
        file = OpenFile(fd)
        return OpenedTar(file, size, label, given_size=size, stored_size=file.allocated)


def _standard_input(descriptor: int) -> int:
    try:
        fd = os.dup(descriptor)
    except OSError as error:
        raise ArchiveError("standard input is closed", hint=_PIPE) from error
    if os.isatty(fd):
        os.close(fd)
        raise ArchiveError("standard input is a terminal", hint=_PIPE)
    return fd


def _open_file(source: str) -> int:
    if not source:
        raise UsageError("the name of the image is empty", hint="name an image archive; is a shell variable not set?")
    try:
        return os.open(source, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise ArchiveError(f"{source}: no such file", hint=missing_file_hint(source)) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ArchiveError(f"{source}: {reason}", hint="check the path and its permissions") from error


def _plain_size(fd: int, label: str) -> int | None:
    """Bytes of *fd* when it is a file that can be read in place; None when it must be spooled."""
    status = os.fstat(fd)
    if not stat.S_ISREG(status.st_mode):
        if stat.S_ISFIFO(status.st_mode) or stat.S_ISSOCK(status.st_mode) or stat.S_ISCHR(status.st_mode):
            return None
        raise ArchiveError(f"{label} is neither a file nor a directory nor a pipe", hint="name an image archive")
    head = read_at(fd, SNIFF, 0, label)
    _refuse_text(head, label)
    if sniff(head) == "none":
        return status.st_size
    os.lseek(fd, 0, os.SEEK_SET)
    return None


def _spool(fd: int, label: str, limits: ReadLimits, spooled: Callable[[int], None]) -> tuple[int, int, int]:
    """Copy *fd* to a temporary file; that file, its size, and how many bytes were read for it."""
    read = 0

    def chunks() -> Generator[bytes, None, None]:
        nonlocal read
        while chunk := _read(fd, label):
            read += len(chunk)
            spooled(read)
            yield chunk

    try:
        with contextlib.closing(chunks()) as stream, tempfile.TemporaryFile(prefix="ocianalyze-") as spool:
            pieces = _at_least(SNIFF, stream)
            head = next(pieces, b"")
            _refuse_text(head, label)
            tar = _inflated(itertools.chain([head], pieces), sniff(head), lambda: read, limits)
            room = Budget(limits.spool, "spool", "the archive has more than {} bytes to be copied")
            for piece in _only_a_tar(_at_least(_HEAD, tar), label):
                room.spend(len(piece))
                _leave_room(spool.fileno(), len(piece))
                spool.write(piece)
            spool.flush()
            return os.dup(spool.fileno()), spool.tell(), read
    except LimitExceededError as error:
        raise LimitExceededError(f"{label}: {error.message}", hint=error.hint, remedy=error.remedy) from error
    except UnsupportedCompressionError as error:
        raise ArchiveError(f"{label} is {error.message}", hint="decompress it first") from error
    except LayerError as error:
        raise ArchiveError(f"{label}: {error.message}", hint=error.hint, remedy=error.remedy) from error
    except OSError as error:
        raise ArchiveError(
            f"{label} could not be copied to a temporary file: {error.strerror or error}",
            hint="set TMPDIR to a directory with room for the uncompressed archive",
        ) from error


def _leave_room(fd: int, size: int) -> None:
    """OSError when *size* bytes more would leave too little of the disk that *fd* is on."""
    disk = os.fstatvfs(fd)
    if disk.f_bavail * disk.f_frsize < size + _ROOM:
        raise OSError(errno.ENOSPC, f"less than {_ROOM >> 20} MiB would be left on the disk")


def _read(fd: int, label: str) -> bytes:
    try:
        return os.read(fd, _READ)
    except OSError as error:
        if error.errno == errno.EBADF:  # a program that is started without it gets what cannot be read in its place
            raise ArchiveError(f"{label} is closed", hint=_PIPE) from error
        raise ArchiveError(f"{label} cannot be read: {error.strerror}", hint="save the image again") from error


def _inflated(
    chunks: Iterator[bytes], compression: str, stored: Callable[[], int], limits: ReadLimits
) -> Iterator[bytes]:
    if compression == "none":
        return chunks
    growth = Growth(stored=stored, free=limits.inflated, ratio=limits.ratio)
    return growth.bounded(inflate(chunks, compression, on_trailing=lambda _: None, on_member=growth.member))


def _only_a_tar(chunks: Iterator[bytes], label: str) -> Iterator[bytes]:
    """*chunks*, unless they begin like no tar: nothing else is worth a temporary file, however long it is."""
    head = next(chunks, b"")
    if not begins_like_a_tar(head):
        raise not_a_tar(label)
    if len(head) >= _HEAD and not head.strip(b"\0"):
        raise not_a_tar(label)
    yield head
    yield from chunks


def _at_least(size: int, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """*chunks*, the first of which has *size* bytes if there are so many."""
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= size:
            break
    if head:
        yield head
    yield from chunks


def _refuse_text(head: bytes, label: str) -> None:
    """ArchiveError for a file that begins with *head* where that is nothing, or what PowerShell makes of an archive."""
    if not head:
        raise _empty(label)
    if head.startswith(_UTF_16):
        raise ArchiveError(
            f"{label} is UTF-16 text: the > of PowerShell 5 writes that, and spoils what is no text",
            hint="let the program write the file: docker save -o image.tar IMAGE",
        )


def _empty(label: str) -> ArchiveError:
    return ArchiveError(f"{label} is empty", hint="save the image again")
