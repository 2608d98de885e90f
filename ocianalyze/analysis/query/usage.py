"""Sizes rolled up: the bytes below each directory of a merged view, every hard-linked file once."""

from __future__ import annotations

from typing import NamedTuple

from ocianalyze.analysis.union.tree import FileNode, StoredAt, UnionTree
from ocianalyze.model.entry import EntryKind


class Usage(NamedTuple):
    """One name with the bytes and files at and below it."""

    path: str
    node: FileNode
    size: int
    """Bytes of content. A file with several names counts at the first of them, as in `du`."""
    files: int
    """Names of regular files; 1 for a file itself."""


def usage(tree: UnionTree) -> list[Usage]:
    """Every name of *tree*, the root first and parents before their children."""
    paths, nodes, sizes, files = [""], [tree.root], [0], [0]
    place = {"": 0}
    seen: set[StoredAt] = set()
    for path, node in tree.walk():
        if node.children is not None:
            place[path] = len(paths)
        own = node.kind is EntryKind.FILE
        counts = own and (node.stored_at is None or node.stored_at not in seen)
        if own and node.stored_at is not None:
            seen.add(node.stored_at)
        paths.append(path)
        nodes.append(node)
        sizes.append(node.size if counts else 0)
        files.append(int(own))
    for index in range(len(paths) - 1, 0, -1):
        above = place[paths[index].rpartition("/")[0]]
        sizes[above] += sizes[index]
        files[above] += files[index]
    return list(map(Usage, paths, nodes, sizes, files))


def largest_files(tree: UnionTree, count: int) -> list[Usage]:
    """The *count* largest files, each once, under its first name."""
    found = [one for one in usage(tree) if one.node.kind is EntryKind.FILE and one.size]
    return sorted(found, key=lambda one: (-one.size, one.path))[:count]


def largest_directories(tree: UnionTree, count: int) -> list[Usage]:
    """The directories with the most bytes below them; the root, which has all of them, is left out."""
    found = [one for one in usage(tree) if one.node.children is not None and one.path and one.size]
    return sorted(found, key=lambda one: (-one.size, one.path))[:count]
