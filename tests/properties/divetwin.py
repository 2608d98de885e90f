"""dive's efficiency as dive works it out: a tree of every layer, stacked anew for every whiteout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ocianalyze.model.entry import Entry, EntryKind
from ocianalyze.model.whiteout import OPAQUE_NAME, PREFIX


class Node:
    def __init__(self, name: str, parent: Node | None) -> None:
        self.name, self.parent = name, parent
        self.children: dict[str, Node] = {}
        self.size, self.is_directory = 0, False

    @property
    def is_whiteout(self) -> bool:
        return self.name.startswith(PREFIX)

    @property
    def path(self) -> str:
        names, node = [self.name.removeprefix(PREFIX)], self.parent
        while node is not None and node.parent is not None:
            names.insert(0, node.name)
            node = node.parent
        return "/".join(names)

    def visit(self) -> Iterator[Node]:
        """Children first, by the bytes of their names."""
        for name in sorted(self.children, key=lambda name: name.encode("utf-8", "surrogateescape")):
            yield from self.children[name].visit()
        if self.parent is not None:
            yield self

    def find(self, path: str) -> Node | None:
        node: Node | None = self
        for name in path.split("/") if path else ():
            node = node.children.get(name) if node else None
        return node


def add(tree: Node, path: str, size: int, is_directory: bool) -> None:
    node = tree
    for name in path.split("/") if path else ():
        if name not in node.children:
            if name == OPAQUE_NAME:
                return
            node.children[name] = Node(name, node)
        node = node.children[name]
    node.size, node.is_directory = size, is_directory


def tree_of(entries: Sequence[Entry]) -> Node:
    tree = Node("", None)
    for entry in entries:
        directory, slash, name = entry.path.rpartition("/")
        if entry.kind is EntryKind.WHITEOUT:
            add(tree, directory + slash + PREFIX + name, 0, False)
        elif entry.kind is EntryKind.OPAQUE:
            add(tree, f"{entry.path}/{OPAQUE_NAME}" if entry.path else OPAQUE_NAME, 0, False)
        elif entry.path:
            size = entry.size if entry.kind is EntryKind.FILE else 0
            add(tree, entry.path, size, entry.kind is EntryKind.DIRECTORY)
    return tree


def stack(trees: Sequence[Node], layers: Sequence[Sequence[Entry]]) -> Node:
    """The lowest layer, and every one of *trees* on top of it, itself first."""
    stacked = tree_of(layers[0])
    for tree in trees:
        for node in tree.visit():
            if not node.is_whiteout:
                add(stacked, node.path, node.size, node.is_directory)
            elif (gone := stacked.find(node.path)) is not None and gone.parent is not None:
                del gone.parent.children[gone.name]
    return stacked


def numbers(layers: Sequence[Sequence[Entry]]) -> tuple[float, int]:
    """Efficiency and inefficient bytes."""
    trees = [tree_of(entries) for entries in layers]
    seen: dict[str, list[int]] = {}  # count, total, least
    for index, tree in enumerate(trees):
        for node in tree.visit():
            if node.children:
                continue
            path, size = node.path, node.size
            data = seen.setdefault(path, [0, 0, -1])
            if node.is_whiteout:
                before = stack(trees[:index], layers).find(path)
                if before is None:
                    break
                size = sum(each.size for each in before.visit()) if before.is_directory else 0
            data[0] += 1
            data[1] += size
            data[2] = size if data[2] < 0 else min(data[2], size)
    total = sum(data[1] for data in seen.values())
    least = sum(data[2] for data in seen.values())
    return least / total if total else 1.0, sum(data[1] for data in seen.values() if data[0] >= 2)
