"""Paths and globs that a person names, as nodes of a merged view; and the part of a tree that holds them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ocianalyze.analysis.query.glob import is_glob
from ocianalyze.analysis.query.matching import Steps, match_all, matching
from ocianalyze.analysis.union.lookup import Found, Listed, find_path, listing, lookup, name_counts
from ocianalyze.analysis.union.tree import FileNode, UnionTree, children_of
from ocianalyze.errors import UsageError
from ocianalyze.model.entry import EntryKind


def select(tree: UnionTree, path: str) -> list[Found]:
    """The node at *path*; or, of a glob, the nodes that it matches, sorted.

    A path that exists under just that name is no glob. Raises UsageError when there is no such node.
    """
    try:
        return [lookup(tree, path)]
    except UsageError:
        if not is_glob(path):
            raise
    found = [Found(name, node) for name, node in matching(tree, path)]
    if not found:
        raise UsageError(f"nothing in the image matches {path}")
    return found


def select_all(tree: UnionTree, paths: Sequence[str], steps: Steps | None = None) -> list[list[Found]]:
    """`select` for many *paths* in one walk; an empty list for a path that names no node."""
    found = [[one] if (one := find_path(tree, path)) is not None else [] for path in paths]
    globs = [number for number, path in enumerate(paths) if not found[number] and is_glob(path)]
    for number, matches in zip(globs, match_all(tree, [paths[number] for number in globs], steps), strict=True):
        found[number] = [Found(path, node) for path, node in matches]
    return found


def list_matches(tree: UnionTree, path: str, *, recursive: bool) -> list[Listed]:
    """`listing` of a path; of a glob, the nodes that it matches, with *recursive* all nodes below them too."""
    try:
        return listing(tree, path, recursive=recursive)
    except UsageError:
        if not is_glob(path):
            raise
    names = name_counts(tree)
    result: dict[str, Listed] = {}
    for one in select(tree, path):
        nlink = names[one.node.stored_at] if one.node.children is None else 1
        result[one.path] = Listed(one.path, one.node, nlink)
        if recursive and one.node.children:
            prefix = one.path + "/"
            for inner, node in UnionTree(one.node).walk():
                nlink = names[node.stored_at] if node.children is None else 1
                result[prefix + inner] = Listed(prefix + inner, node, nlink)
    return list(result.values())


def followed(tree: UnionTree, path: str) -> Found:
    """The node that *path* leads to when a link at its end is followed too."""
    found = lookup(tree, path)
    return lookup(tree, path.rstrip("/") + "/") if found.node.kind is EntryKind.SYMLINK else found


def pruned(tree: UnionTree, found: Iterable[Found]) -> UnionTree:
    """The part of *tree* with the nodes *found*, all nodes below them, and the directories that lead there."""
    root = FileNode(tree.root.entry, tree.root.stored_at, {})
    whole: set[int] = set()
    for path, node in sorted(found, key=lambda one: one.path.count("/") + bool(one.path)):
        if not path:
            return tree
        _attach(root, tree.root, path, node, whole)
    return UnionTree(root)


def _attach(root: FileNode, real: FileNode, path: str, node: FileNode, whole: set[int]) -> None:
    """Put *node* at *path* below *root*, unless a directory above is already there as a whole."""
    place = root
    *above, name = path.split("/")
    for part in above:
        real = children_of(real)[part]
        children = children_of(place)
        if part not in children:
            children[part] = FileNode(real.entry, real.stored_at, {})
        place = children[part]
        if id(place) in whole:
            return
    children_of(place)[name] = node
    whole.add(id(node))
