"""One layer as a screen shows it: the state and size of every path, computed once and kept."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import OrderedDict
from dataclasses import dataclass, field
from enum import Enum
from itertools import accumulate
from operator import sub
from typing import NamedTuple

from ocianalyze.analysis.union.changes import compare
from ocianalyze.analysis.union.tree import FileNode
from ocianalyze.tui.viewmodel.paths import (
    ABSENT,
    ADDED,
    METADATA,
    MODIFIED,
    PLAIN,
    REMOVED,
    REPLACED,
    STATE_OF,
    UNCHANGED,
    PathIndex,
)
from ocianalyze.tui.viewmodel.timeline import Timeline, implied_state

_KEPT_VIEWS = 16
"""Views that stay in memory: 0.2 to 2 MB each for 200,000 paths, beside the moments."""


class Mode(Enum):
    """The tree that the marks of a view compare with."""

    LAYER = "this layer's changes"
    AGGREGATED = "all changes since the base"


class Gone(NamedTuple):
    """The last sizes of removed files, which are few."""

    numbers: array[int]
    """Of the paths, in order."""
    totals: array[int]
    """Bytes before each of them, and after the last."""

    def between(self, start: int, end: int) -> int:
        """Bytes of the removed files among the paths from *start* up to *end*."""
        return self.totals[bisect_left(self.numbers, end)] - self.totals[bisect_left(self.numbers, start)]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The merged file system after a layer, with marks, and with the paths that the compared layers removed."""

    index: PathIndex
    timeline: Timeline
    layer: int
    mode: Mode
    states: bytearray
    """State of every path; see `paths`."""
    totals: array[int]
    """Bytes before each path: a directory's size is one subtraction, hard links counted once."""
    gone: Gone | None
    """The last sizes of removed files; None when no path is removed."""
    _sizes: array[int] = field(default_factory=lambda: array("q"), repr=False, compare=False)
    """The sizes that `sizes` has made; empty until its first call."""

    def size(self, i: int) -> int:
        """Bytes of a file, or of all files below a directory; of a removed path, its last bytes."""
        end = self.index.ends[i]
        if self.states[i] == REMOVED and self.gone is not None:
            return self.gone.between(i, end)
        return self.totals[end] - self.totals[i]

    def sizes(self) -> array[int]:
        """The size of every path, made when a filter or a list needs them first."""
        if not self._sizes:
            ends, totals = self.index.ends, self.totals
            self._sizes.extend(map(sub, map(totals.__getitem__, ends), totals))
            i = self.states.find(REMOVED) if self.gone is not None else -1
            while i >= 0:
                self._sizes[i] = self.size(i)
                i = self.states.find(REMOVED, i + 1)
        return self._sizes

    def delta(self, i: int) -> int:
        """Bytes that path *i* and the paths below it gained since the layer below."""
        end = self.index.ends[i]
        below = self.timeline.at(self.layer - 1).totals if self.layer else None
        before = below[end] - below[i] if below is not None else 0
        return self.totals[end] - self.totals[i] - before

    def node(self, i: int) -> FileNode | None:
        """The node that path *i* shows, or showed last before its removal; None for an implied directory."""
        return self.index.node(self.index.paths[i], self.layer)

    def classes(self) -> array[int]:
        """The class of every path, as a number in the index's classes."""
        return self.timeline.classes(self.layer)

    def other_names(self) -> set[int]:
        """The paths here that are hard links to a file with a name before theirs."""
        others: set[int] = set()
        for inode, names in self.index.linked.items():
            here = [i for i in names if self.states[i] not in (ABSENT, REMOVED)]
            same = [i for i in here if (node := self.node(i)) is not None and node.stored_at == inode]
            others.update(same[1:])
        return others

    def count_below(self, i: int) -> dict[int, int]:
        """How many paths below path *i* are in each state."""
        below = self.states[i + 1 : self.index.ends[i]]
        return {state: below.count(state) for state in range(PLAIN, REMOVED + 1)}


class Views:
    """Makes views and keeps the latest. `base` is how many of the lowest layers AGGREGATED compares with."""

    def __init__(self, index: PathIndex, timeline: Timeline, base: int) -> None:
        self.index = index
        self.timeline = timeline
        self.base = base
        self._views: OrderedDict[tuple[int, Mode], View] = OrderedDict()

    def get(self, layer: int, mode: Mode) -> View:
        """The view of *layer* in *mode*."""
        key = (layer, mode)
        view = self._views.get(key)
        if view is None:
            view = self._views[key] = self._make(layer, mode)
            if len(self._views) > _KEPT_VIEWS:
                self._views.popitem(last=False)
        self._views.move_to_end(key)
        return view

    def _make(self, layer: int, mode: Mode) -> View:
        moment = self.timeline.at(layer)
        marks = self._marks(layer) if mode is Mode.LAYER else self._aggregated(layer)
        states = _overlay(moment.there, marks)
        for i in reversed(self.index.implied):
            states[i] = implied_state(states[i + 1 : self.index.ends[i]])
        first = layer if mode is Mode.LAYER else self._first(layer)
        return View(
            index=self.index,
            timeline=self.timeline,
            layer=layer,
            mode=mode,
            states=states,
            totals=moment.totals,
            gone=self._gone(states, first, layer),
        )

    def _first(self, layer: int) -> int:
        """The lowest layer whose changes count in an aggregated view: within the base, all of them."""
        return self.base if layer >= self.base else 0

    def _marks(self, layer: int) -> bytearray:
        """The state of every path by this one layer's changes; ABSENT without one. An image may have no layers."""
        marks = bytearray(len(self.index))
        if layer >= len(self.index.layer_ids):
            return marks
        for i, state in zip(self.index.layer_ids[layer], self.index.layer_states[layer], strict=True):
            marks[i] = state
        return marks

    def _aggregated(self, layer: int) -> bytearray:
        """State by all layers from the base to *layer*."""
        marks = bytearray(len(self.index))
        first = self._first(layer)
        for at in range(first, min(layer + 1, len(self.index.layer_ids))):
            for i, state in zip(self.index.layer_ids[at], self.index.layer_states[at], strict=True):
                marks[i] = _THEN[marks[i]][state]
        i = marks.find(_AGAIN)
        while i >= 0:
            marks[i] = self._since(self.index.paths[i], first, layer)
            i = marks.find(_AGAIN, i + 1)
        return marks.translate(_SHOWN_MARK)

    def _since(self, path: str, first: int, layer: int) -> int:
        """The state of a path that was removed from the base and written again."""
        trees = self.index.analysis.trees
        before, after = trees[first - 1].get(path), trees[layer].get(path)
        if before is None or after is None:
            return MODIFIED
        return STATE_OF[compare(layer, path, before, after).kind]

    def _gone(self, states: bytearray, first: int, layer: int) -> Gone | None:
        """The last sizes of the removed paths."""
        if REMOVED not in states:
            return None
        sizes: dict[int, int] = {}
        for at in range(first, layer + 1):
            marks, ids, changes = self.index.layer_states[at], self.index.layer_ids[at], self.index.analysis.changes[at]
            where = marks.find(REMOVED)
            while where >= 0:
                if states[ids[where]] == REMOVED:
                    sizes[ids[where]] = changes[where].size_before
                where = marks.find(REMOVED, where + 1)
        numbers = array("I", sorted(sizes))
        return Gone(numbers, array("q", accumulate((sizes[i] for i in numbers), initial=0)))


def _overlay(there: bytearray, marks: bytearray) -> bytearray:
    """*marks* where there are any, else 1 or 0 from *there*; as one sum over big integers."""
    unmarked = marks.translate(_IS_ZERO)
    plain = int.from_bytes(there, "big") & int.from_bytes(unmarked, "big")
    return bytearray((plain | int.from_bytes(marks, "big")).to_bytes(len(marks), "big"))


def mask_of(states: frozenset[int]) -> bytes:
    """A translation table: 1 for these states, 0 for all others."""
    return bytes(state in states for state in range(256))


def both(one: bytes | bytearray, other: bytes | bytearray) -> bytearray:
    """The bytewise and of two masks of equal length."""
    whole = int.from_bytes(one, "big") & int.from_bytes(other, "big")
    return bytearray(whole.to_bytes(len(one), "big"))


def either(one: bytes | bytearray, other: bytes | bytearray) -> bytearray:
    """The bytewise or of two masks of equal length."""
    whole = int.from_bytes(one, "big") | int.from_bytes(other, "big")
    return bytearray(whole.to_bytes(len(one), "big"))


def inverted(mask: bytes | bytearray) -> bytes | bytearray:
    """1 where *mask* has 0, and 0 elsewhere."""
    return mask.translate(_IS_ZERO)


_IS_ZERO = bytes(value == 0 for value in range(256))

_NEW_GONE, _AGAIN = 8, 9
"""While adding layers up: removed but never in the base; removed from the base and written again."""


def _then(earlier: int, later: int) -> int:
    """The state since the base, from the state so far and the change of one more layer."""
    if later == REMOVED:
        return _NEW_GONE if earlier in (ADDED, _NEW_GONE) else REMOVED
    if earlier == REMOVED:
        return _AGAIN
    if earlier in (ADDED, _NEW_GONE):
        return ADDED
    if earlier == ABSENT:
        return later
    return max(earlier, later, key=lambda state: _WEIGHT.get(state, 0))


_WEIGHT = {UNCHANGED: 1, METADATA: 2, ADDED: 3, MODIFIED: 3, _AGAIN: 4, REPLACED: 5}
_THEN = [[_then(earlier, later) if later else earlier for later in range(8)] for earlier in range(10)]
_SHOWN_MARK = bytes(REMOVED if value == _NEW_GONE else value for value in range(256))
