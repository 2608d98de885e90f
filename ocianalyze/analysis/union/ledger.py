"""A ledger of stored bytes, by identity, while layers are applied: which name of a copy goes when, and why."""

from __future__ import annotations

from typing import NamedTuple

from ocianalyze.analysis.union.tree import FileNode, StoredAt
from ocianalyze.analysis.waste.waste import WasteCause, WastedCopy
from ocianalyze.model.entry import EntryKind

_FILE = EntryKind.FILE


class _Loss(NamedTuple):
    """The last name that a copy lost in the layer at hand."""

    path: str
    size: int
    cause: WasteCause


class Ledger:
    """Counts the names of each stored copy of a file. A copy is dead when its last name is gone."""

    __slots__ = ("_losses", "_names", "copies")

    def __init__(self) -> None:
        self.copies: list[WastedCopy] = []
        """Dead copies that have bytes, in the order in which they died."""
        self._names: dict[StoredAt, int] = {}  # only of copies that have not one name
        self._losses: dict[StoredAt, _Loss] = {}

    def copy(self) -> Ledger:
        """A second ledger in the same state, for another replay. Only between layers."""
        twin = Ledger()
        twin.copies, twin._names = list(self.copies), dict(self._names)
        return twin

    def linked(self) -> dict[StoredAt, int]:
        """The number of names of each copy that has several. Only between layers."""
        return {stored_at: count for stored_at, count in self._names.items() if count > 1}

    def gain(self, node: FileNode) -> None:
        """A hard link gave *node* one more name."""
        stored_at = node.stored_at
        if stored_at is not None and node.kind is _FILE:
            self._names[stored_at] = self._names.get(stored_at, 1) + 1

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
