"""A ledger of stored bytes, by identity, while layers are applied: which name of a copy goes when, and why."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from ocianalyze.analysis.union.tree import FileNode, StoredAt, UnionTree
from ocianalyze.analysis.waste.waste import WasteCause, WastedCopy
from ocianalyze.model.entry import EntryKind

_FILE = EntryKind.FILE


class _Loss(NamedTuple):
    """The last name that a copy lost in the layer at hand."""

    path: str
    size: int
    cause: WasteCause


class LedgerMark(NamedTuple):
    """The state of a ledger between two layers, which a ledger that has gone on can give back."""

    copies: int
    """The number of dead copies."""
    has_links: bool
    """Whether hard links have given a copy more than one name."""


class Ledger:
    """Counts the names of each stored copy of a file. A copy is dead when its last name is gone."""

    __slots__ = ("_has_links", "_losses", "_names", "copies")

    def __init__(self) -> None:
        self.copies: list[WastedCopy] = []
        """Dead copies that have bytes, in the order in which they died."""
        self._names: dict[StoredAt, int] = {}  # only of copies that have not one name
        self._losses: dict[StoredAt, _Loss] = {}
        self._has_links = False

    def mark(self) -> LedgerMark:
        """The state of now, in a few bytes. Only between layers."""
        return LedgerMark(len(self.copies), self._has_links)

    def back_at(self, mark: LedgerMark, tree: UnionTree) -> Ledger:
        """A second ledger in the state of *mark*, when *tree* was the merged view, for another replay."""
        twin = Ledger()
        twin.copies, twin._has_links = self.copies[: mark.copies], mark.has_links
        if mark.has_links:
            names = Counter(node.stored_at for _, _, node in tree.files() if node.stored_at is not None)
            twin._names = {stored_at: count for stored_at, count in names.items() if count > 1}
        return twin

    def linked(self) -> dict[StoredAt, int]:
        """The number of names of each copy that has several. Only between layers."""
        return {stored_at: count for stored_at, count in self._names.items() if count > 1}

    def gain(self, node: FileNode) -> None:
        """A hard link gave *node* one more name."""
        stored_at = node.stored_at
        if stored_at is not None and node.kind is _FILE:
            self._names[stored_at] = self._names.get(stored_at, 1) + 1
            self._has_links = True

    def lose(self, node: FileNode, path: str, cause: WasteCause) -> None:
        """*path*, a name of *node*, is gone."""
        stored_at, entry = node.stored_at, node.entry
        if stored_at is None or entry is None or entry.kind is not _FILE:
            return
        self._names[stored_at] = self._names.get(stored_at, 1) - 1
        # Last, and not merely latest: the order of deaths is the order of the final losses.
        self._losses.pop(stored_at, None)
        self._losses[stored_at] = _Loss(path, entry.size, cause)

    def close_layer(self, layer: int) -> None:
        """*layer* is applied: a copy without a name now never gets one again."""
        for stored_at, loss in self._losses.items():
            if self._names[stored_at] == 0:
                del self._names[stored_at]
                if loss.size:
                    self.copies.append(WastedCopy(loss.path, loss.size, loss.cause, stored_at.layer, layer))
        self._losses.clear()
