"""Where the bytes are, as a tree small enough for a page: the largest names, and the rest summed up.

Flat arrays and no recursion: a path may have thousands of directories.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from heapq import heappop, heappush
from typing import NamedTuple

import msgspec

from ocianalyze.analysis.analyze import Analysis
from ocianalyze.analysis.tree import StoredAt
from ocianalyze.analysis.waste import WasteCause
from ocianalyze.model.entry import EntryKind
from ocianalyze.report import words

NODES = 10_000
"""How many names a map has at most."""
BUDGET = 500_000
"""Bytes of JSON that the names of a map may take: a name can be long, and its escapes longer."""
_LONGEST = 100


class Leaf(NamedTuple):
    """A file with its bytes, and what to colour it by."""

    path: str
    size: int
    layer: int
    """That stores it."""
    killed_by: int = -1
    cause: int = -1
    """Place in `WasteCause`."""


class SizeMap(msgspec.Struct, frozen=True, kw_only=True):
    """A tree in arrays: one place in each for every name, the largest first, parents before children."""

    parent: list[int]
    """Place of the directory; -1 for the root."""
    name: list[str]
    """Harmless; a directory's ends in a slash."""
    size: list[int]
    """Bytes. What a directory has beyond its children here is the rest of it."""
    files: list[int]
    layer: list[int]
    """-1 for directories, as in the next two."""
    killed_by: list[int]
    cause: list[int]


class _Node:
    __slots__ = ("children", "files", "leaf", "name", "size")

    def __init__(self, name: str) -> None:
        self.name = name
        self.children: dict[str, _Node] = {}
        self.size = self.files = 0
        self.leaf: Leaf | None = None


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
    return size_map(leaves)


def size_map(leaves: Iterable[Leaf], *, nodes: int = NODES, budget: int = BUDGET) -> SizeMap:
    """The largest *nodes* names of the tree that *leaves* make."""
    found = SizeMap(parent=[], name=[], size=[], files=[], layer=[], killed_by=[], cause=[])
    pending: list[tuple[int, int, int, _Node]] = [(0, 0, -1, _tree(leaves))]
    pushed = 0
    while pending and len(found.name) < nodes and budget > 0:
        # The largest of all that hang on what is drawn: so parents come first, and whatever is left out is small.
        _, _, parent, node = heappop(pending)
        name = words.cut(words.safe_name(node.name), _LONGEST)
        budget -= len(json.dumps(name, ensure_ascii=False).encode()) + 5 * name.count("<")
        place = len(found.name)
        leaf = node.leaf or Leaf("", 0, -1)
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


def _tree(leaves: Iterable[Leaf]) -> _Node:
    """A node for every name; a path may be a dead file's and a directory's at once."""
    root = _Node("")
    for leaf in leaves:
        *directories, base = leaf.path.split("/")
        node = root
        for name in (*(f"{name}/" for name in directories), base):
            node.size += leaf.size
            node.files += 1
            child = node.children.get(name)
            if child is None:
                child = node.children[name] = _Node(name.removesuffix("/"))
            node = child
        node.size += leaf.size
        node.files += 1
        node.leaf = leaf
    return root
