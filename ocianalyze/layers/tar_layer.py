"""A layer that is kept as a blob of tar, plain or compressed: the LayerReader of archives and image layouts."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterable, Iterator

from ocianalyze.blobs.blob import Blob, Identity, Verifier
from ocianalyze.blobs.decompress import CHUNK, SNIFF, inflate, sniff
from ocianalyze.errors import CorruptLayerError
from ocianalyze.layers.one_pass import OnePass
from ocianalyze.layers.random_access import TarView, open_tar
from ocianalyze.layers.reader import LayerClaim, Piece, ScanOptions, Watch
from ocianalyze.layers.scan import check_size, scan_tar
from ocianalyze.model.digest import Digest
from ocianalyze.model.entry import Entry
from ocianalyze.model.scanned import ScannedLayer

_HOLE = bytes(1 << 20)


class TarLayer:
    """Reads a layer out of *blob*. A `LayerReader`."""

    def __init__(self, blob: Blob, claim: LayerClaim) -> None:
        self.claim = claim
        self._blob = blob
        self._view: TarView | None = None
        self._lock = threading.Lock()

    @property
    def key(self) -> str:
        """See `LayerReader`."""
        return self._blob.name

    @property
    def size(self) -> int:
        """See `LayerReader`."""
        return self._blob.size

    @functools.cached_property
    def compression(self) -> str:
        """What the first bytes of the blob say that it is compressed with; `none` for a plain tar."""
        return sniff(self._blob.read(0, SNIFF))

    @property
    def digest(self) -> Digest | None:
        """The digest of the blob; where the manifest claims none, the diff ID of a plain layer equals it."""
        return self.claim.digest or (self.claim.diff_id if self.compression == "none" else None)

    def scan(self, how: ScanOptions, watch: Watch) -> ScannedLayer:
        """See `LayerReader`."""
        return scan_tar(self._blob, self.compression, self.claim, how, watch)

    def check(self, watch: Watch) -> None:
        """See `LayerReader`."""
        check_size(self._blob, self.claim)
        verifier = Verifier(self.digest, self.claim.size, what="the blob")
        for data in self._blob.chunks(watch, CHUNK):
            verifier.update(data)
        verifier.finish()

    def content(self, entry: Entry, start: int, stop: int) -> Iterator[bytes]:
        """See `LayerReader`. A place deep in a compressed layer is inflated to once, and then remembered."""
        with self._lock:
            if self._view is None:
                self._view = open_tar(self._blob, self.compression)
            view = self._view
        if entry.sparse is None:
            return _stored(view, entry.offset + start, stop - start)
        return _filled(view, entry, start, stop)

    def in_order(self, entries: Iterable[Entry]) -> Iterator[tuple[Entry, Iterator[Piece]]]:
        """See `LayerReader`."""
        one_pass = OnePass(self._blob, self.compression)
        for entry in entries:
            yield entry, one_pass.pieces(entry)

    def tar(self) -> Iterator[bytes]:
        """See `LayerReader`."""
        return inflate(self._blob.chunks(), self.compression, on_trailing=lambda _: None)

    def blob(self) -> Blob:
        """See `LayerReader`."""
        return self._blob

    def is_unchanged(self) -> bool:
        """See `LayerReader`."""
        return self._blob.is_unchanged()

    def identity(self) -> Identity | None:
        """See `LayerReader`."""
        return self._blob.identity()

    def close(self) -> None:
        """See `LayerReader`."""
        with self._lock:
            if self._view is not None:
                self._view.close()
                self._view = None


def _filled(view: TarView, entry: Entry, start: int, stop: int) -> Iterator[bytes]:
    """The part of a sparse file from *start* to *stop*."""
    position = start
    stored = entry.offset
    for offset, length in entry.sparse or ():
        end = offset + length
        if end > position and offset < stop:
            yield from _zeros(offset - position)
            position = max(position, offset)
            take = min(end, stop) - position
            yield from _stored(view, stored + position - offset, take)
            position += take
        stored += length
    yield from _zeros(stop - position)


def _stored(view: TarView, start: int, length: int) -> Iterator[bytes]:
    for piece in view.chunks(start, length):
        length -= len(piece)
        yield piece
    if length > 0:
        raise CorruptLayerError("the layer ends early", hint="the archive has changed since it was loaded")


def _zeros(count: int) -> Iterator[bytes]:
    while count > 0:
        yield _HOLE[:count]
        count -= len(_HOLE)
