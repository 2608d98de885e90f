"""The union tree: the merged file system after some layer. `replay.apply_layer` puts one more layer on top."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ocianalyze.model.entry import IMPLIED, Entry, EntryKind


class StoredAt(NamedTuple):
    """The identity of stored bytes: the place of their entry. A hard link has the identity of its target."""

    layer: int
    ordinal: int
    """Position in `Layer.entries`."""


class FileNode:
    """One name in a union tree. No parent and no path: trees share nodes, and names may share a node.

    Never changed once its layer is applied.
    """

    __slots__ = ("children", "entry", "stored_at")

    def __init__(
        self, entry: Entry | None, stored_at: StoredAt | None, children: dict[str, FileNode] | None = None
    ) -> None:
        self.entry = entry
        """The header that this name shows; for a hard link, the header of its inode. None: an implied directory."""
        self.stored_at = stored_at
        """The place where `entry` is stored; equal for all hard links of one inode. None: an implied directory."""
        self.children = children
        """Base name -> node, for a directory; None for anything else."""

    @property
    def header(self) -> Entry:
        """The stored header; of an implied directory, the header that a runtime gives it."""
        return self.entry or IMPLIED

    @property
    def size(self) -> int:
        """Bytes of content of a file; 0 for any other node."""
        return self.entry.size if self.entry else 0

    @property
    def kind(self) -> EntryKind:
        """The type that this name shows: never HARDLINK, WHITEOUT or OPAQUE."""
        return self.entry.kind if self.entry else EntryKind.DIRECTORY


def children_of(directory: FileNode) -> dict[str, FileNode]:
    """The children of a node that is known to be a directory."""
    if directory.children is None:
        raise TypeError("not a directory")
    return directory.children


class UnionTree:
    """The merged file system after some layer."""

    __slots__ = ("root",)

    def __init__(self, root: FileNode | None = None) -> None:
        self.root = root or FileNode(None, None, {})

    def get(self, path: str) -> FileNode | None:
        """The node at *path* (spelled as `Entry.path`), links not followed; `""` is the root."""
        node = self.root
        for name in path.split("/") if path else ():
            child = node.children.get(name) if node.children is not None else None
            if child is None:
                return None
            node = child
        return node

    def walk(self) -> Iterator[tuple[str, FileNode]]:
        """Every (path, node) below the root, parents first, siblings by name."""
        pending = [("", iter(sorted(children_of(self.root).items())))]
        while pending:
            prefix, siblings = pending[-1]
            for name, node in siblings:
                path = prefix + name
                yield path, node
                if node.children:
                    pending.append((path + "/", iter(sorted(node.children.items()))))
                    break
            else:
                pending.pop()

    def directories(self) -> Iterator[tuple[str, dict[str, FileNode]]]:
        """Every directory as (path with a slash at its end, children), the root first, in no further order."""
        pending = [("", children_of(self.root))]
        while pending:
            prefix, children = pending.pop()
            yield prefix, children
            pending.extend([(f"{prefix}{name}/", node.children) for name, node in children.items() if node.children])

    def files(self) -> Iterator[tuple[str, str, FileNode]]:
        """Every regular file as (directory with its slash, base name, node), in no order: no path is spelt out."""
        regular = EntryKind.FILE  # to look a member up costs as much as all else here
        for prefix, children in self.directories():
            for name, node in children.items():
                if node.children is None and node.entry is not None and node.entry.kind is regular:
                    yield prefix, name, node
