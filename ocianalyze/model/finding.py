"""One thing that is wrong with an archive, as `verify` says it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ocianalyze.errors import Remedy


class Level(Enum):
    """How bad a finding is."""

    ERROR = "error"
    """Something is not what is claimed, is missing, or breaks the specification."""
    WARNING = "warning"
    """Something that is allowed or harmless, and that a well-made image does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong."""

    level: Level
    code: str
    """Stable, for machines: `digest-mismatch`, `missing-blob`, ..., or the code of a notice."""
    message: str
    image: str | None = None
    """The image as the archive names it; None for the archive itself."""
    layer: int | None = None
    path: str | None = None
    remedy: Remedy | None = None
    """The choice of the caller's that would go past it."""
