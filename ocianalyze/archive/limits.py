"""How much a reader takes from an image before it says that something is wrong."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLimits:
    """Safety limits. Past one, reading stops with LimitExceededError, which names the limit."""

    entries: int = 10_000_000
    """Entries in all layers together, and members of the archive itself."""
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
