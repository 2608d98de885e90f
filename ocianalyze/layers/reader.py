"""LayerReader: how one layer of an open source is read, wherever it is kept, and what a source claims of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from ocianalyze.blobs.blob import Blob, Identity
from ocianalyze.model.digest import DiffID, Digest
from ocianalyze.model.entry import Entry
from ocianalyze.model.limits import ReadLimits
from ocianalyze.model.scanned import ScannedLayer
from ocianalyze.tar.budget import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerClaim:
    """Where a source keeps a layer, and what the documents of the image claim of it."""

    name: str
    """The name under which the source keeps the layer's blob."""
    digest: Digest | None = None
    """Of the blob, as the manifest claims."""
    size: int | None = None
    """Bytes of the blob, as the manifest claims."""
    diff_id: DiffID | None = None
    """As the config claims; None until config and manifest are held against each other, or where it names none."""
    media_type: str = ""
    urls: tuple[str, ...] = ()
    """Where else a foreign layer can be fetched."""

    @property
    def label(self) -> str:
        """The digest where there is one, or else the name."""
        return self.digest or self.name


class Piece(NamedTuple):
    """Stored bytes of a file. There may be a hole between two pieces."""

    position: int
    """In the file."""
    data: bytes | memoryview


Watch = Callable[[bytes], None]
"""Called with each chunk of a blob as it is read. An exception raised in it ends the scan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanOptions:
    """How the layers of one image are scanned."""

    limits: ReadLimits
    budget: Account
    """Counts the entries of all layers of the image together."""
    bytes: Account
    """Counts the uncompressed bytes of all layers of the image together."""
    algorithm: str
    """What `Entry.content` is a digest by: `blake3` or `sha256`."""
    verify: bool
    """Whether the digest, size and diff ID that are claimed are checked."""
    has_spare_processor: bool = False
    """Whether a processor would idle if the layer's digest had no thread of its own."""


class LayerReader(Protocol):
    """One layer of an open source. Methods are safe across threads; a reader is open as long as its source."""

    @property
    def key(self) -> str:
        """The same for two layers of one source that are the same stored bytes."""

    @property
    def size(self) -> int:
        """Bytes that a scan reads, for the progress."""

    @property
    def claim(self) -> LayerClaim:
        """What the documents claim of the layer."""

    @property
    def digest(self) -> Digest | None:
        """The claimed digest of the bytes that a scan reads; None where nothing claims one."""

    def scan(self, how: ScanOptions, watch: Watch) -> ScannedLayer:
        """Read the layer to its end: its entries, size and diff ID. LayerError for whatever is wrong with it."""

    def check(self, watch: Watch) -> None:
        """Read the stored bytes without scanning them; DigestMismatchError when they are not as claimed."""

    def content(self, entry: Entry, start: int, stop: int) -> Iterator[bytes]:
        """The bytes of *entry*, a FILE of this layer, from *start* to before *stop*; holes are filled with zeros."""

    def in_order(self, entries: Iterable[Entry]) -> Iterator[tuple[Entry, Iterator[Piece]]]:
        """Each of *entries*, FILEs sorted by `offset`, with its stored bytes, in one pass over the layer.

        The pieces of an entry are to be taken before the next entry is asked for.
        """

    def tar(self) -> Iterator[bytes]:
        """The uncompressed tar of the layer."""

    def blob(self) -> Blob | None:
        """The blob as it is stored, for writers; None where no blob is kept."""

    def is_unchanged(self) -> bool:
        """Whether the stored bytes are certainly those that were there when the source was opened."""

    def identity(self) -> Identity | None:
        """Where the stored bytes are, and the state of their file; None where no later run finds them."""

    def close(self) -> None:
        """Let go of temporary files."""
