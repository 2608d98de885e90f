"""A layer that is kept as a directory of files: the LayerReader of root file systems."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace

from ocianalyze.blobs.blob import was_closed
from ocianalyze.errors import ArchiveError
from ocianalyze.layers.directory_tar import DirectoryTar, open_file, read_run
from ocianalyze.layers.reader import LayerClaim, Piece, ScanOptions, Watch
from ocianalyze.layers.scan import scan_tar
from ocianalyze.model.digest import Digest
from ocianalyze.model.entry import Entry
from ocianalyze.model.scanned import ScannedLayer


class DirectoryLayer:
    """Reads the directory *path* as a layer. A `LayerReader`."""

    def __init__(self, path: str, claim: LayerClaim) -> None:
        """Open *path*; ArchiveError when that cannot be done."""
        self.claim = claim
        self.key = path
        self.digest: Digest | None = None
        self._lock = threading.Lock()
        try:
            self._root: int | None = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise ArchiveError(f"{path}: {error.strerror}", hint="check the path and its permissions") from error
        try:
            self._tar = DirectoryTar(self._root)
        except BaseException:
            self.close()
            raise

    @property
    def size(self) -> int:
        """See `LayerReader`."""
        return self._tar.size

    def scan(self, how: ScanOptions, watch: Watch) -> ScannedLayer:
        """See `LayerReader`."""
        scanned = scan_tar(self._tar, "none", self.claim, how, watch)
        return replace(scanned, notices=(*scanned.notices, *self._tar.notices.freeze()))

    def check(self, watch: Watch) -> None:
        """See `LayerReader`. Nothing is claimed of a directory."""

    def content(self, entry: Entry, start: int, stop: int) -> Iterator[bytes]:
        """See `LayerReader`."""
        descriptor = self._opened(entry)
        try:
            yield from read_run(descriptor, entry.path, start, stop)
        finally:
            os.close(descriptor)

    def in_order(self, entries: Iterable[Entry]) -> Iterator[tuple[Entry, Iterator[Piece]]]:
        """See `LayerReader`."""
        for entry in entries:
            yield entry, self._pieces(entry)

    def _pieces(self, entry: Entry) -> Iterator[Piece]:
        descriptor = self._opened(entry)
        try:
            for position, length in ((0, entry.size),) if entry.sparse is None else entry.sparse:
                at = position
                for data in read_run(descriptor, entry.path, position, position + length):
                    yield Piece(at, data)
                    at += len(data)
        finally:
            os.close(descriptor)

    def _opened(self, entry: Entry) -> int:
        with self._lock:
            if self._root is None:
                raise was_closed()
            return open_file(self._root, entry.path)

    def tar(self) -> Iterator[bytes]:
        """See `LayerReader`."""
        return self._tar.chunks()

    def blob(self) -> None:
        """See `LayerReader`. No blob is kept."""

    def is_unchanged(self) -> bool:
        """See `LayerReader`. Nobody can tell that of a whole directory."""
        return False

    def identity(self) -> None:
        """See `LayerReader`. For the same reason."""

    def close(self) -> None:
        """See `LayerReader`."""
        with self._lock:
            if self._root is not None:
                os.close(self._root)
                self._root = None
