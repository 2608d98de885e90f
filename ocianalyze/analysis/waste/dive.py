"""dive's three numbers by dive's own formulas, so that a team can switch without new thresholds.

dive takes a layer's paths as they are written: dive follows no links, knows no opaque markers, keeps the
children of a directory that becomes a file, and gives up on the rest of a layer (in order of names) at a
whiteout of a path that does not exist. This module does the same on purpose, and no other does.
Source: wagoodman/dive v0.12, `filetree.Efficiency`, and `FileTree.Stack` in `divestack`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ocianalyze.analysis.waste.divestack import DiveStack, stacking_order
from ocianalyze.model.entry import Entry, EntryKind, kind_of, path_of, size_of
from ocianalyze.model.image import Layer

_FEW = 64
_DIRECTORY, _WHITEOUT, _OPAQUE = EntryKind.DIRECTORY, EntryKind.WHITEOUT, EntryKind.OPAQUE
_MARKERS = (_WHITEOUT, _OPAQUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DiveCompat:
    """The numbers that dive prints for an image, double counting included."""

    efficiency_score: float
    inefficient_bytes: int
    user_size_bytes: int
    user_wasted_percent: float
    """A ratio, as in dive; 0.0 where dive divides by zero."""


def dive_compat(layers: Sequence[Layer]) -> DiveCompat:
    """dive's numbers for an image of *layers*."""
    tally = _Tally()
    again = _stored_again(layers)
    entries_again = [[entry for entry in layer.entries if entry[0] in again] for layer in layers]
    whiteouts = [_whiteouts(layer) for layer in layers]
    last = max((index for index, found in enumerate(whiteouts) if found), default=0)
    stack = DiveStack()
    asked = {entry.path for found in whiteouts for entry in found}
    below = _outermost(path + "/" for path in _directories(entries_again[:last], whiteouts))
    if len(below) > _FEW:
        below = ("",)
    for index, layer in enumerate(layers):
        if whiteouts[index]:
            # For whiteouts of the lowest layer, dive looks in the layer itself.
            tally.whiteouts(index, whiteouts[index], stack if index else DiveStack.of_files(layer.entries))
        tally.files(index, layer, entries_again[index])
        if index < last:
            # No other size is needed, and stacking all entries would take most of the time.
            stack.add([entry for entry in layer.entries if entry[0] in asked or entry[0].startswith(below)])
    for index, layer in enumerate(layers):
        tally.empties(index, layer, entries_again[index])
    user_size = sum(layer.size for layer in layers[1:])
    wasted = tally.inefficient_bytes
    return DiveCompat(
        efficiency_score=tally.efficiency,
        inefficient_bytes=wasted,
        user_size_bytes=user_size,
        user_wasted_percent=wasted / user_size if user_size else 0.0,
    )


class _Seen:
    """The sizes that the layers store at one path."""

    __slots__ = ("count", "least", "total")

    def __init__(self, size: int | None) -> None:
        self.count = 0 if size is None else 1
        self.total = size or 0
        self.least = -1 if size is None else size  # dive starts with -1, and adds it to the sum

    def again(self, size: int) -> None:
        self.count += 1
        self.total += size
        if self.least < 0 or size < self.least:
            self.least = size


class _Tally:
    """dive's efficiency map, without paths at which only empty things were ever seen: they add nothing."""

    def __init__(self) -> None:
        self._once = 0  # bytes at paths of one entry, which are nearly all
        self._seen: dict[str, int | _Seen] = {}  # a bare size for a path that is counted once
        self._ends: dict[int, list[bytes]] = {}  # layer -> the place in the order of names where dive gave up
        self._last: dict[int, dict[str, int]] = {}  # layer -> the size of the last entry at each path

    @property
    def efficiency(self) -> float:
        least = total = self._once
        for seen in self._seen.values():
            if isinstance(seen, int):
                least += seen
                total += seen
            else:
                least += seen.least
                total += seen.total
        return least / total if total else 1.0

    @property
    def inefficient_bytes(self) -> int:
        return sum(seen.total for seen in self._seen.values() if not isinstance(seen, int) and seen.count > 1)

    def whiteouts(self, layer: int, entries: Sequence[Entry], below: DiveStack) -> None:
        """Count the whiteouts of *layer*; each counts the bytes of the directory that it hides."""
        sizes = {entry.path: below.size_of_directory(entry.path) for entry in entries}
        missing = [path for path, size in sizes.items() if size is None]
        if missing:
            end, path = min((stacking_order(path, is_whiteout=True), path) for path in missing)
            self._ends[layer] = end
            self._seen.setdefault(path, _Seen(None))
        for path, size in sizes.items():
            if size is not None and self._is_counted(layer, path, is_whiteout=True):
                self._see(path, size)

    def files(self, index: int, layer: Layer, again: Sequence[Entry]) -> None:
        """Count the files of *layer* with bytes; of several at one path, all of which are in *again*, the last."""
        if index in self._ends:
            again = layer.entries  # each has to be looked at
        else:
            self._once += layer.size - sum(map(size_of, again))
        last = self._last[index] = {entry[0]: entry[2] for entry in again if entry[1] not in _MARKERS}
        is_whole = index not in self._ends
        for path, size in last.items():
            if size and (is_whole or self._is_counted(index, path)):
                self._see(path, size)

    def empties(self, index: int, layer: Layer, again: Sequence[Entry]) -> None:
        """Count the entries of *layer* without bytes at paths where other entries are counted."""
        last, seen = self._last[index], self._seen
        found = {entry[0] for entry in again if not entry[2] and entry[0] in seen and entry[1] is not _WHITEOUT}
        # An opaque marker stands for its directory, whether the directory is stored too or not.
        found = {path for path in found if not last.get(path)}
        parents = _Parents(layer.entries) if found else ()
        for path in found:
            if path and path not in parents and self._is_counted(index, path):
                self._see(path, 0)

    def _see(self, path: str, size: int) -> None:
        seen = self._seen.get(path)
        if seen is None:
            self._seen[path] = size
            return
        if isinstance(seen, int):
            seen = self._seen[path] = _Seen(seen)
        seen.again(size)

    def _is_counted(self, layer: int, path: str, *, is_whiteout: bool = False) -> bool:
        end = self._ends.get(layer)
        return end is None or stacking_order(path, is_whiteout=is_whiteout) < end


def _whiteouts(layer: Layer) -> list[Entry]:
    # Most layers have none, and to see that takes no look at each kind in Python.
    if _WHITEOUT not in map(kind_of, layer.entries):
        return []
    return [entry for entry in layer.entries if entry[1] is _WHITEOUT]


def _stored_again(layers: Sequence[Layer]) -> set[str]:
    """The paths of more than one entry."""
    seen: set[str] = set()
    again: set[str] = set()
    for layer in layers:
        paths = set(map(path_of, layer.entries))
        if len(paths) != len(layer.entries):
            again.update(path for path, count in Counter(map(path_of, layer.entries)).items() if count > 1)
        again |= seen & paths
        seen |= paths
    return again


def _directories(layers: Sequence[Sequence[Entry]], whiteouts: Sequence[Sequence[Entry]]) -> set[str]:
    """The paths of *whiteouts* that may be directories in the stack of *layers*.

    All paths but those that are files in lower layers and are hidden once after that: a path that no layer stores, or
    none so far, may still be the parent of a stored one.
    """
    asked: dict[str, int] = {}  # path -> the only layer that hides it, or -1
    for index, found in enumerate(whiteouts):
        for path in {entry.path for entry in found}:
            asked[path] = -1 if path in asked else index
    files: set[str] = set()
    directories: set[str] = set()
    for index, entries in enumerate(layers):
        for entry in entries:
            path, kind = entry.path, entry.kind
            if path in asked and kind is not _WHITEOUT:
                if kind is _DIRECTORY or kind is _OPAQUE:
                    directories.add(path)
                elif index < asked[path]:
                    files.add(path)
    return asked.keys() - (files - directories)


def _outermost(paths: Iterable[str]) -> tuple[str, ...]:
    """*paths* without each path that begins with another of them."""
    kept: list[str] = []
    for path in sorted(paths):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return tuple(kept)


class _Parents:
    """The paths of one layer that other paths of it are below."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        # An opaque marker is no file to dive, but its directory is one to the parent of that directory.
        self._paths = sorted(map(path_of, entries))

    def __contains__(self, path: str) -> bool:
        prefix = path + "/"
        at = bisect_left(self._paths, prefix)
        return at < len(self._paths) and self._paths[at].startswith(prefix)
