"""Many files of one layer in a single pass, in the order in which they are stored.

Random access (`random_access.py`) inflates up to a checkpoint's distance for each file; for thousands of files this is
the way: each byte of the layer is inflated once, and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Iterator

from ocianalyze.blobs.blob import Blob
from ocianalyze.blobs.decompress import CHUNK, inflate
from ocianalyze.errors import CorruptLayerError
from ocianalyze.layers.reader import Piece
from ocianalyze.model.entry import Entry


class OnePass:
    """The uncompressed bytes of one layer, from front to back."""

    def __init__(self, blob: Blob, compression: str) -> None:
        self._blob = blob
        self._plain = compression == "none"
        self._pieces = inflate(blob.chunks(), compression, on_trailing=lambda _: None)
        self._piece = memoryview(b"")
        self._at = 0

    def pieces(self, entry: Entry) -> Iterator[Piece]:
        """The content of *entry*, a FILE stored behind the one before; holes are left out. Take all of it."""
        stored = entry.offset
        for offset, length in ((0, entry.size),) if entry.sparse is None else entry.sparse:
            position = offset
            for data in self._range(stored, length):
                yield Piece(position, data)
                position += len(data)
            stored += length

    def _range(self, start: int, length: int) -> Iterator[bytes | memoryview]:
        while length > 0:
            data = self._blob.read(start, min(length, CHUNK)) if self._plain else self._inflated(start, length)
            if not data:
                raise CorruptLayerError("the layer ends early", hint="the archive has changed since it was loaded")
            start += len(data)
            length -= len(data)
            yield data

    def _inflated(self, start: int, length: int) -> memoryview:
        while (skip := start - self._at) >= len(self._piece):
            self._at += len(self._piece)
            self._piece = memoryview(next(self._pieces, b""))
            if not self._piece:
                break
        return self._piece[skip : skip + length]
