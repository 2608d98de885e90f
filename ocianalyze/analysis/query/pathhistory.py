"""Every event of one path: the layers that wrote, changed and deleted it, and the bytes that are still stored."""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.analysis.union.changes import Change
from ocianalyze.analysis.union.lookup import Found, lookup
from ocianalyze.analysis.union.tree import StoredAt
from ocianalyze.analysis.waste.waste import WasteCause, WastedCopy
from ocianalyze.errors import UsageError, ViewLayer
from ocianalyze.model.amount import are_missing
from ocianalyze.model.entry import EntryKind, clean_path


class Event(NamedTuple):
    """One layer's change of the path."""

    change: Change
    stored: int
    """Bytes of content that the layer stores for the path; 0 for a hard link, which stores none, and for a removal."""
    wasted: int
    """Bytes of `stored` that the final image does not show: all or none."""
    killed_by: int | None
    """The layer that hid the last name of the copy; None where the copy is live, or has no bytes."""
    cause: WasteCause | None
    below: int
    """Changes of paths below, where the path is or was a directory."""


def path_history(analysis: Analysis, path: str) -> tuple[str, list[Event]]:
    """*path* without links in its directories, and each layer's change of it, lowest first.

    UsageError when no layer has anything there.
    """
    place = latest(analysis, path)
    known = clean_path(path).path if place is None else place[1].path
    prefix = known + "/" if known else ""
    copies = _dead_copies(analysis)
    events = []
    for changes in analysis.changes:
        at = bisect_left(changes, known, key=_path)
        own = changes[at] if at < len(changes) and changes[at].path == known else None
        end = bisect_left(changes, known + "0", key=_path) if known else len(changes)  # "0" follows "/"
        below = end - bisect_left(changes, prefix, key=_path) - (own is not None and not prefix)
        if own is not None:
            events.append(_event(analysis, own, below, copies[own.layer]))
    if not events and place is None:
        lookup(analysis.tree, path)  # the error names similar paths
        raise UsageError(f"no layer has /{known}")
    return known, events


def latest(analysis: Analysis, path: str) -> tuple[int, Found] | None:
    """The highest layer after which *path* exists, and the node that it shows then."""
    for layer in range(len(analysis.trees) - 1, -1, -1):
        try:
            return layer, lookup(analysis.trees[layer], path)
        except UsageError:
            continue
    return None


def perhaps_deleted(analysis: Analysis, path: str, error: UsageError, layer: int | None) -> UsageError:
    """*error*, that the view after *layer* lacks *path*; with the layer that still had the path, when there is one."""
    place = latest(analysis, path) if layer is None else None
    if place is None:
        missing = [one for one in analysis.image.missing_layers if layer is None or one <= layer]
        return UsageError(error.message, hint=f"{are_missing(missing)}, and may have it") if missing else error
    gone = place[0] + 1
    if gone == len(analysis.trees):
        return error  # the path is there, and where it leads is not
    return UsageError(error.message, hint=f"layer {gone} removed it", remedy=ViewLayer(place[0]))


def _dead_copies(analysis: Analysis) -> list[list[WastedCopy]]:
    """The dead copies that each layer wrote and a higher layer hid."""
    copies: list[list[WastedCopy]] = [[] for _ in analysis.trees]
    for wasted in analysis.waste.paths:
        for copy in wasted.copies:
            if copy.killed_by != copy.written_by:
                copies[copy.written_by].append(copy)
    return copies


def _event(analysis: Analysis, change: Change, below: int, copies: list[WastedCopy]) -> Event:
    """The event of *change*; *copies* are dead copies that its layer wrote."""
    node = change.after
    stored_at = node.stored_at if node is not None else None
    if node is None or stored_at is None or node.kind is not EntryKind.FILE or not _stores(analysis, change, stored_at):
        return Event(change, 0, 0, None, None, below)
    for copy in copies:
        if copy.size != node.size:
            continue
        shown = analysis.trees[copy.killed_by - 1].get(copy.path)
        if shown is not None and shown.stored_at == stored_at:
            return Event(change, node.size, node.size, copy.killed_by, copy.cause, below)
    return Event(change, node.size, 0, None, None, below)


def _stores(analysis: Analysis, change: Change, stored_at: StoredAt) -> bool:
    """Whether the layer of *change* stores the content under this very name, and not as a hard link to another."""
    if stored_at.layer != change.layer:
        return False
    written = analysis.image.layers[stored_at.layer].entries[stored_at.ordinal]
    base = change.path.rpartition("/")[2]
    return written.kind is EntryKind.FILE and written.path.rpartition("/")[2] == base


def _path(change: Change) -> str:
    return change.path
