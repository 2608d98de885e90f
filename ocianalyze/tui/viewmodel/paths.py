"""Every path that an image ever shows, in columns, so that a view of any layer is a few passes over arrays.

Paths get numbers in pre-order (a directory, then all paths below), the same in every view. So the subtree of a
directory is the range `path .. ends[path]`, and questions about a subtree are slices: no walking.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate
from operator import attrgetter

from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.analysis.union.changes import Change, ChangeKind
from ocianalyze.analysis.union.tree import FileNode, StoredAt
from ocianalyze.model.entry import EntryKind
from ocianalyze.tui.viewmodel.layers import sum_layers

ROOT = 0
"""The number of the root, whose path is `""`."""

ABSENT, PLAIN, ADDED, MODIFIED, METADATA, REPLACED, UNCHANGED, REMOVED = range(8)
"""States of a path in a view; a PLAIN path exists and is as the layers below left it."""

STATE_OF = {
    ChangeKind.ADDED: ADDED,
    ChangeKind.MODIFIED: MODIFIED,
    ChangeKind.METADATA: METADATA,
    ChangeKind.REPLACED: REPLACED,
    ChangeKind.UNCHANGED: UNCHANGED,
    ChangeKind.REMOVED: REMOVED,
}


class PathIndex:
    """The columns. Built once for an Analysis, in a thread; read-only afterwards."""

    __slots__ = (
        "analysis",
        "bases",
        "classes",
        "compared",
        "ends",
        "folders",
        "implied",
        "layer_classes",
        "layer_ids",
        "layer_sizes",
        "layer_states",
        "linked",
        "lower",
        "paths",
        "sums",
        "waste",
        "wasted_paths",
    )

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.compared = False
        """Whether the layers are two images that are compared: then the tree shows the bytes that each path gained."""
        known = {change.path for changes in analysis.changes for change in changes}
        implied = _missing_parents(known)
        self.paths: list[str] = _in_pre_order(known | implied)
        self.ends = _subtree_ends(self.paths)
        """`ends[i]` is one past the last path below path i."""
        self.lower: list[str] = [low if (low := path.lower()) != path else path for path in self.paths]
        number = {path: i for i, path in enumerate(self.paths)}
        self.implied = array("I", sorted(number[path] for path in implied))
        """Directories that no layer writes, deepest last."""
        self.bases = array("I", (path.rfind("/") + 1 for path in self.lower))
        """Where each path's base name begins."""
        self.layer_ids = tuple(array("I", (number[change.path] for change in changes)) for changes in analysis.changes)
        self.layer_states = tuple(bytes(STATE_OF[change.kind] for change in changes) for changes in analysis.changes)
        self.layer_sizes = tuple(
            array("q", (node.size if (node := change.after) is not None else 0 for change in changes))
            for changes in analysis.changes
        )
        """Bytes of each changed path after the layer."""
        self.classes, self.layer_classes = _classes(analysis)
        """One node for all of the same kind, owner, mode and storing layer; and the class of each changed path."""
        self.folders = _directories(analysis, self.layer_ids, len(self.paths))
        """1 for each path that is a directory after some layer."""
        self.linked = _hard_links(analysis, self.layer_ids)
        """Numbers of all names that ever share an inode, by inode."""
        self.waste = _waste_sums(analysis, number)
        self.sums = sum_layers(analysis)
        self.wasted_paths = {path.path: path for path in analysis.waste.paths}

    def __len__(self) -> int:
        return len(self.paths)

    def number(self, path: str) -> int | None:
        """The number of *path*, or None if no layer ever shows it."""
        key = _sort_key(path)
        i = bisect_left(self.paths, key, key=_sort_key)
        return i if i < len(self.paths) and self.paths[i] == path else None

    def name(self, i: int) -> str:
        """The base name of path *i*."""
        return self.paths[i].rpartition("/")[2]

    def wasted_below(self, i: int) -> int:
        """Bytes that all layers together waste at path *i* and below."""
        return self.waste[self.ends[i]] - self.waste[i]

    def parent(self, i: int) -> int:
        """The directory that holds path *i*."""
        number = self.number(self.paths[i].rpartition("/")[0])
        return ROOT if number is None else number

    def ancestors(self, i: int) -> list[int]:
        """The directories above path *i*, nearest first, without the root."""
        found, path = [], self.paths[i]
        while "/" in path:
            path = path.rpartition("/")[0]
            number = self.number(path)
            if number is not None:
                found.append(number)
        return found

    def node(self, path: str, layer: int) -> FileNode | None:
        """The node that *path* shows after *layer*, or showed last before; None where it never showed one."""
        node = self.analysis.trees[layer].get(path)
        if node is None:
            for change in reversed(self.history(path)):
                if change.layer <= layer:
                    return change.before
        return node

    def history(self, path: str) -> list[Change]:
        """Each layer's change of *path*, lowest layer first."""
        number = self.number(path)
        if number is None:
            return []
        return [
            changes[at]
            for ids, changes in zip(self.layer_ids, self.analysis.changes, strict=True)
            if (at := _find(ids, changes, number, path)) is not None
        ]


def common_directory(index: PathIndex, one: int, other: int) -> int:
    """The lowest directory that holds both paths."""
    mine, theirs = index.paths[one].split("/"), index.paths[other].split("/")
    shared = 0
    for a, b in zip(mine[:-1], theirs[:-1], strict=False):
        if a != b:
            break
        shared += 1
    number = index.number("/".join(mine[:shared]))
    return ROOT if number is None else number


def _find(ids: array[int], changes: Sequence[Change], number: int, path: str) -> int | None:
    """The position of *path* among *changes*, which are sorted by path."""
    at = bisect_left(changes, path, key=lambda change: change.path)
    return at if at < len(changes) and ids[at] == number else None


def _missing_parents(known: set[str]) -> set[str]:
    """The directories above *known* paths that are not known themselves; the root always."""
    missing = {""} - known
    for path in known:
        parent = path.rpartition("/")[0]
        while parent not in known and parent not in missing:
            missing.add(parent)
            parent = parent.rpartition("/")[0]
    return missing


def _sort_key(path: str) -> str:
    """A sort key that keeps each subtree together: no character of a name sorts before the one for the slash.

    A plain name of a tar has no NUL, but a PAX name may, so NUL is escaped.
    """
    return path.replace("\1", "\1\2").replace("\0", "\1\1").replace("/", "\0")


def _in_pre_order(paths: Iterable[str]) -> list[str]:
    return sorted(paths, key=_sort_key)


def _subtree_ends(paths: Sequence[str]) -> array[int]:
    ends = array("I", bytes(4 * len(paths)))
    open_: list[tuple[int, str]] = []
    for i, path in enumerate(paths):
        while open_ and not path.startswith(open_[-1][1]):
            ends[open_.pop()[0]] = i
        open_.append((i, path + "/" if path else ""))
    for i, _ in open_:
        ends[i] = len(paths)
    return ends


def _classes(analysis: Analysis) -> tuple[list[FileNode | None], tuple[array[int], ...]]:
    """The few classes of headers in the image: a filter tests each class once, not the header of every path."""
    classes: list[FileNode | None] = [None]
    number: dict[tuple[object, ...], int] = {}
    columns = []
    for changes in analysis.changes:
        column = array("I", bytes(4 * len(changes)))
        for at, change in enumerate(changes):
            node = change.after or change.before
            if node is not None and node.entry is not None and node.stored_at is not None:
                key = (*_HEADER(node.entry), node.stored_at.layer)
                known = number.get(key)
                if known is None:
                    known = number[key] = len(classes)
                    classes.append(node)
                column[at] = known
        columns.append(column)
    return classes, tuple(columns)


_HEADER = attrgetter("kind._value_", "mode", "uid", "gid", "uname", "gname")


def _directories(analysis: Analysis, layer_ids: Sequence[array[int]], count: int) -> bytearray:
    folders = bytearray(count)
    folders[ROOT] = 1
    for ids, changes in zip(layer_ids, analysis.changes, strict=True):
        for i, change in zip(ids, changes, strict=True):
            if change.after is not None and change.after.children is not None:
                folders[i] = 1
    return folders


def _hard_links(analysis: Analysis, layer_ids: Sequence[array[int]]) -> dict[StoredAt, tuple[int, ...]]:
    """The names of every inode that ever has more than one; most images have no such inode."""
    if not any(e.kind is EntryKind.HARDLINK for layer in analysis.image.layers for e in layer.entries):
        return {}
    names: dict[StoredAt, set[int]] = {}
    for ids, changes in zip(layer_ids, analysis.changes, strict=True):
        for i, change in zip(ids, changes, strict=True):
            node: FileNode | None = change.after
            if node is not None and node.stored_at is not None and node.children is None:
                names.setdefault(node.stored_at, set()).add(i)
    return {inode: tuple(sorted(ids)) for inode, ids in names.items() if len(ids) > 1}


def _waste_sums(analysis: Analysis, number: dict[str, int]) -> array[int]:
    """Wasted bytes before each path, so that a subtree's waste is one subtraction."""
    wasted = [0] * (len(number) + 1)
    for path in analysis.waste.paths:
        i = number.get(path.path)
        if i is not None:
            wasted[i + 1] += path.wasted
    return array("q", accumulate(wasted))
