"""How much a reader takes from an image before it says that something is wrong."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLimits:
    """Safety limits. Past one, reading stops with LimitExceededError, which names the limit."""

    entries: int = 1_250_000
    """Entries of all layers together, those of a layer listed twice counted twice. A name longer than 256 bytes or
    an extended header counts as one more entry for each 256 bytes, an extended attribute as one and four runs of a
    sparse file as one, because that is what they cost to keep. Copies of directories that layers touch, implied
    directories and links through links count likewise. An entry takes some 700 bytes."""
    ratio: int = 250
    """A layer may inflate to this many times its blob size, once it is past `inflated`. A gzip member, a zstd frame or
    another stream in it counts as 16 KiB beside its bytes, so that empty ones are not free; for `total` likewise."""
    inflated: int = 2 << 30
    """Bytes that a layer (or a compressed archive) may inflate to whatever its ratio."""
    total: int = 4 << 30
    """Bytes that all layers together may have uncompressed; or `total_ratio` times the bytes that the image takes
    where it is kept, if that is more. Inflating 4 GiB of zeros takes some seven seconds of one processor."""
    total_ratio: int = 200
    spool: int = 64 << 30
    """Bytes that are copied to a temporary file, of a compressed archive or of standard input."""
    members: int = 400_000
    """Members of the archive itself; long names and attributes count as for `entries`."""
    layers: int = 1000
    """Layers of one image, one that is listed twice counted twice. Docker makes 127 at most."""
    steps: int = 10_000
    """Steps in the history of one image."""
    variables: int = 10_000
    """Variables, labels, ports and volumes in the config of one image, each kind counted alone."""
    name: int = 32 << 10
    """Bytes of one name or link target."""
    header: int = 4 << 20
    """Bytes of the extended headers of one entry (PAX records, long names)."""
    document: int = 16 << 20
    """Bytes of one JSON document."""
    depth: int = 8
    """Indexes inside indexes."""
    manifests: int = 10_000
    """Images that an archive may list, one counted again wherever it is listed again. An index counts as one
    more for each 4 KiB."""
