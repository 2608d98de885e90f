"""What the screens browse, and where the contents of its files come from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.api import Piece
from ocianalyze.model.entry import Entry


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
