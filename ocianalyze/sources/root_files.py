"""A root file system without an image around it, read as an image of one layer.

`docker export` writes one as a tar, `buildah mount` shows one as a directory. Both lack what makes an image: history,
settings, layers.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from ocianalyze.blobs.blob import FileRange
from ocianalyze.errors import ArchiveError
from ocianalyze.layers.directory_layer import DirectoryLayer
from ocianalyze.layers.reader import LayerClaim
from ocianalyze.layers.tar_layer import TarLayer
from ocianalyze.model.documents import ImageConfig
from ocianalyze.model.finding import Finding, Level
from ocianalyze.sources.candidate import Candidate, ImageParts
from ocianalyze.sources.opening import open_file
from ocianalyze.sources.source import OpenOptions
from ocianalyze.sources.store import TarStore
from ocianalyze.sources.tar_index import begins_like_a_tar
from ocianalyze.tar.header import BLOCK

_MARK = ".dockerenv"
"""An empty file that docker puts into the root of each container, and so of each export."""
_EXPORTED = Finding(
    code="root-file-system",
    level=Level.NOTE,
    message="a container's root file system, by docker export, is read as an image of one layer: "
    "the image's own layers, history and settings are not in it",
)


class RootFiles:
    """The one image that a root file system makes. A `Source`."""

    reference: str | None = None

    def __init__(
        self,
        layer: TarLayer | DirectoryLayer,
        *,
        archive_size: int | None,
        stored_size: int,
        notices: tuple[Finding, ...] = (),
        close: Callable[[], None] = lambda: None,
    ) -> None:
        """Take over *layer*; *close* closes what is below it."""
        self.archive_size = archive_size
        self.stored_size = stored_size
        self._layer = layer
        self._notices = notices
        self._close = close

    def images(self) -> Sequence[Candidate]:
        """See `Source`."""
        return [Candidate(group="rootfs")]

    def parts(self, candidate: Candidate) -> ImageParts:  # noqa: ARG002 - there is but one
        """See `Source`."""
        # docker export and buildah know no other system.
        config = ImageConfig(os="linux")
        return ImageParts(layout="rootfs", names=(), config=config, layers=(self._layer.claim,), notices=self._notices)

    def layer(self, claim: LayerClaim) -> TarLayer | DirectoryLayer:  # noqa: ARG002 - there is but one
        """See `Source`."""
        return self._layer

    def close(self) -> None:
        """See `Source`."""
        self._layer.close()
        self._close()


def open_root_files(path: str, options: OpenOptions) -> RootFiles:
    """The root file system *path*: a directory, or a tar, compressed or not; `-` for standard input."""
    if os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises for names that are too long
        directory = DirectoryLayer(path, LayerClaim(name=path))
        return RootFiles(directory, archive_size=None, stored_size=directory.size)
    opened = open_file(path, options)
    if not begins_like_a_tar(opened.file.read(BLOCK, 0, opened.label)):
        opened.file.close()
        raise ArchiveError(f"{opened.label} is no root file system", hint="expected a directory or a tar")
    blob = FileRange(path, opened.file, 0, opened.size)
    return RootFiles(
        TarLayer(blob, LayerClaim(name=path)),
        archive_size=opened.given_size,
        stored_size=opened.stored_size,
        close=opened.file.close,
    )


def is_export(store: TarStore) -> bool:
    """Whether *store*, which has no table of contents of images, is what docker export writes."""
    return _MARK in store


def from_export(store: TarStore, path: str) -> RootFiles:
    """The root file system in *store*, which it takes over."""
    return RootFiles(
        TarLayer(store.whole(path), LayerClaim(name=path)),
        archive_size=store.given_size,
        stored_size=store.stored_size,
        notices=(_EXPORTED,),
        close=store.close,
    )
