"""Where an image grew or shrank: size deltas rolled up by directory, and the few that explain the most."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ocianalyze.analysis.compare.treediff import PathDiff
from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.analysis.union.tree import FileNode, StoredAt, UnionTree
from ocianalyze.model.entry import EntryKind

_SHARE = 0.1
"""A part of a crowded directory gets a row of its own when it moved this share of the bytes that are left, or more."""


class GrownPlace(NamedTuple):
    """A file or directory with the bytes that the new image gained and lost there."""

    path: str
    is_directory: bool
    """Whether the row sums up several paths below this one."""
    gained: int
    """Bytes of file content that the new image has here and the old one had not."""
    lost: int
    """Bytes that the old image had here and the new one has not."""
    paths: int
    """Paths that differ in size, or exist in one image only."""
    is_rest: bool = False
    """Whether some parts of the directory have rows of their own, and this row sums up the others."""

    @property
    def delta(self) -> int:
        """Bytes by which the new image is larger here."""
        return self.gained - self.lost

    @property
    def moved_bytes(self) -> int:
        """Bytes gained and bytes lost, added up: the sort key, so that a swap of two large files shows."""
        return self.gained + self.lost


class Sizes:
    """The bytes that a path adds to its image: a file with several hard links counts at one of its names.

    The name that counts is the first that does not differ between the images, or else the first that is a file in
    both, or else the first.
    """

    def __init__(self, analysis: Analysis, other: UnionTree, differing: Container[str]) -> None:
        self.tree = analysis.tree
        self.linked: set[str] = set()
        """Every name of a file that has several."""
        self._names: dict[StoredAt, str] = {}
        for stored_at, names in _spelt_out(analysis.tree, analysis.names).items():
            self.linked.update(names)
            self._names[stored_at] = min(
                names, key=lambda name: (name in differing, not _is_file(other.get(name)), name)
            )

    def of(self, path: str, node: FileNode | None) -> int:
        """Bytes of *node* at *path*; 0 where another name of the same file counts."""
        if node is None or node.children is not None or node.stored_at is None:
            return 0
        return node.size if self._names.get(node.stored_at, path) == path else 0


def _spelt_out(tree: UnionTree, linked: Mapping[StoredAt, int]) -> dict[StoredAt, list[str]]:
    """The names that *tree* has of each of the *linked* copies."""
    names: dict[StoredAt, list[str]] = {}
    for prefix, children in tree.directories() if linked else ():
        for name, node in children.items():
            if node.children is None and node.stored_at is not None and node.stored_at in linked:
                names.setdefault(node.stored_at, []).append(prefix + name)
    return names


def _is_file(node: FileNode | None) -> bool:
    """Whether *node* has content."""
    return node is not None and node.kind is EntryKind.FILE


@dataclass(slots=True)
class GrowthNode:
    """The bytes gained and lost at a path and at all paths below it."""

    gained: int = 0
    lost: int = 0
    paths: int = 0
    children: dict[str, GrowthNode] | None = None


def roll_up(changes: Iterable[PathDiff], old: Sizes, new: Sizes, wanted: Callable[[str], bool]) -> GrowthNode:
    """The bytes gained and lost at every path of *changes* and at every directory above one.

    Other *wanted* paths count too whose hard links came or went.
    """
    root = GrowthNode(children={})
    seen: set[str] = set()
    for change in changes:
        seen |= {change.path, change.moved_from}
        if change.moved_from:
            _add(root, change.moved_from, 0, old.of(change.moved_from, change.old))
            _add(root, change.path, new.of(change.path, change.new), 0)
            continue
        before, after = old.of(change.path, change.old), new.of(change.path, change.new)
        _add(root, change.path, max(after - before, 0), max(before - after, 0))
    for path in (old.linked | new.linked) - seen:  # the same at the path, and linked with others than before
        if wanted(path):
            delta = new.of(path, new.tree.get(path)) - old.of(path, old.tree.get(path))
            _add(root, path, max(delta, 0), max(-delta, 0))
    return root


def _add(root: GrowthNode, path: str, gained: int, lost: int) -> None:
    if not (gained or lost):
        return
    node = root
    names = path.split("/")
    for position in range(len(names) + 1):
        node.gained += gained
        node.lost += lost
        node.paths += 1
        if position < len(names):
            if node.children is None:
                node.children = {}
            node = node.children.setdefault(names[position], GrowthNode())


class _Place:
    """A row in the making: a path, and the parts of it that have no row of their own."""

    def __init__(self, path: str, node: GrowthNode) -> None:
        self.path, self._node = path, node
        self.gained, self.lost, self.paths = node.gained, node.lost, node.paths
        self.is_rest = False
        self._parts: list[tuple[str, GrowthNode]] | None = None

    @property
    def weight(self) -> int:
        """The bytes gained and lost: the heaviest place is divided first."""
        return self.gained + self.lost

    def parts(self, max_depth: int | None) -> list[tuple[str, GrowthNode]]:
        """The parts that have no row of their own yet, the heaviest last."""
        if self._parts is None:
            depth = self.path.count("/") + 1 if self.path else 0
            children = self._node.children if max_depth is None or depth < max_depth else None
            named = ((f"{self.path}/{name}" if self.path else name, child) for name, child in (children or {}).items())
            self._parts = sorted(named, key=lambda part: (part[1].gained + part[1].lost, part[0]))
        return self._parts

    def split_off(self) -> _Place:
        """The heaviest part as a place of its own; the place itself is the rest from now on."""
        assert self._parts is not None  # noqa: S101 - they were looked at before; for the type checker
        part = _Place(*self._parts.pop())
        self.gained, self.lost, self.paths = self.gained - part.gained, self.lost - part.lost, self.paths - part.paths
        self.is_rest = True
        return part

    def row(self) -> GrownPlace:
        """The finished row."""
        return GrownPlace(self.path, self._node.children is not None, self.gained, self.lost, self.paths, self.is_rest)


def explain(root: GrowthNode, *, rows: int, max_depth: int | None = None) -> tuple[GrownPlace, ...]:
    """The places, at most *rows*, that explain best where bytes came and went, largest first; together they are *root*.

    Beginning with the heaviest, a place is divided into its parts where there is room for all of them; otherwise
    parts that are a good share of the place get rows of their own, and the rest is a row too. *max_depth* is the
    largest number of names in a path.
    """
    first = _Place("", root)
    pending = [(-first.weight, "", first)] if root.paths and rows > 0 else []
    settled: list[GrownPlace] = []
    while pending:
        _, _, place = heapq.heappop(pending)
        room = rows - len(settled) - len(pending)
        divided = _divided(place, room, max_depth)
        if not divided:
            settled.append(place.row())
        for one in divided:
            heapq.heappush(pending, (-one.weight, one.path, one))
    return tuple(sorted(settled, key=lambda one: (-one.moved_bytes, one.path)))


def _divided(place: _Place, room: int, max_depth: int | None) -> list[_Place]:
    """The up to *room* places that *place* is divided into; none where one row explains it best."""
    parts = place.parts(max_depth)
    if not parts:
        return []
    own = place.weight - sum(part.gained + part.lost for _, part in parts)
    if len(parts) + (own > 0) <= room:
        found = [place.split_off() for _ in range(len(parts))]
        return [*found, place] if own else found
    heaviest = parts[-1][1].gained + parts[-1][1].lost
    if room < 2 or heaviest < _SHARE * place.weight:
        return []
    return [place.split_off(), place]
