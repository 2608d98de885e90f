"""Files out of an image: reading, extracting, searching. What needs both the replayed layers and their bytes."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from ocianalyze.analysis.query.pathhistory import perhaps_deleted
from ocianalyze.analysis.query.select import followed, pruned, select
from ocianalyze.analysis.query.usage import Usage, largest_directories, largest_files, usage
from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.analysis.union.lookup import Found
from ocianalyze.analysis.union.tree import FileNode, UnionTree
from ocianalyze.api.load import OpenedPair
from ocianalyze.api.opened import OpenedImage, stored_image
from ocianalyze.api.views import view
from ocianalyze.contents.stored_image import StoredImage
from ocianalyze.errors import LimitExceededError, RaiseLimit, UsageError
from ocianalyze.loading.load import load_platforms, open_for
from ocianalyze.loading.options import LoadOptions
from ocianalyze.loading.progress import Progress
from ocianalyze.model.amount import exact_size
from ocianalyze.model.digest import Digest
from ocianalyze.model.entry import EntryKind, implied_directory
from ocianalyze.model.placed import Placed
from ocianalyze.writing.convert import Converted, convert, layer_tar, squash
from ocianalyze.writing.export import export
from ocianalyze.writing.extract import Extracted, Readable, extract


def find_paths(analysis: Analysis, paths: Iterable[str], *, layer: int | None = None) -> list[Found]:
    """What *paths*, which may be patterns, name in the view after *layer*.

    The error for what is not there says which layer still had it.
    """
    tree = view(analysis, layer)
    found: list[Found] = []
    for path in paths:
        try:
            found += select(tree, path)
        except UsageError as error:
            raise perhaps_deleted(analysis, path, error, layer) from error
    return found


def placed_file(analysis: Analysis, path: str, *, layer: int | None = None) -> Placed:
    """The file that *path* leads to in the view after *layer*. UsageError when it is no file, or not there."""
    found = _one(analysis, path, layer)
    node = found.node
    if node.entry is None or node.stored_at is None or node.kind is not EntryKind.FILE:
        raise UsageError(f"/{found.path} is a {_WORDS[node.kind]}, which has no content")
    return Placed(found.path, node.entry, node.stored_at)


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


def extract_files(
    opened: OpenedImage,
    paths: Sequence[str],
    target: Path,
    *,
    layer: int | None = None,
    owners: bool = False,
    force: bool = False,
) -> Extracted:
    """Write *paths*, and all below them, to their places below the directory *target*, whole or not at all."""
    found = find_paths(opened.analysis, paths, layer=layer)
    placed = placed_in(pruned(view(opened.analysis, layer), found))
    return extract(opened.contents, placed, target, owners=owners, force=force)


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


def totals(analysis: Analysis, *, layer: int | None = None) -> dict[str, int]:
    """Bytes of all files at or below each path of the view after *layer*."""
    return {one.path: one.size for one in usage(view(analysis, layer))}


def usage_below(analysis: Analysis, path: str, *, layer: int | None = None) -> tuple[str, list[Usage]]:
    """Where *path* leads, and what it and each name below it hold, parents first."""
    found = _one(analysis, path, layer)
    if found.node.children is None:
        return found.path, [Usage(found.path, found.node, found.node.size, 1)]
    prefix = found.path + "/" if found.path else ""
    inside = usage(UnionTree(found.node))
    return found.path, [one._replace(path=prefix + one.path if one.path else found.path) for one in inside]


def largest_below(
    analysis: Analysis, path: str, count: int, *, layer: int | None = None, directories: bool = False
) -> list[Usage]:
    """The *count* largest files, or *directories*, below *path*."""
    found = _one(analysis, path, layer)
    if found.node.children is None:
        raise UsageError(f"/{found.path} is not a directory")
    prefix = found.path + "/" if found.path else ""
    largest = largest_directories if directories else largest_files
    return [one._replace(path=prefix + one.path) for one in largest(UnionTree(found.node), count)]


def _one(analysis: Analysis, path: str, layer: int | None) -> Found:
    try:
        return followed(view(analysis, layer), path)
    except UsageError as error:
        raise perhaps_deleted(analysis, path, error, layer) from error


def save_node(contents: Readable, node: FileNode, target: Path, *, overwrite: bool = False) -> Extracted:
    """Write *node*, and all below it, to *target*, a path of the person's own choice, whole or not at all.

    No link is followed, neither in the image nor on the disk. An existing file is kept unless *overwrite*; an existing
    directory is merged into. Raises UsageError.
    """
    alone = UnionTree(FileNode(None, None, {target.name: node}))
    return extract(contents, placed_in(alone), target.parent, force=overwrite)


def placed_in(tree: UnionTree) -> list[Placed]:
    """Every name of *tree*, the root included, as what reads and writes archives takes it."""
    names = itertools.chain([("", tree.root)], tree.walk())
    return [Placed(path, node.entry or implied_directory(path), node.stored_at) for path, node in names]


_WORDS = {
    EntryKind.DIRECTORY: "directory",
    EntryKind.SYMLINK: "symbolic link",
    EntryKind.CHAR_DEVICE: "character device",
    EntryKind.BLOCK_DEVICE: "block device",
    EntryKind.FIFO: "pipe",
}
