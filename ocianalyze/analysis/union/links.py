"""Symbolic links in a path, followed inside the root, as runtimes do.

No path leaves the root: an absolute target starts at the root of the tree, and `..` stops there. A missing name counts
as a directory (`missing/../x` is `x`), as for unpackers that must not touch the host.
"""

from __future__ import annotations

from collections.abc import Container
from typing import NamedTuple

from ocianalyze.analysis.union.allowance import Allowance
from ocianalyze.analysis.union.tree import FileNode
from ocianalyze.model.entry import EntryKind

MOST_LINKS = 255
"""Links followed for one path, as many as runc, umoci and containerd follow."""
MOST_STEPS = 8192
"""Names walked through in the targets of one path's links. PATH_MAX allows one target about 2,048."""
LOOP = "its symbolic links form a loop, or are too many; no runtime unpacks it"
"""The message of the notice about a path that leads nowhere."""


class Place(NamedTuple):
    """The place that a path leads to: a path without links."""

    names: list[str]
    looped: bool = False
    """Whether a link led nowhere; then that link, and all names after it, stand in `names` as plain names."""


def find_directory(root: FileNode, path: str) -> FileNode | None:
    """The directory at *path*, links not followed; None if there is no such directory, or a link in the way."""
    node = root
    for name in path.split("/") if path else ():
        child = node.children.get(name) if node.children is not None else None
        if child is None:
            return None
        node = child
    return node if node.children is not None else None


def resolve(root: FileNode, path: str, allowance: Allowance, stop_at: Container[str] = ()) -> Place:
    """The place of the directory *path*. A link whose path is in *stop_at* counts as a plain name."""
    walk = _Walk(root)
    parts = path.split("/") if path else []
    for index, part in enumerate(parts):
        if walk.link(part) is None:
            walk.enter(part)
        elif "/".join(parts[: index + 1]) in stop_at:
            return Place(walk.names + parts[index:])
        else:
            names, steps = list(walk.names), walk.steps
            arrived = walk.follow(part)
            allowance.steps(walk.steps - steps)
            if not arrived:
                return Place(names + parts[index:], looped=True)
    return Place(walk.names)


def lookup(root: FileNode, path: str, allowance: Allowance) -> FileNode | None:
    """The node at *path*: links in its directory are followed, a link at its end is not."""
    directory, _, name = path.rpartition("/")
    node = find_directory(root, directory)
    if node is None:
        place = resolve(root, directory, allowance)
        if place.looped:
            return None
        node = find_directory(root, "/".join(place.names))
    return node.children.get(name) if node is not None and node.children is not None else None


class _Walk:
    """A position in a tree that may go up, and into directories that do not exist."""

    __slots__ = ("_links", "_nodes", "names", "steps")

    def __init__(self, root: FileNode) -> None:
        self.names: list[str] = []
        self._nodes: list[FileNode | None] = [root]
        self._links = 0
        self.steps = 0
        """Names in the targets of the links that were followed."""

    def _child(self, name: str) -> FileNode | None:
        node = self._nodes[-1]
        return node.children.get(name) if node is not None and node.children is not None else None

    def link(self, name: str) -> str | None:
        """The target of *name* here, if *name* is a symbolic link."""
        child = self._child(name)
        entry = child.entry if child is not None else None
        return entry.link_target if entry is not None and entry.kind is EntryKind.SYMLINK else None

    def enter(self, name: str) -> None:
        """Go down to *name*, a link or not, there or not."""
        self._nodes.append(self._child(name))
        self.names.append(name)

    def follow(self, name: str) -> bool:
        """Go to where the link *name* leads; False if the links are too many, or their targets too long."""
        pending = [name]
        while pending:
            part = pending.pop()
            if part == "..":
                if self.names:
                    self.names.pop()
                    self._nodes.pop()
                continue
            if not part or part == ".":
                continue
            target = self.link(part)
            if target is None:
                self.enter(part)
                continue
            self._links += 1
            self.steps += target.count("/") + 1
            if self._links > MOST_LINKS or self.steps > MOST_STEPS:
                return False
            if target.startswith("/"):
                self.names.clear()
                del self._nodes[1:]
            pending.extend(reversed(target.split("/")))
        return True
