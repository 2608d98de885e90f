"""The stored bytes that the final image does not show, the layers that wrote them, and the layers that hid them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from ocianalyze.model.image import Layer


class WasteCause(Enum):
    """The cause of the death of a stored copy. The values are the words that reports use."""

    __hash__ = object.__hash__  # by identity, as they compare; Enum's own is a call in Python for every look-up

    OVERWRITTEN = "overwritten"
    METADATA_ONLY = "metadata-only"
    """The copy that took its place has the same content (chmod, chown, touch, or written again)."""
    DELETED = "deleted"
    """A whiteout hides the path or a directory above it."""
    OPAQUE = "opaque"
    """An opaque marker hides the children of a directory above the path."""
    REPLACED = "replaced"
    """The path, or a directory above it, becomes a node of another type."""
    DUPLICATE_ENTRY = "duplicate-entry"
    """The same layer stores the path again."""


class WastedCopy(NamedTuple):
    """One stored copy of a file that no name in the final tree reaches.

    A NamedTuple because a layer may delete a hundred thousand files.
    """

    path: str
    """The name under which the copy was last reachable."""
    size: int
    """Bytes of content."""
    cause: WasteCause
    written_by: int
    """Index of the layer that stores the bytes."""
    killed_by: int
    """Index of the layer after which no name of the copy was left; equal to `written_by` for a duplicate."""


class WastedPath(NamedTuple):
    """All dead copies at one path; copies without bytes are none."""

    path: str
    wasted: int
    """Bytes, summed over the copies."""
    copies: tuple[WastedCopy, ...]
    """In the order in which they died."""

    @property
    def cause(self) -> WasteCause:
        """The cause of the largest dead copy (the latest of equals)."""
        return self.main_copy.cause

    @property
    def main_copy(self) -> WastedCopy:
        """The largest dead copy (the latest of equals)."""
        if len(self.copies) == 1:
            return self.copies[0]
        return max(reversed(self.copies), key=lambda copy: copy.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteReport:
    """`stored == live + wasted`, always."""

    stored: int
    """Bytes of every file copy that any layer stores."""
    live: int
    """Bytes of the copies that the final tree reaches, each once."""
    paths: tuple[WastedPath, ...]
    """Most wasted first, then by path."""
    base_layers: int
    """The number of lowest layers that count as the base image."""
    user_stored: int
    """Bytes stored by the layers above the base."""
    user_wasted: int
    """Bytes of the dead copies that a layer above the base wrote or hid."""
    by_cause: Mapping[WasteCause, int]
    """Wasted bytes of each cause; every cause is a key."""
    by_layer_pair: Mapping[tuple[int, int], int]
    """Wasted bytes by (layer that wrote, layer that hid), sorted by that pair."""

    @property
    def wasted(self) -> int:
        """Bytes that are stored and not shown."""
        return self.stored - self.live

    @property
    def efficiency(self) -> float:
        """`live / stored`; 1.0 when nothing is stored."""
        return self.live / self.stored if self.stored else 1.0

    @property
    def user_wasted_ratio(self) -> float:
        """`user_wasted / user_stored`, at most 1.0; 0.0 when the layers above the base store nothing."""
        return min(1.0, self.user_wasted / self.user_stored) if self.user_stored else 0.0


def waste_report(layers: Sequence[Layer], copies: Iterable[WastedCopy], *, base_layers: int) -> WasteReport:
    """The waste of *layers*, of whose stored copies *copies* are dead; the lowest *base_layers* are the base image."""
    by_path: dict[str, list[WastedCopy]] = {}
    by_pair: Counter[tuple[int, int]] = Counter()
    by_cause = dict.fromkeys(WasteCause, 0)
    for copy in copies:
        path, size, cause, written_by, killed_by = copy
        by_path.setdefault(path, []).append(copy)
        by_pair[written_by, killed_by] += size
        by_cause[cause] += size
    wasted = sum(by_cause.values())
    paths = [WastedPath(path, sum([copy.size for copy in dead]), tuple(dead)) for path, dead in by_path.items()]
    paths.sort(key=lambda path: (-path.wasted, path.path))
    stored = [layer.size for layer in layers]
    return WasteReport(
        stored=sum(stored),
        live=sum(stored) - wasted,
        paths=tuple(paths),
        base_layers=base_layers,
        user_stored=sum(stored[max(base_layers, 0) :]),
        # No layer hides a copy that a higher layer writes.
        user_wasted=sum(size for (_, killed_by), size in by_pair.items() if killed_by >= base_layers),
        by_cause=by_cause,
        by_layer_pair=dict(sorted(by_pair.items())),
    )
