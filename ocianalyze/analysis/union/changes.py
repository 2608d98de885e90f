"""The changes of a layer to the tree below it, as values."""

from __future__ import annotations

from enum import Enum, Flag, auto
from typing import NamedTuple

from ocianalyze.analysis.union.tree import FileNode
from ocianalyze.model.entry import IMPLIED, Entry, EntryKind


class ChangeKind(Enum):
    """The six ways in which a path can differ after a layer. The values are the words that reports use."""

    __hash__ = object.__hash__  # by identity, as they compare; Enum's own is a call in Python for every look-up

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
    """The aspects in which a path differs before and after."""

    NONE = 0
    CONTENT = auto()
    """Bytes of a file; number of a device."""
    KIND = auto()
    """The type. Where the type differs, no other aspect is compared."""
    MODE = auto()
    """Permission bits. Not compared for symlinks, which have none on Linux."""
    OWNER = auto()
    MTIME = auto()
    LINK = auto()
    """Target of a symlink."""
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
        """Bytes of the file before; 0 where there was no file."""
        return self.before.size if self.before else 0

    @property
    def size_after(self) -> int:
        """Bytes of the file after; 0 where there is no file."""
        return self.after.size if self.after else 0

    @property
    def size_delta(self) -> int:
        """Bytes that the merged tree gained at this path."""
        return self.size_after - self.size_before


def same_content(one: Entry, other: Entry) -> bool:
    """Whether two FILE entries are known to hold the same bytes."""
    if one.size != other.size:
        return False
    return one.size == 0 or one is other or (one.content is not None and one.content == other.content)


def compare(layer: int, path: str, before: FileNode, after: FileNode) -> Change:
    """The change of *path* from *before*, in the tree below *layer*, to *after*."""
    bits = 0 if before is after else _difference(before, after)
    if bits & _KIND:
        kind = _REPLACED
    elif bits & (_CONTENT | _LINK):
        kind = _MODIFIED
    else:
        kind = _METADATA if bits else _UNCHANGED
    return Change(layer, path, kind, _ASPECTS[bits], before, after)


_CONTENT, _KIND, _MODE = Aspect.CONTENT.value, Aspect.KIND.value, Aspect.MODE.value
_OWNER, _MTIME = Aspect.OWNER.value, Aspect.MTIME.value
_LINK, _XATTRS = Aspect.LINK.value, Aspect.XATTRS.value
_FILE, _SYMLINK = EntryKind.FILE, EntryKind.SYMLINK
_MODIFIED, _METADATA = ChangeKind.MODIFIED, ChangeKind.METADATA
_REPLACED, _UNCHANGED = ChangeKind.REPLACED, ChangeKind.UNCHANGED
# Joining flags of an enum costs a microsecond each; looking the sum up costs nothing.
_ASPECTS = tuple(Aspect(bits) for bits in range(2 * _XATTRS))
# An implied directory has no time: the stored time of another directory always differs from it.
_IMPLIED = IMPLIED._replace(mtime_ns=-1)


def _difference(before: FileNode, after: FileNode) -> int:
    """The aspects in which two nodes differ, as the sum of the values of their flags."""
    old, new = before.entry or _IMPLIED, after.entry or _IMPLIED
    kind = new.kind
    if old.kind is not kind:
        return _KIND
    bits = 0
    if kind is _FILE:
        if not same_content(old, new):
            bits = _CONTENT
    elif kind is _SYMLINK:
        if old.link_target != new.link_target:
            bits = _LINK
    elif old.device != new.device:
        bits = _CONTENT
    if old.mode != new.mode and kind is not _SYMLINK:
        bits |= _MODE
    if old.uid != new.uid or old.gid != new.gid:
        bits |= _OWNER
    if old.mtime_ns != new.mtime_ns:
        bits |= _MTIME
    if old.xattrs != new.xattrs:
        bits |= _XATTRS
    return bits
