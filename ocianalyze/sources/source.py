"""Source: a place where images are kept, opened once. `table.py` lists the kinds of source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ocianalyze.layers.reader import LayerClaim, LayerReader
from ocianalyze.model.limits import ReadLimits
from ocianalyze.sources.candidate import Candidate, ImageParts


def _unheard(_: int) -> None:
    """What is done with the progress of a copy that nobody watches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOptions:
    """How a source is opened."""

    limits: ReadLimits = field(default_factory=ReadLimits)
    verify: bool = True
    """Whether the digest of each document is checked."""
    rootfs: bool = False
    """Whether what is named by a plain path is a root file system, to be read as an image of one layer."""
    standard_input: int = 0
    """The file descriptor that `-` is read from."""
    spooled: Callable[[int], None] = _unheard
    """Called with the bytes copied so far, where an archive must be copied before it can be read."""


class Source(Protocol):
    """A place where images are kept. It is open until `close`, and so is whatever was got from it."""

    @property
    def reference(self) -> str | None:
        """The image that the source's own name chooses, as `oci:DIR:TAG` does; None for any."""

    @property
    def archive_size(self) -> int | None:
        """Bytes of the one file that holds everything, as the user gave it; None where there is no such file."""

    @property
    def stored_size(self) -> int:
        """Bytes that the source takes where it is kept, as far as it was opened; those of holes do not count."""

    def images(self) -> Sequence[Candidate]:
        """Every image that the source offers, for every platform."""

    def parts(self, candidate: Candidate) -> ImageParts:
        """The documents of *candidate*, and what they claim of its layers."""

    def layer(self, claim: LayerClaim) -> LayerReader:
        """A reader of the layer that *claim* means; MissingBlobError when the source does not hold it."""

    def close(self) -> None:
        """Close all files. What was read stays good."""
