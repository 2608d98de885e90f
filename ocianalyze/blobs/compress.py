"""Compressing a layer: chunks in, chunks out, the same bytes each time."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from ocianalyze.errors import UsageError

COMPRESSIONS = ("gzip", "zstd", "none")
_GZIP_HEADER = bytes((0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255))
"""Without a name or a time, from no particular system."""
_LEVELS = {"gzip": (6, 1, 9), "zstd": (3, 1, 19)}
"""The level when none is asked for, the lowest and the highest."""


def compress(chunks: Iterable[bytes], compression: str, level: int | None = None) -> Iterator[bytes]:
    """*chunks* compressed as `gzip`, `zstd` or `none`."""
    if compression == "none":
        return iter(chunks)
    usual, lowest, highest = _LEVELS[compression]
    if level is not None and not lowest <= level <= highest:
        raise UsageError(f"{compression} has no level {level}", hint=f"its levels are {lowest} to {highest}")
    chosen = usual if level is None else level
    return _gzip(chunks, chosen) if compression == "gzip" else _zstd(chunks, chosen)


def _gzip(chunks: Iterable[bytes], level: int) -> Iterator[bytes]:
    encoder = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    checksum = size = 0
    yield _GZIP_HEADER
    for chunk in chunks:
        checksum = zlib.crc32(chunk, checksum)
        size += len(chunk)
        if piece := encoder.compress(chunk):
            yield piece
    yield encoder.flush()
    yield checksum.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")


def _zstd(chunks: Iterable[bytes], level: int) -> Iterator[bytes]:
    from ocianalyze.blobs.zstdlib import zstd

    encoder = zstd.ZstdCompressor(level=level, options=None)
    for chunk in chunks:
        if piece := encoder.compress(chunk):
            yield piece
    yield encoder.flush()
