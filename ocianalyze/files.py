"""Files out of an image: reading, extracting, searching. What needs both the replayed layers and their bytes."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ocianalyze.analysis.analyze import Analysis
from ocianalyze.analysis.lookup import Found
from ocianalyze.analysis.pathhistory import latest
from ocianalyze.analysis.select import followed, pruned, select
from ocianalyze.analysis.tree import UnionTree
from ocianalyze.archive.content import Contents
from ocianalyze.archive.extract import Extracted, extract
from ocianalyze.archive.limits import ReadLimits
from ocianalyze.archive.placed import Placed, implied_directory
from ocianalyze.errors import UsageError
from ocianalyze.model.entry import EntryKind


def view(analysis: Analysis, layer: int | None = None) -> UnionTree:
    """The merged view after *layer*; None means the last. UsageError when there is no such layer."""
    count = len(analysis.image.layers)
    if layer is None:
        return analysis.tree
    if 0 <= layer < count:
        return analysis.trees[layer]
    has = f"its layers are 0 to {count - 1}" if count else "it has none"
    raise UsageError(f"the image has no layer {layer}", hint=has)


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
            raise _perhaps_deleted(analysis, path, error, layer) from error
    return found


def read_chunks(
    analysis: Analysis, path: str, *, layer: int | None = None, limits: ReadLimits | None = None
) -> Iterator[bytes]:
    """The content of the file *path*, links followed inside the image, in the view after *layer*; in pieces."""
    try:
        found = followed(view(analysis, layer), path)
    except UsageError as error:
        raise _perhaps_deleted(analysis, path, error, layer) from error
    node = found.node
    if node.entry is None or node.stored_at is None or node.kind is not EntryKind.FILE:
        raise UsageError(f"/{found.path} is a {_WORDS[node.kind]}, which has no content")
    return _chunks(analysis, Placed(found.path, node.entry, node.stored_at), limits)


def _chunks(analysis: Analysis, one: Placed, limits: ReadLimits | None) -> Iterator[bytes]:
    with Contents(analysis.image, limits) as contents:
        yield from contents.chunks(one.layer, one.entry)


def extract_files(
    analysis: Analysis,
    paths: Sequence[str],
    target: Path,
    *,
    layer: int | None = None,
    owners: bool = False,
    force: bool = False,
    limits: ReadLimits | None = None,
) -> Extracted:
    """Write *paths*, and all below them, to their places below the directory *target*, whole or not at all."""
    found = find_paths(analysis, paths, layer=layer)
    placed = placed_in(pruned(view(analysis, layer), found))
    with Contents(analysis.image, limits) as contents:
        return extract(contents, placed, target, owners=owners, force=force)


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


def _perhaps_deleted(analysis: Analysis, path: str, error: UsageError, layer: int | None) -> UsageError:
    """*error*, with the layer that still had *path* when there is one."""
    place = latest(analysis, path) if layer is None else None
    if place is None:
        return error
    gone = place[0] + 1
    return UsageError(error.message, hint=f"layer {gone} removed it; --layer {place[0]} shows it as it was before")
