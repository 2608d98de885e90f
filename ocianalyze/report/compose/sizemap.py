"""Where the bytes are, as a tree small enough for a page: the largest names, and the rest summed up.

Flat arrays and no recursion: a path may have thousands of directories.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from heapq import heappop, heappush
from typing import NamedTuple

from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.analysis.union.tree import StoredAt
from ocianalyze.analysis.waste.waste import WasteCause
from ocianalyze.model.entry import EntryKind
from ocianalyze.report import words
from ocianalyze.report.values.sizemap import SizeMap

NODES = 20_000
"""How many names a map has at most."""
BUDGET = 1_000_000
"""Bytes of JSON that a map may take: a name can be long, and its escapes longer."""
_LONGEST = 100
_PARTS = 20
_MOST_PARTS = 100
"""Thousands of layers in each of thousands of nested directories would take long; then the largest parts count."""


class Leaf(NamedTuple):
    """A file with its bytes, and the layer or cause that gives it its colour."""

    path: str
    size: int
    layer: int
    """The layer that stores it."""
    killed_by: int = -1
    cause: int = -1
    """Place in `WasteCause`."""


class _Name:
    __slots__ = ("above", "by", "children", "files", "leaf", "name", "size")

    def __init__(self, name: str, above: _Name | None = None, leaf: Leaf | None = None) -> None:
        self.name = name
        self.above = above
        self.children: dict[str, _Name] = {}
        self.size = leaf.size if leaf else 0
        self.files = 1 if leaf else 0
        self.leaf = leaf
        self.by: dict[int, int] = {}
        """Of a directory: layer or cause -> bytes."""

    def largest_parts(self, count: int) -> list[tuple[int, int]]:
        """The layers or causes with the most of its bytes, the largest first."""
        return sorted(self.by.items(), key=lambda part: (-part[1], part[0]))[:count]


def merged_map(analysis: Analysis) -> SizeMap:
    """The merged view, each hard-linked file once, by its first name."""
    seen: set[StoredAt] = set()
    leaves = []
    for path, node in analysis.tree.walk():
        if node.size and node.kind is EntryKind.FILE and node.stored_at and node.stored_at not in seen:
            seen.add(node.stored_at)
            leaves.append(Leaf(path, node.size, node.stored_at.layer))
    return size_map(leaves)


def waste_map(analysis: Analysis) -> SizeMap:
    """The wasted bytes at each path; layers and cause are those of its largest copy."""
    causes = list(WasteCause)
    leaves = []
    for path in analysis.waste.paths:
        copy = path.main_copy
        leaves.append(Leaf(path.path, path.wasted, copy.written_by, copy.killed_by, causes.index(copy.cause)))
    return size_map(leaves, is_waste=True)


def size_map(leaves: Iterable[Leaf], *, is_waste: bool = False, nodes: int = NODES, budget: int = BUDGET) -> SizeMap:
    """The largest *nodes* names of the tree that *leaves* make."""
    root = _tree(leaves)
    found = SizeMap(
        parent=[], name=[], size=[], files=[], layer=[], killed_by=[], cause=[], parts=root.largest_parts(_PARTS)
    )
    pending: list[tuple[int, int, int, _Name]] = [(0, 0, -1, root)]
    pushed = 0
    while pending and len(found.name) < nodes and budget > 0:
        # The largest of all that hang on what is drawn: so parents come first, and whatever is left out is small.
        _, _, parent, node = heappop(pending)
        name = words.cut(words.safe_name(node.name), _LONGEST)
        place = len(found.name)
        leaf = node.leaf or _most_of(node, is_waste=is_waste)
        numbers = parent, node.size, node.files, leaf.layer, leaf.killed_by, leaf.cause
        budget -= len(json.dumps(name, ensure_ascii=False).encode()) + 5 * name.count("<") + 2
        budget -= sum(len(str(number)) + 1 for number in numbers)
        found.parent.append(parent)
        found.name.append(name if node.leaf else name + "/")
        found.size.append(node.size)
        found.files.append(node.files)
        found.layer.append(leaf.layer)
        found.killed_by.append(leaf.killed_by)
        found.cause.append(leaf.cause)
        for child in node.children.values():
            pushed += 1
            heappush(pending, (-child.size, pushed, place, child))
    return found


def _most_of(directory: _Name, *, is_waste: bool) -> Leaf:
    """A leaf with the colour of the most bytes in *directory*."""
    main = directory.largest_parts(1)[0][0] if directory.by else -1
    return Leaf("", 0, -1, cause=main) if is_waste else Leaf("", 0, main)


def _tree(leaves: Iterable[Leaf]) -> _Name:
    """A node for every name; a path may be a dead file's and a directory's at once."""
    root = _Name("")
    directories = [root]
    known = {"": root}
    for leaf in leaves:
        path, _, base = leaf.path.rpartition("/")
        node = known.get(path)
        if node is None:
            node = known[path] = _directory(root, path, directories)
        node.children[base] = _Name(base, node, leaf)
        node.size += leaf.size
        node.files += 1
        key = leaf.layer if leaf.cause < 0 else leaf.cause
        node.by[key] = node.by.get(key, 0) + leaf.size
    # Made from the top down, so that backwards each is complete before it is added to the one above.
    for node in reversed(directories):
        if len(node.by) > _MOST_PARTS and node.above:
            node.by = dict(node.largest_parts(_PARTS))
        if node.above:
            node.above.size += node.size
            node.above.files += node.files
            for key, size in node.by.items():
                node.above.by[key] = node.above.by.get(key, 0) + size
    return root


def _directory(root: _Name, path: str, made: list[_Name]) -> _Name:
    """The node of *path*, with those above it; each new one is added to *made*."""
    node = root
    for name in path.split("/"):
        child = node.children.get(f"{name}/")
        if child is None:
            child = node.children[f"{name}/"] = _Name(name, node)
            made.append(child)
        node = child
    return node
