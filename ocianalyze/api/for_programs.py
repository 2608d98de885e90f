"""ocianalyze.open(name): the call by which other programs open an image. docs/api.md has an example of each part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocianalyze.api.load import open_image
from ocianalyze.api.opened import OpenedImage
from ocianalyze.loading.options import LoadOptions

if TYPE_CHECKING:
    import os


def open(  # noqa: A001 - meant to be written ocianalyze.open
    name: str | os.PathLike[str],
    *,
    image: str | None = None,
    platform: str | None = None,
    verify: bool = True,
    partial: bool = False,
    base_layers: int = 1,
) -> OpenedImage:
    """Read and replay the image *name*: an archive, compressed or not, a directory, or a source by its prefix.

    *image* (a name, a number or a digest) and *platform* (`os/arch[/variant]`) choose one of several. *verify* checks
    every digest on the way; with *partial* layers that the archive lacks are left out. The lowest *base_layers*
    layers count as the base image in `waste`. Raises OcianalyzeError.
    """
    options = LoadOptions(image=image, platform=platform, verify=verify, partial=partial)
    return open_image(str(name), options=options, base_layers=base_layers)
