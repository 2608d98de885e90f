"""Where paths lead in the view after a layer: files and directories, and what they hold. No bytes are read."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from ocianalyze.analysis.query.pathhistory import perhaps_deleted
from ocianalyze.analysis.query.select import followed, select
from ocianalyze.analysis.query.usage import Usage, largest_directories, largest_files, usage
from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.analysis.union.lookup import Found
from ocianalyze.analysis.union.tree import UnionTree
from ocianalyze.api.views import view
from ocianalyze.errors import UsageError
from ocianalyze.model.entry import EntryKind, implied_directory
from ocianalyze.model.placed import Placed


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


def placed_in(tree: UnionTree) -> list[Placed]:
    """Every name of *tree*, the root included, as what reads and writes archives takes it."""
    names = itertools.chain([("", tree.root)], tree.walk())
    return [Placed(path, node.entry or implied_directory(path), node.stored_at) for path, node in names]


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


_WORDS = {
    EntryKind.DIRECTORY: "directory",
    EntryKind.SYMLINK: "symbolic link",
    EntryKind.CHAR_DEVICE: "character device",
    EntryKind.BLOCK_DEVICE: "block device",
    EntryKind.FIFO: "pipe",
}
