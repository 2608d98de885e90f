"""The paths after each layer and their sizes: each moment made from one below, and kept while there is room."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from itertools import accumulate, chain, pairwise
from operator import sub
from typing import NamedTuple

from ocianalyze.tui.viewmodel.paths import ABSENT, PLAIN, REMOVED, PathIndex, common_directory

_ROOM = 64 << 20
"""Bytes that the moments kept may take: all layers of an image with 200,000 paths and 35 layers."""


class Moment(NamedTuple):
    """The merged file system after a layer."""

    there: bytearray
    """1 for each path that exists, else 0."""
    totals: array[int]
    """Bytes of files before each path (one more than paths), hard links counted once in each directory."""
    shared: dict[int, int]
    """Bytes taken off at a directory that holds several names of one file."""


class Timeline:
    """Moments by layer."""

    def __init__(self, index: PathIndex) -> None:
        self._index = index
        self._most = max(2, _ROOM // (9 * len(index) + 1))
        self._moments: OrderedDict[int, Moment] = OrderedDict()
        self._classes: tuple[int, array[int]] | None = None
        self._linked = frozenset(chain.from_iterable(index.linked.values()))

    def warm(self) -> None:
        """Make as many moments as are kept, so that switching layers finds them made."""
        for layer in range(len(self._index.analysis.trees))[-self._most :]:
            self.at(layer)

    def at(self, layer: int) -> Moment:
        """The moment after *layer*."""
        moment = self._moments.get(layer)
        if moment is None:
            moment = self._moments[layer] = self._make(layer)
            if len(self._moments) > self._most:
                self._moments.popitem(last=False)
        self._moments.move_to_end(layer)
        return moment

    def classes(self, layer: int) -> array[int]:
        """The class (see `PathIndex.classes`) of the header that every path shows after *layer*, or showed last."""
        if self._classes is None or self._classes[0] > layer:
            self._classes = (-1, array("I", bytes(4 * len(self._index))))
        below, classes = self._classes
        for at in range(below + 1, min(layer + 1, len(self._index.layer_ids))):
            for i, kind in zip(self._index.layer_ids[at], self._index.layer_classes[at], strict=True):
                classes[i] = kind
        self._classes = (layer, classes)
        return classes

    def _make(self, layer: int) -> Moment:
        index = self._index
        below = max((at for at in self._moments if at < layer), default=-1)
        if below < 0:
            there, sizes = bytearray(len(index)), [0] * len(index)
        else:
            moment = self._moments[below]
            there, sizes = moment.there[:], _sizes(moment)
        for at in range(below + 1, min(layer + 1, len(index.layer_ids))):
            for i, state in zip(index.layer_ids[at], index.layer_states[at], strict=True):
                there[i] = state != REMOVED
            for i, size in zip(index.layer_ids[at], index.layer_sizes[at], strict=True):
                sizes[i] = size
        for i in reversed(index.implied):
            there[i] = 1 in there[i + 1 : index.ends[i]]
        above = index.layer_ids[below + 1 : layer + 1]
        if below >= 0 and all(self._linked.isdisjoint(ids) for ids in above):
            shared = self._moments[below].shared
        else:
            shared = self._shared(layer, there, sizes)
        for i, size in shared.items():
            sizes[i] -= size
        return Moment(there, array("q", accumulate(sizes, initial=0)), shared)

    def _shared(self, layer: int, there: bytearray, sizes: list[int]) -> dict[int, int]:
        """The bytes to take off at directories that hold several names of a file.

        A directory that holds two of the names holds their lowest common directory too: taken off there, the bytes
        count once in that directory and above, and once in each branch below.
        """
        shared: dict[int, int] = {}
        if not self._index.linked:
            return shared
        tree = self._index.analysis.trees[layer]
        for inode, names in self._index.linked.items():
            here = [
                i
                for i in names
                if there[i] and (node := tree.get(self._index.paths[i])) is not None and node.stored_at == inode
            ]
            for one, other in pairwise(here):
                at = common_directory(self._index, one, other)
                shared[at] = shared.get(at, 0) + sizes[other]
        return shared


def _sizes(moment: Moment) -> list[int]:
    totals = moment.totals
    sizes = list(map(sub, totals[1:], totals))
    for i, size in moment.shared.items():
        sizes[i] += size
    return sizes


def implied_state(below: bytearray) -> int:
    """The state of an implied directory: PLAIN while a path below exists, REMOVED when all are removed."""
    if below.translate(None, bytes((ABSENT, REMOVED))):
        return PLAIN
    return REMOVED if REMOVED in below else ABSENT
