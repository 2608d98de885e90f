"""One image, opened once: what it is, what its replay shows, and the content of its files. docs/api.md has examples."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Self

from ocianalyze.analysis.query.pathhistory import Event, path_history
from ocianalyze.analysis.query.select import pruned
from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.analysis.union.changes import Change
from ocianalyze.analysis.union.tree import UnionTree
from ocianalyze.analysis.waste.waste import WasteReport
from ocianalyze.api.places import find_paths, placed_file, placed_in
from ocianalyze.api.views import view
from ocianalyze.contents.contents import Contents
from ocianalyze.contents.stored_image import StoredImage
from ocianalyze.loading.load import LoadedImage
from ocianalyze.loading.options import LoadOptions
from ocianalyze.model.image import Image, Layer
from ocianalyze.sources.source import Source

if TYPE_CHECKING:
    import os

    from ocianalyze.writing.extract import Extracted


class OpenedImage:
    """An image that is read and replayed, and whose source is open. Close it, or use it in a `with`."""

    def __init__(self, source: Source, loaded: LoadedImage, analysis: Analysis, options: LoadOptions) -> None:
        """Take over *source*; `open_image` makes one of these."""
        self.analysis = analysis
        """Everything that is known of the image."""
        self.stored = stored_image(loaded)
        """The image as writers take it, with its documents as they are stored."""
        self.options = options
        """How the image was read."""
        self._source = source

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the source. What was read stays good; a read that still runs ends with an OcianalyzeError."""
        self._source.close()

    @property
    def contents(self) -> Contents:
        """The content of every file of every layer."""
        return self.stored.contents

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
        return self.contents.chunks(one.layer, one.entry, start=start, length=length)

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
        # Deferred: most commands write no files.
        from ocianalyze.writing.extract import extract

        placed = placed_in(pruned(self.merged(layer), find_paths(self.analysis, paths, layer=layer)))
        return extract(self.contents, placed, Path(to), owners=owners, force=force)


def stored_image(loaded: LoadedImage) -> StoredImage:
    """*loaded* as writers take an image."""
    return StoredImage(
        image=loaded.image,
        contents=Contents(loaded.image, loaded.readers),
        config_data=loaded.config_data,
        manifest_data=loaded.manifest_data,
    )


@contextlib.contextmanager
def closing_on_error(source: Source) -> Iterator[Source]:
    """Close *source* when the block fails; what the block returns has taken it over otherwise."""
    try:
        yield source
    except BaseException:
        source.close()
        raise
