"""What one pass over a layer's blob found, before the layer has its place in an image."""

from __future__ import annotations

from dataclasses import dataclass

from ocianalyze.model.digest import DiffID
from ocianalyze.model.entry import Entry
from ocianalyze.model.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedLayer:
    """What one pass over a blob found."""

    compression: str
    tar_size: int
    diff_id: DiffID | None
    """Of the bytes read; None where it was not computed."""
    entries: tuple[Entry, ...]
    notices: tuple[Finding, ...]
    spent_entries: int = 0
    """What the scan took of `ReadLimits.entries`."""
    spent_bytes: int = 0
    """What the scan took of `ReadLimits.total`."""
