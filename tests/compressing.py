"""Bytes compressed in each way that layers and archives are, also in several members or frames."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable

from ocianalyze.blobs.zstdlib import zstd


def in_parts(compress: Callable[[bytes], bytes], data: bytes, parts: int = 3) -> bytes:
    """*data* in several members or frames, as pigz, estargz and zstd:chunked write it."""
    step = max(1, -(-len(data) // parts))
    return b"".join(compress(data[at : at + step]) for at in range(0, len(data), step))


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, 6, mtime=0)


def zstd_compressed(data: bytes) -> bytes:
    return zstd.compress(data)


def skippable(data: bytes = b"table of contents", magic: int = 0x184D2A50) -> bytes:
    """A zstd frame that decoders pass over; zstd:chunked keeps its table of contents in one."""
    return magic.to_bytes(4, "little") + len(data).to_bytes(4, "little") + data


COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "none": bytes,
    "gzip": gzipped,
    "zstd": zstd_compressed,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
}
