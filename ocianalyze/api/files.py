"""What is written of an open image, and files of two: what needs both the replayed layers and their bytes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from ocianalyze.analysis.query.select import followed, pruned
from ocianalyze.analysis.union.tree import FileNode, UnionTree
from ocianalyze.api.load import OpenedPair
from ocianalyze.api.opened import OpenedImage, stored_image
from ocianalyze.api.places import find_paths, placed_in
from ocianalyze.api.views import view
from ocianalyze.contents.stored_image import StoredImage
from ocianalyze.errors import LimitExceededError, RaiseLimit, UsageError
from ocianalyze.loading.load import load_platforms, open_for
from ocianalyze.loading.options import LoadOptions
from ocianalyze.loading.progress import Progress
from ocianalyze.model.amount import exact_size
from ocianalyze.model.digest import Digest
from ocianalyze.writing.convert import Converted, convert, layer_tar, squash
from ocianalyze.writing.export import export
from ocianalyze.writing.extract import Extracted, Readable, extract


def file_in_both(pair: OpenedPair, path: str) -> tuple[Iterator[bytes] | None, Iterator[bytes] | None]:
    """The content of the file *path* in the old and in the new image, in pieces; None where one does not have it.

    UsageError when neither has it, or when it is no file; LimitExceededError for one of more bytes, holes included,
    than all layers may have.
    """
    sides: list[Iterator[bytes] | None] = []
    missing: list[UsageError] = []
    for opened in (pair.old, pair.new):
        try:
            node = followed(opened.analysis.tree, path).node
        except UsageError as error:
            missing.append(error)
            sides.append(None)
        else:
            if node.size > opened.options.limits.total:
                message = f"/{path.strip('/')}: {exact_size(node.size)} are too many to compare byte by byte"
                raise LimitExceededError(message, remedy=RaiseLimit("total"))
            sides.append(opened.chunks(path))
    if len(missing) == 2:
        raise missing[1]
    return sides[0], sides[1]


def export_tar(opened: OpenedImage, out: BinaryIO, *, layer: int | None = None, paths: Sequence[str] = ()) -> int:
    """Write the view after *layer*, or only *paths* of it, to *out* as a tar; the bytes written. *out* can seek."""
    tree = view(opened.analysis, layer)
    chosen = pruned(tree, find_paths(opened.analysis, paths, layer=layer)) if paths else tree
    return export(opened.contents, placed_in(chosen), out)


def export_layer(opened: OpenedImage, layer: int, out: BinaryIO) -> None:
    """Write the uncompressed tar of one layer, whiteouts and all, as it is: its digest is the layer's diff ID.

    UsageError when there is no such layer, DigestMismatchError when it is no longer what was read.
    """
    view(opened.analysis, layer)
    out.writelines(layer_tar(opened.contents, opened.layers[layer]))


def squash_image(
    opened: OpenedImage,
    target: Path,
    *,
    layer: int | None = None,
    compression: str = "gzip",
    level: int | None = None,
    names: Sequence[str] | None = None,
) -> Digest:
    """Write an OCI archive whose one layer is the view after *layer*; the digest of its manifest."""
    placed = placed_in(view(opened.analysis, layer))
    return squash(opened.stored, placed, target, compression=compression, level=level, names=names)


def convert_image(
    opened: OpenedImage,
    target: Path,
    *,
    kind: str,
    compression: str = "keep",
    level: int | None = None,
    names: Sequence[str] | None = None,
) -> Converted:
    """Write the image to *target* in another form.

    *kind* is `oci-archive`, `oci-layout` or `docker-archive`; *names* replace the image's own.
    """
    verify = opened.options.verify
    return convert([opened.stored], target, kind=kind, compression=compression, level=level, names=names, verify=verify)


@contextlib.contextmanager
def open_platforms(
    name: str, *, options: LoadOptions | None = None, progress: Progress | None = None
) -> Iterator[list[StoredImage]]:
    """Every platform of the image *name*, read and open as long as the context lasts."""
    options = options or LoadOptions()
    with contextlib.closing(open_for(name, options, progress)) as source:
        yield [stored_image(loaded) for loaded in load_platforms(source, name, options, progress)]


def convert_platforms(
    images: Sequence[StoredImage],
    target: Path,
    *,
    kind: str,
    compression: str = "keep",
    level: int | None = None,
    names: Sequence[str] | None = None,
    verify: bool = True,
) -> Converted:
    """Write *images*, the platforms of one image, under one index to *target*."""
    return convert(images, target, kind=kind, compression=compression, level=level, names=names, verify=verify)


def save_node(contents: Readable, node: FileNode, target: Path, *, overwrite: bool = False) -> Extracted:
    """Write *node*, and all below it, to *target*, a path of the person's own choice, whole or not at all.

    No link is followed, neither in the image nor on the disk. An existing file is kept unless *overwrite*; an existing
    directory is merged into. Raises UsageError.
    """
    alone = UnionTree(FileNode(None, None, {target.name: node}))
    return extract(contents, placed_in(alone), target.parent, force=overwrite)
