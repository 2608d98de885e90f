"""Where contents come from, and the versions that a path has had."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.analysis.union.tree import FileNode
from ocianalyze.layers.reader import Piece
from ocianalyze.model.entry import Entry, EntryKind
from ocianalyze.tui.viewmodel.paths import PathIndex

PAGE = 1 << 18
"""Bytes that are read and kept at once."""
_KEPT_PAGES = 64


class ContentSource(Protocol):
    """Reads files out of layers; safe across threads. May take its time."""

    def read(self, layer: int, entry: Entry, *, start: int = 0, length: int | None = None) -> bytes:
        """A part of the content of *entry*, which the layer with that index stores."""

    def in_order(self, layer: int, entries: Iterable[Entry]) -> Iterator[tuple[Entry, Iterator[Piece]]]:
        """Each of *entries*, files of that layer in stored order, with its content, in one pass over the layer."""


class Browsed(Protocol):
    """What the screens browse: an image, or a comparison, that is open."""

    @property
    def analysis(self) -> Analysis:
        """All that is drawn."""

    @property
    def contents(self) -> ContentSource:
        """The content of every file in `analysis`."""

    def close(self) -> None:
        """Close the source of the image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One stored copy that a path has shown."""

    path: str
    since: int
    """The layer after which the path shows it first."""
    layer: int
    """The layer that stores the bytes."""
    entry: Entry


def versions(index: PathIndex, path: str) -> list[Version]:
    """The copies of a file that *path* has shown, oldest first."""
    found: list[Version] = []
    for change in index.history(path):
        node: FileNode | None = change.after
        if node is None or node.entry is None or node.stored_at is None or node.kind is not EntryKind.FILE:
            continue
        if not found or found[-1].entry is not node.entry:
            found.append(Version(path=path, since=change.layer, layer=node.stored_at.layer, entry=node.entry))
    return found


def version_at(found: list[Version], layer: int) -> int:
    """Which of the versions the path shows after *layer*, or showed last before it; the first if none yet."""
    return max((n for n, version in enumerate(found) if version.since <= layer), default=0)


class Document:
    """One version's bytes in pages, the latest of which are kept."""

    def __init__(self, source: ContentSource, version: Version) -> None:
        self.version = version
        self.size = version.entry.size
        self._source = source
        self._pages: OrderedDict[int, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def page(self, number: int) -> bytes:
        """Page *number*, read if it is not kept."""
        kept = self.kept(number)
        if kept is not None:
            return kept
        version = self.version
        data = self._source.read(version.layer, version.entry, start=number * PAGE, length=PAGE)
        with self._lock:
            self._pages[number] = data
            while len(self._pages) > _KEPT_PAGES:
                self._pages.popitem(last=False)
        return data

    def kept(self, number: int) -> bytes | None:
        """Page *number*, if it is kept."""
        with self._lock:
            data = self._pages.get(number)
            if data is not None:
                self._pages.move_to_end(number)
            return data

    def read(self, start: int, length: int) -> bytes:
        """Bytes from *start*, as many as there are up to *length*."""
        parts = [self.page(number) for number in pages_of(start, length, self.size)]
        skip = start % PAGE
        return b"".join(parts)[skip : skip + length]

    def read_kept(self, start: int, length: int) -> bytes | None:
        """The same from pages that are kept; None if one is not."""
        parts = [self.kept(number) for number in pages_of(start, length, self.size)]
        if any(part is None for part in parts):
            return None
        skip = start % PAGE
        return b"".join(part for part in parts if part is not None)[skip : skip + length]


def pages_of(start: int, length: int, size: int) -> range:
    """Numbers of the pages that hold a part of a document of *size* bytes."""
    end = min(start + length, size)
    return range(start // PAGE, (end - 1) // PAGE + 1) if end > start else range(0)
