"""The members of an archive inside a layer, within bounds."""

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
from typing import Protocol

from ocianalyze.blobs.zstdlib import zstd
from ocianalyze.report import words
from ocianalyze.tui.contents.ar import MAGIC, ar_members
from ocianalyze.tui.contents.sniff import HEAD, is_text
from ocianalyze.tui.contents.source import Document

_MOST_MEMBERS = 20_000
_MOST_PREVIEW = 256 << 10
_MOST_BYTES = 512 << 20
"""Inflated bytes of a compressed tar that are looked through."""
_MOST_WINDOW = 27
"""As the command zstd has it: 128 MiB."""


_BROKEN = (
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zstd.ZstdError,
    tarfile.TarError,
    zipfile.BadZipFile,
)


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class _Raw(io.RawIOBase):
    """A Document as a file, or a part of one."""

    def __init__(self, document: Document, start: int = 0, size: int | None = None) -> None:
        super().__init__()
        self._document = document
        self._start = start
        self._size = min(document.size - start, document.size if size is None else size)
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
        data = self._document.read(self._start + self._at, max(0, min(len(buffer), self._size - self._at)))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


class _Bounded(io.RawIOBase):
    """Stops with an OSError when more comes out than anybody wants to wait for."""

    def __init__(self, stream: _Readable) -> None:
        super().__init__()
        self._stream = stream
        self._left = _MOST_BYTES

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size if size >= 0 else 1 << 16)
        self._left -= len(data)
        if self._left < 0:
            raise OSError(f"stopped after {words.size(_MOST_BYTES)}")
        return data


def list_members(document: Document) -> list[str]:
    """A line for each member; the last says why, when there are more."""
    lines: list[str] = []
    try:
        for line in _members(document):
            if len(lines) >= _MOST_MEMBERS:
                return [*lines, f"… and more: only the first {words.number(_MOST_MEMBERS)} are listed"]
            lines.append(line)
    except tarfile.ReadError as error:
        return lines or _inflated(document) or [f"… not an archive that can be listed: {words.safe_name(str(error))}"]
    except _BROKEN as error:
        return [*lines, f"… the listing ends here: {words.safe_name(str(error))}"]
    except (ValueError, NotImplementedError, RuntimeError) as error:
        return [*lines, f"… not an archive that can be listed: {words.safe_name(str(error))}"]
    return lines or ["(no members)"]


def _inflated(document: Document) -> list[str]:
    """The first lines of a compressed file that is no tar; none if it is not text."""
    try:
        data = _inflate(_Raw(document)).read(_MOST_PREVIEW)
    except (OSError, EOFError, zlib.error, lzma.LZMAError, zstd.ZstdError):
        return []
    if not is_text(data[:HEAD]):
        return []
    text = data.decode("utf-8", "replace").split("\n")
    return ["… compressed text:", *(words.safe_name(line.expandtabs(4)) for line in text)]


def _members(document: Document) -> Iterator[str]:
    if document.read(0, 2) == b"PK":
        with zipfile.ZipFile(io.BufferedReader(_Raw(document))) as archive:
            for info in archive.infolist():
                kind = stat.S_IFDIR if info.is_dir() else stat.S_IFREG
                yield _line(kind | (info.external_attr >> 16 & 0o7777 or 0o644), info.file_size, info.filename, "")
        return
    if document.read(0, len(MAGIC)) == MAGIC:
        for member in ar_members(document):
            yield _line(stat.S_IFREG | member.mode & 0o7777, member.size, member.name, "")
            if member.name.startswith("data.tar"):
                yield from ("    " + line for line in _tar(_Raw(document, member.start, member.size)))
        return
    yield from _tar(_Raw(document))


def _tar(raw: _Raw) -> Iterator[str]:
    with tarfile.open(fileobj=_inflate(raw), mode="r|", errorlevel=0) as tar:
        for member in tar:
            kind = {tarfile.SYMTYPE: stat.S_IFLNK, tarfile.DIRTYPE: stat.S_IFDIR}.get(member.type, stat.S_IFREG)
            yield _line(kind | member.mode & 0o7777, member.size, member.name, member.linkname)
            setattr(tar, "members", [])  # noqa: B010  # undocumented: or tarfile keeps every member that it has seen


def _inflate(part: _Raw) -> _Bounded:
    raw = io.BufferedReader(part)
    head = raw.peek(6)
    stream: _Readable = raw
    if head.startswith(b"\x1f\x8b"):
        stream = gzip.GzipFile(fileobj=raw)  # closed with what it reads
    elif head.startswith(b"BZh"):
        stream = bz2.BZ2File(raw)
    elif head.startswith(b"\xfd7zXZ"):
        stream = lzma.LZMAFile(raw)  # noqa: SIM115  # closed with what it reads
    elif head.startswith(b"\x28\xb5\x2f\xfd"):
        stream = zstd.ZstdFile(raw, options={zstd.DecompressionParameter.window_log_max: _MOST_WINDOW})
    return _Bounded(stream)


def _line(mode: int, size: int, name: str, target: str) -> str:
    link = f" → {words.safe_name(target)}" if target else ""
    return f"{stat.filemode(mode)} {words.size(size):>10}  {words.safe_name(name)}{link}"
