"""The merged view in numbers, and its largest files."""

from __future__ import annotations

from ocianalyze.analysis.analyze import Analysis
from ocianalyze.analysis.tree import StoredAt
from ocianalyze.model.entry import EntryKind
from ocianalyze.report.document import LargestFileRow, MergedView


def merged_view(analysis: Analysis, top: int) -> tuple[MergedView, list[LargestFileRow]]:
    """The final tree in numbers, and its largest files: one walk for both."""
    files = directories = symlinks = other = 0
    largest: dict[StoredAt, tuple[int, str]] = {}
    smallest = 1
    for path, node in analysis.trees[-1].walk() if analysis.trees else ():
        kind = node.kind
        if kind is EntryKind.DIRECTORY:
            directories += 1
        elif kind is EntryKind.FILE:
            files += 1
            size = node.size
            if size >= smallest and node.stored_at is not None:
                found = (-size, path)
                largest[node.stored_at] = min(largest.get(node.stored_at, found), found)
                if len(largest) >= 1000 + 2 * top:
                    largest = _smallest_values(largest, top)
                    smallest = -max(largest.values())[0] if largest else size + 1
        elif kind is EntryKind.SYMLINK:
            symlinks += 1
        else:
            other += 1
    merged = MergedView(
        entries=files + directories + symlinks + other,
        files=files,
        directories=directories,
        symlinks=symlinks,
        other=other,
        size=analysis.waste.live,
    )
    return merged, [
        LargestFileRow(path=path, size=-negative, layer=stored_at.layer)
        for stored_at, (negative, path) in _smallest_values(largest, top).items()
    ]


def _smallest_values(items: dict[StoredAt, tuple[int, str]], count: int) -> dict[StoredAt, tuple[int, str]]:
    return dict(sorted(items.items(), key=lambda item: item[1])[:count])
