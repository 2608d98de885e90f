"""load_image(source) -> Image: picks the layout, scans each distinct layer once, reports progress."""

from __future__ import annotations

from dataclasses import dataclass, field

from ocianalyze.archive.limits import ReadLimits
from ocianalyze.archive.progress import Progress
from ocianalyze.model.image import Image


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOptions:
    """Which image of an archive to load, and how strictly."""

    image: str | None = None
    """Tag or reference name, index (`0`, `1`, ...) or digest; None when the archive holds one image."""
    platform: str | None = None
    """`os/arch[/variant]`; None for this machine's own, or the only one."""
    verify: bool = True
    """Check digest, size and diff ID of everything read."""
    partial: bool = False
    """Carry on without layers whose blob is missing."""
    content_algorithm: str = "blake3"
    """What `Entry.content` is a digest by: `blake3` or `sha256`."""
    limits: ReadLimits = field(default_factory=ReadLimits)


def load_image(source: str, *, options: LoadOptions | None = None, progress: Progress | None = None) -> Image:
    """The image in *source*, a path or `-` for standard input."""
    raise NotImplementedError
