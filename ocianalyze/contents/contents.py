"""The content of any file of any layer, from an archive that has been loaded before."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator

from ocianalyze.errors import CorruptLayerError, UsageError
from ocianalyze.layers.one_pass import Forward, Piece
from ocianalyze.layers.random_access import LayerView, open_layer
from ocianalyze.model.entry import Entry, EntryKind
from ocianalyze.model.image import Image
from ocianalyze.model.limits import ReadLimits
from ocianalyze.sources.opening import STANDARD_INPUT, open_store

_HOLE = bytes(1 << 20)


class Contents:
    """Reads files out of the layers of one image. Keep it open while files are read; close it after.

    Opening costs a look at the archive's headers, and nothing is inflated before it is asked for. An archive
    that is itself compressed is spooled again. Methods are safe across threads.
    """

    def __init__(self, image: Image, limits: ReadLimits | None = None) -> None:
        if image.source == STANDARD_INPUT:
            raise UsageError(
                "the contents of standard input cannot be read a second time", hint="save the archive to a file first"
            )
        self._image = image
        self._closing = contextlib.ExitStack()
        self._store = self._closing.enter_context(open_store(image.source, limits or ReadLimits(), _unheard))
        self._views: dict[int, LayerView] = {}

    def __enter__(self) -> Contents:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the archive and remove what was spooled."""
        for view in self._views.values():
            view.close()
        self._views.clear()
        self._closing.close()

    def chunks(self, layer: int, entry: Entry, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """The content of *entry*, a FILE in the layer with that index, in pieces; holes are filled with zeros.

        *start* and *length* choose a part of it. Raises OcianalyzeError when the archive is no longer readable.
        """
        if entry.kind is not EntryKind.FILE:
            raise UsageError(f"{entry.path} is a {entry.kind.value}, which has no content")
        stop = entry.size if length is None else min(entry.size, start + length)
        if start >= stop:
            return
        view = self._view(layer)
        if entry.sparse is None:
            yield from _stored(view, entry.offset + start, stop - start)
        else:
            yield from _filled(view, entry, start, stop)

    def read(self, layer: int, entry: Entry, *, start: int = 0, length: int | None = None) -> bytes:
        """The content of *entry*, or a part of it, at once."""
        return b"".join(self.chunks(layer, entry, start=start, length=length))

    def in_order(self, layer: int, entries: Iterable[Entry]) -> Iterator[tuple[Entry, Iterator[Piece]]]:
        """Each of *entries*, FILEs of that layer sorted by `offset`, with its content, in one pass over the layer.

        Take an entry's pieces before asking for the next entry, or leave them.
        """
        forward = Forward(self._store.blob(self._image.layers[layer].blob))
        for entry in entries:
            yield entry, forward.pieces(entry)

    def _view(self, index: int) -> LayerView:
        if index not in self._views:
            self._views[index] = open_layer(self._store.blob(self._image.layers[index].blob))
        return self._views[index]


def _filled(view: LayerView, entry: Entry, start: int, stop: int) -> Iterator[bytes]:
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


def _stored(view: LayerView, start: int, length: int) -> Iterator[bytes]:
    for piece in view.chunks(start, length):
        length -= len(piece)
        yield piece
    if length > 0:
        raise CorruptLayerError("the layer ends early", hint="the archive has changed since it was loaded")


def _zeros(count: int) -> Iterator[bytes]:
    while count > 0:
        yield _HOLE[:count]
        count -= len(_HOLE)


def _unheard(_: int) -> None:
    """Progress of spooling that nobody watches."""
