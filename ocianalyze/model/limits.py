"""How much a reader takes from an image before it says that something is wrong."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLimits:
    """Safety limits. Past one, reading stops with LimitExceededError, which names the limit."""

    entries: int = 4_000_000
    """Entries of all layers together, those of a layer listed twice counted twice, and members of the archive
    itself. A name longer than 256 bytes or an extended header counts as one more entry for each 256 bytes, an
    extended attribute as one and four runs of a sparse file as one, because that is what they cost to keep."""
    ratio: int = 250
    """A layer may inflate to this many times its blob size, once it is past `inflated`."""
    inflated: int = 2 << 30
    """Bytes that a layer (or a compressed archive) may inflate to whatever its ratio."""
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
