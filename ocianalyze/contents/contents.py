"""The content of any file of any layer of an open image. What is read is verified again by what the scan found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ocianalyze.contents.verified import verified, verified_pieces
from ocianalyze.errors import ArchiveError, UsageError
from ocianalyze.layers.reader import LayerReader, Piece
from ocianalyze.model.entry import Entry, EntryKind
from ocianalyze.model.image import Image


class Contents:
    """Reads files out of the layers of one image, whose source must be open. Methods are safe across threads."""

    def __init__(self, image: Image, readers: Sequence[LayerReader | None]) -> None:
        """Read by *readers*, one a layer of *image*."""
        self._image = image
        self._readers = tuple(readers)

    def chunks(self, layer: int, entry: Entry, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The content of *entry*, a FILE in the layer with that index, in pieces; holes are filled with zeros.

        *start* and *length* choose a part of it. Raises OcianalyzeError when the content is no longer readable, and
        DigestMismatchError, before its last piece, when it is not what the scan found.
        """
        if entry.kind is not EntryKind.FILE:
            raise UsageError(f"{entry.path} is a {entry.kind.value}, which has no content")
        stop = entry.size if length is None else min(entry.size, start + length)
        if start >= stop:
            return iter(())
        reader = self.reader(layer)
        if start == 0 and stop == entry.size:
            return verified(reader.content(entry, 0, stop), entry, self._algorithm(layer))
        if not reader.is_unchanged():
            for _ in verified(reader.content(entry, 0, entry.size), entry, self._algorithm(layer)):
                pass
        return reader.content(entry, start, stop)

    def read(self, layer: int, entry: Entry, *, start: int = 0, length: int | None = None) -> bytes:
        """The content of *entry*, or a part of it, at once."""
        return b"".join(self.chunks(layer, entry, start=start, length=length))

    def in_order(self, layer: int, entries: Iterable[Entry]) -> Iterator[tuple[Entry, Iterator[Piece]]]:
        """Each of *entries*, FILEs of that layer sorted by `offset`, with its content, in one pass over the layer.

        Take an entry's pieces before asking for the next entry, or leave them. DigestMismatchError at the end of the
        pieces of a file that is not what the scan found.
        """
        algorithm = self._algorithm(layer)
        for entry, pieces in self.reader(layer).in_order(entries):
            yield entry, verified_pieces(pieces, entry, algorithm)

    def reader(self, layer: int) -> LayerReader:
        """The reader of the layer with that index; ArchiveError when the source does not hold the layer."""
        reader = self._readers[layer]
        if reader is None:
            raise ArchiveError(f"the archive lacks layer {layer}", hint="save the image again, whole")
        return reader

    def _algorithm(self, layer: int) -> str:
        return self._image.layers[layer].content_algorithm
