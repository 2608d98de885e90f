"""The merged view in numbers, and its largest files."""

from __future__ import annotations

from collections.abc import Mapping

from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.analysis.union.tree import FileNode, StoredAt
from ocianalyze.model.entry import EntryKind
from ocianalyze.report.values.report import LargestFileRow, MergedView


def merged_view(analysis: Analysis, top: int) -> tuple[MergedView, list[LargestFileRow]]:
    """The final tree in numbers, and its largest files: one walk for both."""
    kinds: list[EntryKind] = []
    directories = 0
    largest = _Largest(top)
    for prefix, children in analysis.tree.directories():
        for name, node in children.items():
            if node.children is not None:
                directories += 1
            elif (entry := node.entry) is not None:
                kinds.append(entry.kind)
                if entry.size >= largest.least:
                    largest.add(node, entry.size, prefix + name)
    files, symlinks = kinds.count(EntryKind.FILE), kinds.count(EntryKind.SYMLINK)
    merged = MergedView(
        entries=directories + len(kinds),
        files=files,
        directories=directories,
        symlinks=symlinks,
        other=len(kinds) - files - symlinks,
        size=analysis.waste.live,
    )
    return merged, largest.rows(analysis.names)


class _Largest:
    """The files with the most bytes; of equals, and of the names of one file, the first by path."""

    def __init__(self, top: int) -> None:
        self._top = top
        self._found: dict[StoredAt, tuple[int, str]] = {}
        self.least = 1
        """Bytes below which a file need not be added."""

    def add(self, node: FileNode, size: int, path: str) -> None:
        """Take the file *node* of *size* bytes at *path* into account."""
        if node.stored_at is None:
            return
        found = (-size, path)
        self._found[node.stored_at] = min(self._found.get(node.stored_at, found), found)
        if len(self._found) >= 1000 + 2 * self._top:
            self._found = dict(self._best())
            self.least = -max(self._found.values())[0] if self._found else size + 1

    def rows(self, names: Mapping[StoredAt, int]) -> list[LargestFileRow]:
        """The largest first; *names* counts those of hard-linked files."""
        return [
            LargestFileRow(path=path, names=names.get(stored_at, 1), size=-size, layer=stored_at.layer)
            for stored_at, (size, path) in self._best()
        ]

    def _best(self) -> list[tuple[StoredAt, tuple[int, str]]]:
        return sorted(self._found.items(), key=lambda item: item[1])[: self._top]
