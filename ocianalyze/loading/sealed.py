"""Bytes sealed for a file of the cache: what they are about, the bytes compressed, and a digest of both.

`unseal` believes nothing that the digest does not cover, and makes no more bytes than the header says.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from blake3 import blake3

from ocianalyze.blobs.zstdlib import zstd
from ocianalyze.loading.wire import VERSION, DamagedError

_HEADER = struct.Struct("<8sIIQQ32s")
"""Magic number, version, bytes of the about, of the bytes compressed and uncompressed, digest of all of it."""
_MAGIC = b"OCILAYER"
HEAD = _HEADER.size + (4 << 10)
"""Bytes from the start that hold the header and any about."""
_LEVEL = 1
"""Level 3 takes twice as long for a tenth less."""
MOST = 4 << 30
"""Uncompressed bytes of one layer: those of thirty million entries."""


class Sealed(NamedTuple):
    """What was in a sealed file."""

    about: bytes
    data: bytes


class _Head(NamedTuple):
    magic: bytes
    version: int
    about_size: int
    packed_size: int
    size: int


def seal(about: bytes, data: bytes) -> bytes:
    """*data*, compressed, behind a header and *about*."""
    if _HEADER.size + len(about) > HEAD:
        raise ValueError("so much cannot be about one layer")
    packed = zstd.compress(data, _LEVEL)
    head = _Head(_MAGIC, VERSION, len(about), len(packed), len(data))
    return _HEADER.pack(*head, _digest(head, about, packed)) + about + packed


def unseal(sealed: bytes) -> Sealed:
    """What `seal` sealed; DamagedError when that is not what *sealed* is, whole and unchanged."""
    head, digest = _head(sealed)
    about = sealed[_HEADER.size : _HEADER.size + head.about_size]
    packed = memoryview(sealed)[_HEADER.size + head.about_size :]
    if len(packed) != head.packed_size or head.size > MOST:
        raise DamagedError("not as long as it says")
    if _digest(head, about, packed) != digest:
        raise DamagedError("not the digest that it says")
    try:
        data = zstd.ZstdDecompressor().decompress(packed, head.size + 1)
    except zstd.ZstdError as error:
        raise DamagedError(str(error)) from error
    if len(data) != head.size:
        raise DamagedError("not as much as it says")
    return Sealed(about, data)


def about_of(start: bytes) -> bytes:
    """The about in *start*, the first `HEAD` bytes of a sealed file, for a list: no digest is looked at."""
    return start[_HEADER.size : _HEADER.size + _head(start)[0].about_size]


def _head(sealed: bytes) -> tuple[_Head, bytes]:
    """The header, and the digest in it."""
    if len(sealed) < _HEADER.size:
        raise DamagedError("no header")
    *numbers, digest = _HEADER.unpack_from(sealed)
    head = _Head(*numbers)
    if (head.magic, head.version) != (_MAGIC, VERSION):
        raise DamagedError("of another kind or version")
    return head, digest


def _digest(head: _Head, about: bytes, packed: bytes | memoryview) -> bytes:
    digest = blake3(_HEADER.pack(*head, bytes(32)))
    digest.update(about)
    digest.update(packed)
    return digest.digest()
