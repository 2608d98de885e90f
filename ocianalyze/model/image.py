"""An image with everything that its archive says of it: config, history, layers and their entries."""

from __future__ import annotations

from dataclasses import dataclass, field

from ocianalyze.model.artifact import Artifact
from ocianalyze.model.digest import UNKNOWN, ChainID, DiffID, Digest
from ocianalyze.model.documents import History, ImageConfig, Platform
from ocianalyze.model.entry import Entry, size_of
from ocianalyze.model.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One layer as the archive stores it, and what its tar holds."""

    index: int
    """0 is the bottom layer. Counts layers with a blob; history steps without one have no index."""
    diff_id: DiffID
    """Of the uncompressed tar as read, or as the config claims it where it was not verified."""
    chain_id: ChainID
    digest: Digest | None = None
    """Of the blob as stored; None where the archive names the layer by a path."""
    blob: str = ""
    """Name of the blob in the archive: a member or a file."""
    media_type: str = ""
    compression: str = "none"
    """`none`, `gzip`, `zstd`, `bzip2` or `xz`: what the bytes are, whatever the media type says."""
    blob_size: int = 0
    """Bytes as stored in the archive."""
    tar_size: int = 0
    """Bytes of the uncompressed tar."""
    entries: tuple[Entry, ...] = ()
    """In tar order. A layer listed twice shares the same tuple."""
    content_algorithm: str = "blake3"
    """What `Entry.content` is a digest by: `blake3` or `sha256`."""
    history: History | None = None
    urls: tuple[str, ...] = ()
    """Where else the blob is to be had: of a foreign layer, as Windows' base images are."""
    missing: bool = False
    """Whether the archive lacks the blob (only with `partial`): then `entries` is empty."""
    size: int = field(init=False)
    """Bytes of every file copy that it stores; a hard link, like all that is no file, stores none."""

    def __post_init__(self) -> None:
        """Sum the size up once: many ask for it, and there may be a million entries."""
        object.__setattr__(self, "size", sum(map(size_of, self.entries)))


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryStep:
    """One step of the history, beside the layer that it made."""

    history: History
    layer: int | None
    """Index of the layer, or None for a step without one (`ENV`, `CMD`, ...)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One image of one archive, for one platform."""

    source: str
    """The archive as the user named it; `-` for standard input."""
    layout: str
    """`docker-archive` or `oci-archive` for a tar; `docker-layout` or `oci-layout` for a directory."""
    names: tuple[str, ...]
    """Tags and reference names that the archive gives this image."""
    digest: Digest | None
    """Of the manifest; None for a docker archive that holds none."""
    config_digest: Digest | None
    platform: Platform
    config: ImageConfig
    layers: tuple[Layer, ...]
    """Bottom layer first."""
    history: tuple[HistoryStep, ...]
    """Oldest step first, steps without a layer included."""
    archive_size: int
    """Bytes of the file as given; for a directory, the sum of the blobs that this image uses."""
    media_type: str = ""
    annotations: tuple[tuple[str, str], ...] = ()
    """Of the manifest, sorted by key."""
    attached: tuple[Artifact, ...] = ()
    """What the archive holds about the image: signatures, attestations, SBOMs."""
    notices: tuple[Finding, ...] = ()
    """Oddities that are not fatal."""

    @property
    def diff_ids(self) -> tuple[DiffID, ...]:
        """The diff ID of each layer, bottom layer first."""
        return tuple(layer.diff_id for layer in self.layers)

    @property
    def missing_layers(self) -> tuple[int, ...]:
        """Indexes of the layers that the archive lacks. What they could change of the others is not known."""
        return tuple(layer.index for layer in self.layers if layer.missing)

    def has_the_layers_of(self, other: Image) -> bool:
        """Whether both have the very same layers, by what their configs claim."""
        return self.diff_ids == other.diff_ids and UNKNOWN not in self.diff_ids
