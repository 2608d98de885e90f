"""analyze(image): the trees, changes and waste of an image, in one value."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType

from ocianalyze.analysis.union.allowance import ENTRIES, Allowance
from ocianalyze.analysis.union.changes import Change
from ocianalyze.analysis.union.ledger import Ledger, LedgerMark
from ocianalyze.analysis.union.replay import apply_layer
from ocianalyze.analysis.union.tree import StoredAt, UnionTree
from ocianalyze.analysis.waste.dive import DiveCompat, dive_compat
from ocianalyze.analysis.waste.waste import WasteReport, waste_report
from ocianalyze.errors import LimitExceededError
from ocianalyze.model.entry import Entry
from ocianalyze.model.finding import Finding
from ocianalyze.model.image import Image
from ocianalyze.model.notices import Notices

_OF_LOWER_LAYERS = ("whiteout-of-nothing", "hard-link-to-nothing", "entry-below-file", "symlink-loop")
"""Notices that say what lower layers lack, or where their links lead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """An image with the trees, changes and waste of its replay."""

    image: Image
    trees: tuple[UnionTree, ...]
    """`trees[i]` is the merged view after layer i. Empty for an image without layers."""
    changes: tuple[tuple[Change, ...], ...]
    """`changes[i]` are the changes of layer i to `trees[i - 1]`, sorted by path (as strings compare, by code point)."""
    waste: WasteReport
    names: Mapping[StoredAt, int]
    """The number of names of each stored copy that has several in the merged view."""
    notices: tuple[Finding, ...]
    """The notices of the image, then those of the replay."""

    @property
    def dive(self) -> DiveCompat:
        """dive's numbers, computed anew each time: only reports on one image need them."""
        return dive_compat(self.image.layers)

    @property
    def tree(self) -> UnionTree:
        """The merged view after the last layer; without layers, an empty tree."""
        return self.trees[-1] if self.trees else UnionTree()


def analyze(image: Image, *, base_layers: int = 1) -> Analysis:
    """Replay *image*; the lowest *base_layers* layers count as the base image in `user_wasted`."""
    replay = Replay()
    for layer in image.layers:
        replay.add(layer.entries)
    return replay.finish(image, base_layers=base_layers)


class Replay:
    """`analyze` in steps: one layer after another as they are read, and at last the image."""

    def __init__(self, *, keep: bool = False, limit: int = ENTRIES) -> None:
        """Begin without layers. With *keep*, another replay can begin with the lowest layers of this one.

        *limit* bounds the costs of the replay, counted in entries.
        """
        self._marks: list[tuple[LedgerMark, Notices, Allowance]] | None = [] if keep else None
        self._allowance = Allowance(limit)
        self._tree = UnionTree()
        self._trees: list[UnionTree] = []
        self._changes: list[tuple[Change, ...]] = []
        self._ledger = Ledger()
        self._notices = Notices()

    def add(self, entries: Sequence[Entry]) -> None:
        """Put the layer that holds *entries* on top of the layers so far."""
        with no_garbage_collection():
            try:
                self._allowance.entries(len(entries))
                self._tree, changes = apply_layer(
                    self._tree, len(self._trees), entries, self._ledger, self._notices, self._allowance
                )
            except LimitExceededError as error:
                error.in_layer(len(self._trees), None)
                raise
        self._trees.append(self._tree)
        self._changes.append(changes)
        if self._marks is not None:
            self._marks.append((self._ledger.mark(), self._notices.copy(), self._allowance.copy()))

    def up_to(self, layers: int) -> Replay:
        """A replay of the lowest *layers* layers of this one, whose trees are shared. Needs `keep`."""
        twin = Replay(limit=self._allowance.limit)
        if layers:
            assert self._marks is not None  # noqa: S101 - a mistake of the caller's, not of an image
            mark, notices, allowance = self._marks[layers - 1]
            twin._tree, twin._trees, twin._changes = (
                self._trees[layers - 1],
                self._trees[:layers],
                self._changes[:layers],
            )
            twin._ledger = self._ledger.back_at(mark, twin._tree)
            twin._notices, twin._allowance = notices.copy(), allowance.copy()
        return twin

    def finish(self, image: Image, *, base_layers: int = 1) -> Analysis:
        """The analysis of *image*, whose layers are the layers that were added."""
        with no_garbage_collection():
            return Analysis(
                image=image,
                trees=tuple(self._trees),
                changes=tuple(self._changes),
                waste=waste_report(image.layers, self._ledger.copies, base_layers=base_layers),
                names=MappingProxyType(self._ledger.linked()),
                notices=(*image.notices, *_certain(self._notices.freeze(), image.missing_layers)),
            )


def _certain(notices: Sequence[Finding], missing: Sequence[int]) -> Iterator[Finding]:
    """Those of *notices* that hold whatever is in the *missing* layers."""
    for notice in notices:
        is_above = missing and (notice.layer is None or notice.layer > missing[0])
        if not (is_above and notice.code in _OF_LOWER_LAYERS):
            yield notice


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Pause the cyclic collector: scanning and replaying make millions of objects and not one cycle.

    Left running, the collector looks through all of them again and again, and takes more time than the replay.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextmanager
def for_good() -> Iterator[None]:
    """Objects made in this context live as long as the process: the cyclic collector never looks at them.

    For programs, not for libraries. On an image of 240,000 entries the collector takes 0.4 s to find no garbage.
    """
    with no_garbage_collection():
        yield
        gc.freeze()
