"""The union tree: what the layers up to some point add up to. Applying a layer yields its changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ocianalyze.model.entry import Entry, EntryKind


class StoredAt(NamedTuple):
    """Identity of stored bytes. A hard link carries its target's."""

    layer: int
    ordinal: int
    """Position in `Layer.entries`."""


class FileNode:
    """One name in a union tree. No parent and no path: trees share nodes.

    Never changed once its layer is applied.
    """

    __slots__ = ("children", "entry", "stored_at")

    def __init__(
        self, entry: Entry | None, stored_at: StoredAt | None, children: dict[str, FileNode] | None = None
    ) -> None:
        self.entry = entry
        """The header of what this name shows; for a hard link, of its inode. None: an implied directory."""
        self.stored_at = stored_at
        """Where `entry` is stored; equal for all hard links of one inode. None: an implied directory."""
        self.children = children
        """Base name -> node, for a directory; None for anything else."""

    @property
    def size(self) -> int:
        """Bytes of content of a file; 0 for everything else."""
        return self.entry.size if self.entry else 0

    @property
    def kind(self) -> EntryKind:
        """What this name shows: never HARDLINK, WHITEOUT or OPAQUE."""
        return self.entry.kind if self.entry else EntryKind.DIRECTORY


class UnionTree:
    """The merged file system after some layer."""

    __slots__ = ("root",)

    def __init__(self, root: FileNode) -> None:
        self.root = root

    def get(self, path: str) -> FileNode | None:
        """The node at *path* (spelled as `Entry.path`), links not followed; `""` is the root."""
        raise NotImplementedError

    def walk(self) -> Iterator[tuple[str, FileNode]]:
        """Every (path, node) below the root, parents first, siblings by name."""
        raise NotImplementedError
