"""ocianalyze.open(path): one image as an object, for other programs. docs/api.md has an example of each part."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ocianalyze.analysis.query.pathhistory import Event, path_history
from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.analysis.union.changes import Change
from ocianalyze.analysis.union.tree import UnionTree
from ocianalyze.analysis.waste.waste import WasteReport
from ocianalyze.api.files import extract_files, placed_file
from ocianalyze.api.load import analyze_file, view
from ocianalyze.contents.contents import Contents
from ocianalyze.loading.load import LoadOptions
from ocianalyze.model.image import Image, Layer

if TYPE_CHECKING:
    import os

    from ocianalyze.writing.extract import Extracted


def open(  # noqa: A001 - meant to be written ocianalyze.open
    path: str | os.PathLike[str],
    *,
    image: str | None = None,
    platform: str | None = None,
    verify: bool = True,
    partial: bool = False,
    base_layers: int = 1,
) -> ImageFile:
    """Read and replay the image in *path*: an archive, compressed or not, or a directory.

    *image* (a name, a number or a digest) and *platform* (`os/arch[/variant]`) choose one of several. *verify* checks
    every digest on the way; with *partial* layers that the archive lacks are left out. The lowest *base_layers*
    layers count as the base image in `waste`. Raises OcianalyzeError.
    """
    options = LoadOptions(image=image, platform=platform, verify=verify, partial=partial)
    return ImageFile(analyze_file(str(path), options=options, base_layers=base_layers), options)


class ImageFile:
    """One image, replayed, with its archive at hand. Close it, or use it in a `with`, when contents were read."""

    def __init__(self, analysis: Analysis, options: LoadOptions | None = None) -> None:
        self.analysis = analysis
        """Everything that is known of it."""
        self._options = options or LoadOptions()
        self._contents: Contents | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> ImageFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the archive. What was read stays good."""
        with self._lock:
            if self._contents is not None:
                self._contents.close()
                self._contents = None

    @property
    def image(self) -> Image:
        """Names, digests, platform, config, history and layers."""
        return self.analysis.image

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers, bottom first, each with its entries in the order of its tar."""
        return self.analysis.image.layers

    @property
    def changes(self) -> tuple[tuple[Change, ...], ...]:
        """`changes[i]` is what layer *i* did to the file system below it, sorted by path."""
        return self.analysis.changes

    @property
    def waste(self) -> WasteReport:
        """Bytes that layers store and the final file system does not show."""
        return self.analysis.waste

    def merged(self, layer: int | None = None) -> UnionTree:
        """The file system as it is after *layer*; None means after the last."""
        return view(self.analysis, layer)

    def read(self, path: str, *, layer: int | None = None) -> bytes:
        """The content of the file at *path*, links followed inside the image, as it is after *layer*."""
        return b"".join(self.chunks(path, layer=layer))

    def chunks(
        self, path: str, *, layer: int | None = None, start: int = 0, length: int | None = None
    ) -> Iterator[bytes]:
        """The same in pieces, or a part of it. A place deep in a layer is inflated to once, and then remembered."""
        one = placed_file(self.analysis, path, layer=layer)
        with self._lock:
            if self._contents is None:
                self._contents = Contents(self.image, self._options.limits)
            contents = self._contents
        return contents.chunks(one.layer, one.entry, start=start, length=length)

    def history(self, path: str) -> list[Event]:
        """What each layer did to *path*, lowest first."""
        return path_history(self.analysis, path)[1]

    def extract(
        self,
        *paths: str,
        to: str | os.PathLike[str],
        layer: int | None = None,
        owners: bool = False,
        force: bool = False,
    ) -> Extracted:
        """Copy *paths*, and all below them, into the directory *to*: never outside it, whole or not at all."""
        return extract_files(
            self.analysis, paths, Path(to), layer=layer, owners=owners, force=force, limits=self._options.limits
        )
