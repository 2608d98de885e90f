"""The versions that a path has had."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ocianalyze.analysis.union.changes import Change
from ocianalyze.analysis.union.tree import FileNode
from ocianalyze.model.entry import Entry, EntryKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One stored copy that a path has shown."""

    path: str
    since: int
    """The layer after which the path shows the copy first."""
    layer: int
    """The layer that stores the bytes."""
    entry: Entry


def versions(path: str, history: Iterable[Change]) -> list[Version]:
    """The copies of a file that *path* has shown, oldest first; *history* holds the changes of the path."""
    found: list[Version] = []
    for change in history:
        node: FileNode | None = change.after
        if node is None or node.entry is None or node.stored_at is None or node.kind is not EntryKind.FILE:
            continue
        if not found or found[-1].entry is not node.entry:
            found.append(Version(path=path, since=change.layer, layer=node.stored_at.layer, entry=node.entry))
    return found


def version_at(found: list[Version], layer: int) -> int:
    """The number of the version that the path shows after *layer*, or showed last before; 0 before the first."""
    return max((n for n, version in enumerate(found) if version.since <= layer), default=0)
