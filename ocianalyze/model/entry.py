"""One entry of a layer, and the one spelling of its path."""

from __future__ import annotations

from enum import Enum
from operator import itemgetter
from typing import NamedTuple


class EntryKind(Enum):
    """What an entry is. The values are the words that reports use."""

    __hash__ = object.__hash__  # by identity, as they compare; Enum's own is a call in Python for every look-up

    FILE = "file"
    DIRECTORY = "dir"
    SYMLINK = "symlink"
    HARDLINK = "hardlink"
    CHAR_DEVICE = "char"
    BLOCK_DEVICE = "block"
    FIFO = "fifo"
    WHITEOUT = "whiteout"
    OPAQUE = "opaque"


class Entry(NamedTuple):
    """One entry of a layer's tar, with the header's fields as runtimes read them.

    A NamedTuple because an image may have a million of them. Text that is not UTF-8 is kept byte for byte
    with surrogate escapes.
    """

    path: str
    """No leading slash; `""` is the root. For WHITEOUT the path it hides, for OPAQUE the directory."""
    kind: EntryKind
    size: int
    """Bytes of content of a FILE (apparent size, for sparse files too); 0 for everything else."""
    mode: int
    """Permission bits with setuid, setgid and sticky: at most 0o7777."""
    uid: int
    gid: int
    mtime_ns: int
    """Modification time in nanoseconds since the epoch; may be negative."""
    link_target: str = ""
    """SYMLINK: the target as written. HARDLINK: the path of the other name, spelled like `path`."""
    content: bytes | None = None
    """Digest of a FILE's content, by the algorithm of its `Layer.content_algorithm`."""
    xattrs: tuple[tuple[str, bytes], ...] = ()
    """Extended attributes, sorted by name."""
    device: tuple[int, int] | None = None
    """Major and minor number of a CHAR_DEVICE or BLOCK_DEVICE."""
    uname: str = ""
    gname: str = ""
    offset: int = 0
    """Where the content's first stored byte is in the layer's uncompressed tar."""
    sparse: tuple[tuple[int, int], ...] | None = None
    """Of a sparse FILE: (offset in the file, length) of each stored run, in stored order."""

    @property
    def octal_mode(self) -> str:
        """`mode` as options and reports spell it: `0755`, `4755`."""
        return f"{self.mode:04o}"


def implied_directory(path: str = "") -> Entry:
    """The header that a runtime gives to a directory that no layer stores: mode 0755, owner 0:0, no time."""
    return Entry(path, EntryKind.DIRECTORY, 0, 0o755, 0, 0, 0)


IMPLIED = implied_directory()
"""The header of an implied directory, where its path is known otherwise."""

SPECIAL_BITS = {"setuid": 0o4000, "setgid": 0o2000, "sticky": 0o1000}
"""The bits of a mode that are no permissions, by the names that options and filters take."""

path_of, kind_of, size_of = itemgetter(0), itemgetter(1), itemgetter(2)
"""`entry.path`, `entry.kind` and `entry.size` for `map`, which looks at a million entries in half the time."""


class CleanPath(NamedTuple):
    """A path as every floor spells it."""

    path: str
    clamped: bool
    """Whether a `..` was resolved or stopped at the root."""


def clean_path(name: str) -> CleanPath:
    """*name* without `./`, leading, doubled and trailing slashes; `..` goes up and never above the root."""
    parts: list[str] = []
    clamped = False
    for part in name.split("/"):
        if part == "..":
            clamped = True
            if parts:
                parts.pop()
        elif part and part != ".":
            parts.append(part)
    return CleanPath("/".join(parts), clamped)
