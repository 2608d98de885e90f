"""Where an image grew or shrank: size deltas rolled up by directory, and the few that explain the most."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from ocianalyze.analysis.tree import FileNode, StoredAt, UnionTree
from ocianalyze.analysis.treediff import PathDiff
from ocianalyze.model.entry import EntryKind
from ocianalyze.model.image import Image

_DOMINANT = 0.6
"""A directory is explained by its largest part when that moves this share of its bytes, or more."""


class Growth(NamedTuple):
    """A file or directory, and what became of its bytes."""

    path: str
    is_directory: bool
    """Whether this sums up several paths below it."""
    gained: int
    """Bytes of file content that the new image has here and the old one had not."""
    lost: int
    """Bytes that the old image had here and the new one has not."""
    paths: int
    """Paths that differ in size, or are there in one image only."""

    @property
    def delta(self) -> int:
        """Bytes by which the new image is larger here."""
        return self.gained - self.lost

    @property
    def moved_bytes(self) -> int:
        """Bytes that came or went: what it is sorted by, so that a swap of two large files shows."""
        return self.gained + self.lost


class Sizes:
    """Bytes that a path adds to its image: a file with several hard links counts at one of them.

    That is the first that does not differ between the images, or else the first.
    """

    def __init__(self, image: Image, tree: UnionTree, differing: Container[str]) -> None:
        self.tree = tree
        self.linked: set[str] = set()
        """Every name of a file that has several."""
        self._names: dict[StoredAt, str] = {}
        if any(entry.kind is EntryKind.HARDLINK for layer in image.layers for entry in layer.entries):
            self._choose_names(differing)

    def of(self, path: str, node: FileNode | None) -> int:
        """Bytes of *node* at *path*; 0 where another hard link of it counts."""
        if node is None or node.children is not None or node.stored_at is None:
            return 0
        return node.size if self._names.get(node.stored_at, path) == path else 0

    def _choose_names(self, differing: Container[str]) -> None:
        several: dict[StoredAt, list[str]] = {}
        for path, node in self.tree.walk():
            if node.stored_at is not None and node.children is None:
                several.setdefault(node.stored_at, []).append(path)
        for stored_at, names in several.items():
            if len(names) > 1:
                self.linked.update(names)
                self._names[stored_at] = min(names, key=lambda name: (name in differing, name))


@dataclass(slots=True)
class _Node:
    gained: int = 0
    lost: int = 0
    paths: int = 0
    children: dict[str, _Node] | None = None


def roll_up(changes: Iterable[PathDiff], old: Sizes, new: Sizes, wanted: Callable[[str], bool]) -> _Node:
    """The bytes gained and lost at every path of *changes* and at every directory above one.

    So are those at other *wanted* paths whose hard links came or went.
    """
    root = _Node(children={})
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


def _add(root: _Node, path: str, gained: int, lost: int) -> None:
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
            node = node.children.setdefault(names[position], _Node())


def explain(root: _Node, *, rows: int, max_depth: int | None = None) -> tuple[Growth, ...]:
    """The at most *rows* places that account for the most bytes, largest first.

    A place is opened up into its parts while that says more: while one part dominates it, or while there is
    room. No place is listed beside one that contains it. *max_depth* is how many names a path may have.
    """
    places: list[tuple[str, _Node]] = [("", root)] if root.paths else []
    while True:
        candidates = [place for place in places if _can_open(place, max_depth)]
        best = max(candidates, key=lambda place: _weight(place[1]), default=None)
        dominated = [place for place in candidates if _is_dominated(place[1])]
        chosen = max(dominated, key=lambda place: _weight(place[1]), default=None)
        if chosen is None and best is not None and len(places) + len(best[1].children or {}) - 1 <= rows:
            chosen = best
        if chosen is None:
            break
        places.remove(chosen)
        path, node = chosen
        places += [(f"{path}/{name}" if path else name, child) for name, child in (node.children or {}).items()]
        places = sorted(places, key=_rank)
    found = [Growth(path, node.children is not None, node.gained, node.lost, node.paths) for path, node in places]
    return tuple(sorted(found, key=lambda one: (-one.moved_bytes, one.path))[:rows])


def _can_open(place: tuple[str, _Node], max_depth: int | None) -> bool:
    path, node = place
    if not node.children or not (max_depth is None or not path or path.count("/") + 1 < max_depth):
        return False
    # What was a file and is a directory now has bytes of its own, which its parts would not account for.
    return _weight(node) == sum(map(_weight, node.children.values()))


def _is_dominated(node: _Node) -> bool:
    largest = max(_weight(child) for child in (node.children or {}).values())
    return largest >= _DOMINANT * _weight(node)


def _weight(node: _Node) -> int:
    return node.gained + node.lost


def _rank(place: tuple[str, _Node]) -> tuple[int, str]:
    return -_weight(place[1]), place[0]
