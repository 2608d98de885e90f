"""Random access to a layer's uncompressed tar, without inflating all of it for each file.

A plain layer is read in place. A gzip layer keeps a checkpoint every `SPACING` bytes of output (stdlib zlib
can copy a decoder and isal cannot; 40 kB each). Other compressions keep what they have inflated in an
unnamed temporary file of at most `SPOOL` bytes; past that, a read inflates from the start.
"""

from __future__ import annotations

import copy
import tempfile
import threading
import zlib
from collections.abc import Iterator
from typing import IO, Protocol

from ocianalyze.blobs.blob import READ, Blob, was_closed
from ocianalyze.blobs.decompress import CHUNK, FEED, after_padding, inflate, sniff
from ocianalyze.errors import CorruptLayerError

SPACING = 32 << 20
SPOOL = 2 << 30
_GZIP = 31
_MAGIC = 2
"""Bytes of the magic number of gzip."""


class TarView(Protocol):
    """The uncompressed tar of one layer. Safe across threads."""

    def chunks(self, start: int, length: int) -> Iterator[bytes]:
        """*length* bytes from *start*, in pieces; fewer where the layer ends."""

    def close(self) -> None:
        """Let go of temporary files."""


def open_tar(blob: Blob, compression: str) -> TarView:
    """A view of *blob*, which must stay open as long as the view is used."""
    if compression == "none":
        return _PlainView(blob)
    return _GzipView(blob) if compression == "gzip" else _SpooledView(blob, compression)


class _PlainView:
    def __init__(self, blob: Blob) -> None:
        self._blob = blob

    def chunks(self, start: int, length: int) -> Iterator[bytes]:
        while length > 0 and (piece := self._blob.read(start, min(length, CHUNK))):
            start += len(piece)
            length -= len(piece)
            yield piece

    def close(self) -> None:
        pass


class _Inflater:
    """A gzip stream, of any number of members, from some place on."""

    def __init__(self, blob: Blob) -> None:
        self._blob = blob
        self._decoder = zlib.decompressobj(_GZIP)
        self._feed = FEED
        self._data = b""
        self._at = 0
        """Of the first byte of the data that no decoder has taken."""
        self._read = 0
        self.position = 0
        """Bytes of output so far."""

    def copy(self) -> _Inflater:
        twin = copy.copy(self)
        twin._decoder = self._decoder.copy()
        return twin

    def next(self) -> bytes:
        """The next piece of output; nothing at the end."""
        try:
            return self._next()
        except zlib.error as error:
            raise CorruptLayerError(f"not a valid gzip stream ({error})", hint="the layer is damaged") from error

    def _next(self) -> bytes:
        while True:
            if self._at == len(self._data) and not self._more():
                return b""
            if self._decoder.eof:
                self._at = after_padding(self._data, self._at)
                if len(self._data) - self._at < _MAGIC:  # of the next member, which may begin at the end of the data
                    if not self._more():
                        return b""
                    continue
                if sniff(self._data[self._at : self._at + _MAGIC]) != "gzip":
                    return b""
                self._decoder, self._feed = zlib.decompressobj(_GZIP), FEED
            if piece := self._inflate():
                return piece

    def _inflate(self) -> bytes:
        """Give the decoder some of the data. What it returns unused is a copy, so it gets much at a time only late."""
        given = self._data[self._at : self._at + self._feed]
        piece = self._decoder.decompress(given, CHUNK)
        unused = self._decoder.unused_data if self._decoder.eof else self._decoder.unconsumed_tail
        self._at += len(given) - len(unused)
        self._feed = min(2 * self._feed, READ)
        self.position += len(piece)
        return piece

    def _more(self) -> bool:
        """Read on; whether there is more."""
        data = self._blob.read(self._read, READ)
        self._read += len(data)
        self._data, self._at = self._data[self._at :] + data, 0
        return bool(data)


class _GzipView:
    def __init__(self, blob: Blob) -> None:
        self._lock = threading.Lock()
        self._checkpoints = [_Inflater(blob)]

    def chunks(self, start: int, length: int) -> Iterator[bytes]:
        inflater = self._from(start)
        while length > 0 and (piece := inflater.next()):
            self._keep(inflater)
            end = inflater.position
            if end <= start:
                continue
            part = piece[max(0, start - (end - len(piece))) :][:length]
            length -= len(part)
            yield part

    def _from(self, start: int) -> _Inflater:
        with self._lock:
            if not self._checkpoints:
                raise was_closed()
            return max((point for point in self._checkpoints if point.position <= start), key=_position).copy()

    def _keep(self, inflater: _Inflater) -> None:
        with self._lock:
            if self._checkpoints and inflater.position >= self._checkpoints[-1].position + SPACING:
                self._checkpoints.append(inflater.copy())

    def close(self) -> None:
        with self._lock:
            self._checkpoints.clear()


class _SpooledView:
    def __init__(self, blob: Blob, compression: str) -> None:
        self._blob = blob
        self._compression = compression
        self._lock = threading.Lock()
        self._stream = self._inflate()
        self._spool: IO[bytes] | None = None
        self._spooled = 0
        self._full = False

    def chunks(self, start: int, length: int) -> Iterator[bytes]:
        with self._lock:
            self._fill(start + length)
        while length > 0 and start < self._spooled:
            piece = self._read(start, min(length, CHUNK))
            start += len(piece)
            length -= len(piece)
            yield piece
        if length > 0 and self._full:
            yield from self._past_the_spool(start, length)

    def _fill(self, end: int) -> None:
        """Inflate into the spool until it holds *end* bytes, is at its limit, or holds the layer."""
        while self._spooled < end and not self._full and (piece := next(self._stream, b"")):
            if self._spool is None:
                if self._spooled:
                    raise was_closed()
                self._spool = tempfile.TemporaryFile(prefix="ocianalyze-")  # noqa: SIM115 - closed by close()
            self._spool.seek(self._spooled)
            self._spool.write(piece)
            self._spooled += len(piece)
            self._full = self._spooled >= SPOOL

    def _read(self, start: int, length: int) -> bytes:
        with self._lock:
            if self._spool is None:
                raise was_closed()
            self._spool.seek(start)
            return self._spool.read(min(length, self._spooled - start))

    def _past_the_spool(self, start: int, length: int) -> Iterator[bytes]:
        position = 0
        for piece in self._inflate():
            end = position + len(piece)
            if end > start and length > 0:
                part = piece[max(0, start - position) :][:length]
                length -= len(part)
                yield part
            if length <= 0:
                return
            position = end

    def _inflate(self) -> Iterator[bytes]:
        return inflate(self._blob.chunks(), self._compression, on_trailing=lambda _: None)

    def close(self) -> None:
        with self._lock:
            if self._spool:
                self._spool.close()
                self._spool = None


def _position(inflater: _Inflater) -> int:
    return inflater.position
