"""The image or comparison that the screens browse, and the contents of its files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.api import Piece
from ocianalyze.model.entry import Entry


class ContentSource(Protocol):
    """Reads files out of layers; safe across threads, and perhaps slow."""

    def read(self, layer: int, entry: Entry, *, start: int = 0, length: int | None = None) -> bytes:
        """A part of the content of *entry*, which the layer with that index stores."""

    def in_order(self, layer: int, entries: Iterable[Entry]) -> Iterator[tuple[Entry, Iterator[Piece]]]:
        """Each of *entries*, files of that layer in stored order, with its content, in one pass over the layer."""


class Browsed(Protocol):
    """An open image or comparison that the screens browse."""

    @property
    def analysis(self) -> Analysis:
        """All that is drawn."""

    @property
    def contents(self) -> ContentSource:
        """The content of every file in `analysis`."""

    def close(self) -> None:
        """Close the source of the image."""
