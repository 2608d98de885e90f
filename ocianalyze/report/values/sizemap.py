"""Where the bytes are, as a tree in arrays."""

from __future__ import annotations

import msgspec


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
    """That stores it, or most of a directory; in a map of waste, -1 for directories."""
    killed_by: list[int]
    """-1 for directories."""
    cause: list[int]
    """Of a file, or of most of a directory; -1 in a map of what is not wasted."""
    parts: list[tuple[int, int]]
    """(layer or cause, bytes) of the whole, the largest first."""

    @property
    def named_files(self) -> int:
        """How many files have a place of their own."""
        return sum(not name.endswith("/") for name in self.name)
