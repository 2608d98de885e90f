"""Sniff by magic number, then inflate: every gzip member and every zstd frame. Chunks in, chunks out.

Output comes in pieces of at most `CHUNK` bytes whatever the input claims, so a bomb costs time and not
memory. The GIL is released while inflating.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, cast

from ocianalyze.errors import CorruptLayerError, LayerError, LimitExceededError, RaiseLimit, UnsupportedCompressionError
from ocianalyze.tar.header import is_header

CHUNK = 1 << 20
SNIFF = 512
"""Bytes from the start that `sniff` wants to see."""

_MAGIC = (
    (b"\x1f\x8b", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"\x02\x21\x4c\x18", "lz4"),
    (b"\x1f\x9d", "compress"),
    (b"LZIP", "lzip"),
    (b"\x89LZO\x00", "lzop"),
    (b"\xff\x06\x00\x00sNaPpY", "snappy"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (b"PK\x03\x04", "zip"),
)
_LIBRARY_NOISE = re.compile(r"Error -\d+ |Unable to decompress Zstandard data: ")
_LONGEST = 6
"""Bytes of the longest magic number of what is read."""
MEMBER = 16 << 10
"""Bytes that a gzip member, a zstd frame or another stream counts as, for the time that a decoder takes to begin it:
one to ten microseconds, in which up to 16 KiB are inflated."""
_ZEROS = re.compile(rb"\0*")
FEED = 1 << 10
"""Bytes that a decoder is given first, and twice as many each time: what lies past the end of a member comes back
as a copy, which is thus never much longer than the member."""


class Decoder(Protocol):
    """One member or frame; the interface that bz2, lzma, isal's igzip and zstd share."""

    @property
    def eof(self) -> bool:
        """Whether the end of the member was reached."""

    @property
    def needs_input(self) -> bool:
        """Whether the next call wants more input."""

    @property
    def unused_data(self) -> bytes:
        """What was given past the end of the member."""

    def decompress(self, data: bytes, max_length: int = -1, /) -> bytes:
        """Inflate *data*, at most *max_length* bytes at a time."""


def sniff(head: bytes) -> str:
    """What *head*, the first bytes of a blob, is compressed with: `none`, `gzip`, `zstd`, `bzip2`, `xz`, ...

    A tar is none of them, even when its first name is `BZh` or `PK...`.
    """
    if is_header(head):
        return "none"
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if len(head) >= 4 and 0x184D2A50 <= int.from_bytes(head[:4], "little") <= 0x184D2A5F:
        return "zstd"  # a skippable frame comes first, as in zstd:chunked and seekable zstd
    return "none"


def inflate(
    chunks: Iterable[bytes],
    compression: str,
    *,
    on_trailing: Callable[[str], None],
    on_member: Callable[[], None] = lambda: None,
) -> Iterator[bytes]:
    """The uncompressed bytes of *chunks*; what is behind the last member is passed over.

    *on_trailing* is called with "zeros" when there are some after a member, and with "data" for other bytes.
    *on_member* is called when a gzip member, a zstd frame or another stream begins; what it raises ends
    the work. A member takes time in proportion to its own bytes, however many follow it in the same chunk.
    """
    if compression == "none":
        yield from chunks
        return
    make, failures = _decoder(compression)
    decoder: Decoder | None = None
    begun = padded = False
    feed = FEED
    pending = b""
    for chunk in chunks:
        data, at = pending + chunk, 0
        pending = b""
        while at < len(data) or (decoder and not decoder.needs_input):
            if decoder is None:
                start, at = at, after_padding(data, at)
                if at > start and begun and not padded:
                    padded = True
                    on_trailing("zeros")
                if len(data) - at < _LONGEST:
                    pending = data[at:]
                    break
                if sniff(data[at : at + _LONGEST]) != compression:
                    on_trailing("data")
                    for _ in chunks:
                        pass
                    return
                on_member()
                decoder, feed = make(), FEED
                begun = True
            given = b""
            if decoder.needs_input:
                given = data[at : at + feed]
                at += len(given)
                feed *= 2
            try:
                piece = decoder.decompress(given, CHUNK)
            except failures as error:
                raise _unreadable(compression, error) from error
            if piece:
                yield piece
            if decoder.eof:
                at -= len(decoder.unused_data)
                decoder = None
    if decoder is not None or not begun:
        raise CorruptLayerError(
            f"the {compression} stream ends early", hint="the data is cut short; fetch or save it again"
        )
    if pending:
        on_trailing("data")


def after_padding(data: bytes, at: int) -> int:
    """The place of the first byte of *data* from *at* on that is not zero."""
    padding = _ZEROS.match(data, at)
    return padding.end() if padding else at


class Growth:
    """Counts what a stream inflates to: at most *free* bytes, or *ratio* times the *stored* bytes read for it.

    A member counts as `MEMBER` bytes beside its own, so that empty ones are not free.
    """

    def __init__(self, *, stored: Callable[[], int], free: int, ratio: int) -> None:
        self._stored = stored
        self._free = free
        self._ratio = ratio
        self._total = 0
        self._members = 0

    def bounded(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """*chunks*, until they are too much."""
        for chunk in chunks:
            self._add(len(chunk))
            yield chunk

    def member(self) -> None:
        """Count one more member; LimitExceededError when that is too much."""
        self._members += 1
        self._add(MEMBER)

    def _add(self, count: int) -> None:
        self._total += count
        if self._total > self._free and self._total > self._stored() * self._ratio:
            members = f", counting {MEMBER:,} for each of {self._members:,} members" if self._members > 1 else ""
            raise LimitExceededError(
                f"{self._stored():,} bytes inflate to more than {self._total:,} bytes{members}, over {self._ratio} "
                "times as many",
                remedy=RaiseLimit("ratio"),
            )


def _decoder(compression: str) -> tuple[Callable[[], Decoder], tuple[type[Exception], ...]]:
    if compression == "gzip":
        from isal import igzip_lib

        error = cast("type[Exception]", igzip_lib.IsalError)  # the stubs call it an instance
        return lambda: igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP), (error, EOFError)
    if compression == "zstd":
        return _zstd()
    if compression == "bzip2":
        import bz2

        return bz2.BZ2Decompressor, (OSError, EOFError)
    if compression == "xz":
        import lzma

        return lambda: lzma.LZMADecompressor(memlimit=256 << 20), (lzma.LZMAError, EOFError)
    raise UnsupportedCompressionError(
        f"compressed with {compression}, which is not read", hint="convert the image to gzip or zstd layers"
    )


def _zstd() -> tuple[Callable[[], Decoder], tuple[type[Exception], ...]]:
    from ocianalyze.blobs.zstdlib import zstd

    return zstd.ZstdDecompressor, (zstd.ZstdError, EOFError)


def _unreadable(compression: str, error: Exception) -> LayerError:
    """The complaint about a stream that its library gave up."""
    if "too much memory" in str(error):
        return LimitExceededError(
            f"the {compression} stream needs a window of more than 128 MiB to be read",
            hint="compress the layer anew with a smaller window, such as zstd --long=27",
        )
    text = _LIBRARY_NOISE.sub("", str(error)) or type(error).__name__
    return CorruptLayerError(f"not a valid {compression} stream ({text[:1].lower() + text[1:]})")
