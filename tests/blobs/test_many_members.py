"""Members, frames and streams without content: reading one takes as much work as it has bytes, however many follow."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from ocianalyze.blobs import decompress
from ocianalyze.layers import random_access
from tests.compressing import skippable, zstd_compressed

EMPTY = {
    "gzip": gzip.compress(b"", mtime=0),
    "zstd": zstd_compressed(b""),
    "zstd, skippable": skippable(b""),
    "bzip2": bz2.compress(b""),
    "xz": lzma.compress(b""),
}


class Counted:
    """A decoder that counts the bytes which are copied into it and out of it unused."""

    copied = 0

    def __init__(self, decoder: Any) -> None:
        self._decoder = decoder

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        Counted.copied += len(data)
        piece: bytes = self._decoder.decompress(data, max_length)
        Counted.copied += len(self._decoder.unused_data) + len(getattr(self._decoder, "unconsumed_tail", b""))
        return piece

    def __getattr__(self, name: str) -> Any:
        return getattr(self._decoder, name)


def copies(work: Callable[[], object]) -> int:
    """The bytes that decoders copy while *work* is done."""
    Counted.copied = 0
    work()
    return Counted.copied


@pytest.mark.parametrize("name", EMPTY)
def test_empty_members_are_read_in_linear_time(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    original = decompress._decoder

    def counted(compression: str) -> Any:
        make, failures = original(compression)
        return lambda: Counted(make()), failures

    monkeypatch.setattr(decompress, "_decoder", counted)

    def read(count: int) -> int:
        data = EMPTY[name] * count
        return copies(lambda: list(decompress.inflate([data], decompress.sniff(data), on_trailing=lambda _: None)))

    few, many = read(2000), read(4000)
    assert 0 < many < 2.2 * few


class CountedZlib:
    """The module zlib, whose decoders are counted."""

    error = zlib.error

    @staticmethod
    def decompressobj(wbits: int) -> Any:
        return Counted(zlib.decompressobj(wbits))


class Bytes:
    """A blob of *data*, all of which is read at once."""

    name = "a blob"

    def __init__(self, data: bytes) -> None:
        self.data, self.size = data, len(data)

    def read(self, start: int, length: int) -> bytes:
        return self.data[start:] if length > decompress.SNIFF else self.data[start : start + length]


def test_empty_members_are_skipped_in_linear_time_when_a_file_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random_access, "zlib", CountedZlib)

    def read(count: int) -> int:
        blob: Any = Bytes(EMPTY["gzip"] * count + gzip.compress(b"content"))
        inflater = random_access._Inflater(blob)
        pieces: list[bytes] = []
        copied = copies(lambda: pieces.append(inflater.next()))
        assert pieces == [b"content"]
        return copied

    few, many = read(2000), read(4000)
    assert 0 < many < 2.2 * few
