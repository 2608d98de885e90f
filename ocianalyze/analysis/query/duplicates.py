"""The same content at several paths of a merged view, stored more than once."""

from __future__ import annotations

from typing import NamedTuple

from ocianalyze.analysis.union.tree import StoredAt, UnionTree
from ocianalyze.model.entry import EntryKind


class Copy(NamedTuple):
    """One stored copy of a file that the view shows."""

    paths: tuple[str, ...]
    """All names of the copy: hard links are one copy."""
    layer: int


class Duplicate(NamedTuple):
    """One content that is stored in several copies."""

    size: int
    """Bytes of one copy."""
    content: bytes
    """The digest of the content."""
    copies: tuple[Copy, ...]

    @property
    def saved(self) -> int:
        """Bytes that one copy instead of all would save."""
        return self.size * (len(self.copies) - 1)


def duplicates(tree: UnionTree, *, least: int = 1) -> list[Duplicate]:
    """Every content of at least *least* bytes that *tree* shows in two stored copies or more; most to save first."""
    names: dict[StoredAt, list[str]] = {}
    groups: dict[tuple[bytes, int], list[StoredAt]] = {}
    for path, node in tree.walk():
        entry, stored_at = node.entry, node.stored_at
        if entry is None or stored_at is None or entry.kind is not EntryKind.FILE:
            continue
        if entry.size < max(least, 1) or entry.content is None:
            continue
        if stored_at in names:
            names[stored_at].append(path)
        else:
            names[stored_at] = [path]
            groups.setdefault((entry.content, entry.size), []).append(stored_at)
    found = [
        Duplicate(size, content, tuple(Copy(tuple(names[copy]), copy.layer) for copy in copies))
        for (content, size), copies in groups.items()
        if len(copies) > 1
    ]
    return sorted(found, key=lambda one: (-one.saved, one.copies[0].paths[0]))
