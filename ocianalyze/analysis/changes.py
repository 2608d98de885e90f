"""What a layer did to the tree below it, as data."""

from __future__ import annotations

from enum import Enum, Flag, auto
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ocianalyze.analysis.tree import FileNode


class ChangeKind(Enum):
    """The six ways in which a path can differ after a layer. The values are the words that reports use."""

    ADDED = "added"
    MODIFIED = "modified"
    """Same type, other content (or, for a symlink or device, another target or number)."""
    METADATA = "metadata"
    """Same content; mode, owner, mtime or extended attributes differ."""
    REPLACED = "replaced"
    """Another type than before."""
    REMOVED = "removed"
    UNCHANGED = "unchanged"
    """Written again with the same content and metadata. The older copy is waste all the same."""


class Aspect(Flag):
    """What differs between before and after."""

    NONE = 0
    CONTENT = auto()
    KIND = auto()
    MODE = auto()
    OWNER = auto()
    MTIME = auto()
    LINK = auto()
    XATTRS = auto()


class Change(NamedTuple):
    """One path that one layer wrote or removed."""

    layer: int
    path: str
    kind: ChangeKind
    aspects: Aspect
    before: FileNode | None
    """The node in the tree below; None for ADDED."""
    after: FileNode | None
    """The node in the tree after; None for REMOVED."""

    @property
    def size_before(self) -> int:
        """Bytes of the file before; 0 for what is no file."""
        return self.before.size if self.before else 0

    @property
    def size_after(self) -> int:
        """Bytes of the file after; 0 for what is no file."""
        return self.after.size if self.after else 0

    @property
    def size_delta(self) -> int:
        """Bytes that the merged tree gained at this path."""
        return self.size_after - self.size_before
