"""Opening what the user names: a file, a directory or standard input, compressed or not.

A compressed archive and a pipe are spooled into an unnamed temporary file, because an archive's table of
contents may stand at its end. Nothing is unpacked.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from ocianalyze.archive.decompress import SNIFF, bounded, inflate, sniff
from ocianalyze.archive.limits import ReadLimits
from ocianalyze.archive.store import DirectoryStore, Store, TarStore
from ocianalyze.errors import ArchiveError, LayerError

STANDARD_INPUT = "-"
_READ = 1 << 20


@contextlib.contextmanager
def open_store(source: str, limits: ReadLimits, spooled: Callable[[int], None]) -> Iterator[Store]:
    """The blobs in *source*, for as long as the context lasts; *spooled* hears how many bytes were copied so far."""
    store = _open(source, limits, spooled)
    try:
        yield store
    finally:
        store.close()


def _open(source: str, limits: ReadLimits, spooled: Callable[[int], None]) -> Store:
    if source == STANDARD_INPUT:
        if sys.stdin is None or sys.stdin.isatty():
            raise ArchiveError(
                "standard input is a terminal", hint="pipe an archive in: docker save IMAGE | ocianalyze report -"
            )
        fd, label = os.dup(sys.stdin.fileno()), "standard input"
    else:
        if Path(source).is_dir():
            return DirectoryStore(source)
        fd, label = _open_file(source), source
    try:
        return _from_fd(fd, label, limits, spooled)
    except BaseException:
        with contextlib.suppress(OSError):
            os.close(fd)
        raise


def _open_file(source: str) -> int:
    try:
        fd = os.open(source, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise ArchiveError(f"{source}: no such file", hint=_did_you_mean(source)) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ArchiveError(f"{source}: {reason}", hint="check the path and its permissions") from error
    return fd


def _did_you_mean(source: str) -> str:
    if ":" in source and not source.endswith((".tar", ".gz")):
        return f"to look at an image by name, save it first: docker save {source} -o image.tar"
    return "check the path"


def _from_fd(fd: int, label: str, limits: ReadLimits, spooled: Callable[[int], None]) -> Store:
    status = os.fstat(fd)
    if stat.S_ISREG(status.st_mode):
        head = os.pread(fd, SNIFF, 0)
        if sniff(head) == "none":
            if not head:
                raise ArchiveError(f"{label} is empty", hint="save the image again")
            return TarStore(fd, status.st_size, label, limits)
        os.lseek(fd, 0, os.SEEK_SET)
    elif not (stat.S_ISFIFO(status.st_mode) or stat.S_ISSOCK(status.st_mode) or stat.S_ISCHR(status.st_mode)):
        raise ArchiveError(f"{label} is neither a file nor a directory nor a pipe")
    return _spool(fd, label, limits, spooled)


def _spool(fd: int, label: str, limits: ReadLimits, spooled: Callable[[int], None]) -> Store:
    read = 0

    def chunks() -> Iterator[bytes]:
        nonlocal read
        while chunk := os.read(fd, _READ):
            read += len(chunk)
            spooled(read)
            yield chunk

    stream = chunks()
    head = b""
    while len(head) < SNIFF and (chunk := next(stream, b"")):
        head += chunk
    if not head:
        raise ArchiveError(f"{label} is empty", hint="save the image again")
    compression = sniff(head)
    free = sys.maxsize if compression == "none" else limits.inflated
    with tempfile.TemporaryFile(prefix="ocianalyze-") as spool:
        try:
            pieces = inflate(_chain(head, stream), compression, on_trailing=lambda: None)
            for piece in bounded(pieces, stored=lambda: read, free=free, ratio=limits.ratio):
                spool.write(piece)
        except LayerError as error:
            raise ArchiveError(f"{label}: {error.message}", hint=error.hint) from error
        except OSError as error:
            raise ArchiveError(
                f"{label} could not be copied to {tempfile.gettempdir()}: {error.strerror}",
                hint="set TMPDIR to a directory with room for the uncompressed archive",
            ) from error
        spool.flush()
        size = spool.tell()
        kept = os.dup(spool.fileno())
    os.close(fd)
    return TarStore(kept, size, label, limits, given_size=read)


def _chain(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from rest
