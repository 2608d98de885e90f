"""What a load tells those who watch it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ocianalyze.model.documents import History


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedLayer:
    """A layer that is about to be scanned."""

    index: int
    blob_size: int
    """Bytes as stored in the archive; the sum over the planned layers is the work to do."""
    history: History | None


class Progress(Protocol):
    """Watches a load. Methods are called from several threads; an exception raised in one stops the load."""

    def spooled(self, done: int) -> None:
        """*done* bytes of a compressed archive or of standard input have been read so far."""

    def begin(self, layers: Sequence[PlannedLayer]) -> None:
        """The image is chosen; *layers* will now be scanned (a layer listed twice is planned once)."""

    def advance(self, layer: int, blob_bytes: int) -> None:
        """*blob_bytes* more bytes of the layer with that index were read."""


class Unwatched:
    """The Progress of a load that nobody watches."""

    def spooled(self, done: int) -> None:
        """Nothing."""

    def begin(self, layers: Sequence[PlannedLayer]) -> None:
        """Nothing."""

    def advance(self, layer: int, blob_bytes: int) -> None:
        """Nothing."""
