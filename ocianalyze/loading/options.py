"""LoadOptions: which image of a source is loaded, how strictly, and what is remembered of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ocianalyze.model.limits import ReadLimits

if TYPE_CHECKING:
    from ocianalyze.loading.disk_cache import DiskCache


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOptions:
    """Which image of a source to load, and how strictly."""

    image: str | None = None
    """Tag or reference name, index (`0`, `1`, ...) or digest; None when the source holds one image."""
    platform: str | None = None
    """`os/arch[/variant]`; None for this machine's own, or the only one."""
    verify: bool = True
    """Whether digest, size and diff ID of everything that is read are checked."""
    partial: bool = False
    """Whether the image is loaded without layers whose blob is missing."""
    rootfs: bool = False
    """Whether the source is a root file system (a directory or a tar), to be read as an image of one layer."""
    content_algorithm: str = "blake3"
    """What `Entry.content` is a digest by: `blake3` or `sha256`."""
    limits: ReadLimits = field(default_factory=ReadLimits)
    standard_input: int = 0
    """The file descriptor that `-` is read from."""
    cache: DiskCache | None = None
    """Where scanned layers are kept between runs; None to keep none."""
    trust_cache: bool = False
    """Whether the blob of a layer in the cache is not read when its file is as it was at an earlier verification."""
