"""A finding about an image or an archive: a notice, a fault that `verify` finds, advice, or a rule that fails."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from ocianalyze.errors import Remedy


class Level(Enum):
    """How bad a finding is."""

    ERROR = "error"
    """Something is not what is claimed, is missing, or breaks the specification or a rule."""
    WARNING = "warning"
    """Something that is allowed or harmless, and that a well-made image does not have."""
    NOTE = "note"
    """Nothing is wrong, and something could be better."""


class FoundBy(Enum):
    """The part of the program that made a finding."""

    READING = "reading"
    """The image was read and replayed; such findings are its notices."""
    VERIFICATION = "verification"
    CHECK = "check"
    """A check of the table `CHECKS`, which looks for bytes that an image could do without."""
    RULE = "rule"
    """A rule of the table `RULES`, which the image was held to."""


class Unit(Enum):
    """The unit of the number of a rule."""

    BYTES = "bytes"
    RATIO = "ratio"
    COUNT = "count"
    NONE = "none"
    """The rule is about no number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The limit of a rule, and the value of the image."""

    unit: Unit
    limit: int | float | str
    """A number in *unit*, or the words of the rule."""
    value: int | float | str
    """The value of the image."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong with an image or an archive, or could be better."""

    code: str
    """Stable, for machines: `digest-mismatch`, `duplicate-entry`, `secret`, the name of a rule, ..."""
    message: str
    """The finding in words."""
    level: Level = Level.WARNING
    found_by: FoundBy = FoundBy.READING
    subject: str = ""
    """The demand of a rule that can be given several times: the glob of a budget, a path, a label."""
    image: str | None = None
    """The image as the archive names it, where several were looked at; None for the archive itself."""
    layer: int | None = None
    """The layer at fault; of wasted bytes, the layer that wrote them."""
    hidden_by: int | None = None
    """The layer that hid the bytes which *layer* wrote; of layers to squash, the highest."""
    paths: tuple[str, ...] = ()
    """The first at fault; where size is at fault, the largest."""
    paths_total: int = 0
    """How many there are, where *paths* may have only the first; else 0."""
    bytes: int = 0
    """Bytes that the remedy would save."""
    remedy: Remedy | str | None = None
    """A choice of the caller's that would help, or advice in words."""
    measured: Measured | None = None
    """For a rule that fails; else None."""

    @property
    def path(self) -> str | None:
        """The first path at fault; None where no path is."""
        return self.paths[0] if self.paths else None
