"""The first half of applying a layer: its whiteouts and opaque markers, against the lower tree only.

image-spec, layer.md, Whiteouts: a marker hides files of lower layers alone, wherever it stands in the tar.
"""

from __future__ import annotations

from collections.abc import Sequence

from ocianalyze.analysis.union.draft import Draft
from ocianalyze.analysis.union.links import LOOP, find_directory, resolve
from ocianalyze.analysis.union.tree import FileNode, children_of
from ocianalyze.analysis.waste.waste import WasteCause
from ocianalyze.model.entry import Entry, EntryKind
from ocianalyze.model.finding import Level
from ocianalyze.model.notices import Notices

_WHITEOUT, _OPAQUE = EntryKind.WHITEOUT, EntryKind.OPAQUE


def apply_markers(draft: Draft, entries: Sequence[Entry], notices: Notices) -> None:
    """Remove from *draft* the paths that the markers among *entries* hide.

    Whiteouts come first, so that a path with a whiteout is DELETED even in a directory that is opaque too.
    """
    markers = [entry for entry in entries if entry[1] is _WHITEOUT or entry[1] is _OPAQUE]  # faster than by name
    if markers:
        work = _Markers(draft, entries, notices)
        for entry in markers:
            if entry.kind is _WHITEOUT:
                work.whiteout(entry.path)
        for entry in markers:
            if entry.kind is _OPAQUE:
                work.opaque(entry.path)


class _Hidden:
    """A directory of the lower tree for which the layer has markers."""

    __slots__ = ("above", "lower", "names", "prefix")

    def __init__(self, lower: dict[str, FileNode], names: list[str]) -> None:
        self.lower = lower
        self.names = names
        self.prefix = "/".join([*names, ""])
        self.above: dict[str, FileNode] | None = None


class _Markers:
    def __init__(self, draft: Draft, entries: Sequence[Entry], notices: Notices) -> None:
        self._draft = draft
        self._entries = entries
        self._notices = notices
        self._directories: dict[str, _Hidden | None] = {}
        self._replaced: frozenset[str] | None = None

    def whiteout(self, path: str) -> None:
        directory, _, name = path.rpartition("/")
        place = self._place(directory)
        if place is None or name not in place.lower:
            self._notices.add(
                "whiteout-of-nothing",
                "hides nothing: no lower layer has it",
                layer=self._draft.layer,
                path=path,
            )
            return
        children = self._writable(place)
        node = children.pop(name, None) if children is not None else None
        if node is not None:
            self._draft.remove(place.prefix + name, node, WasteCause.DELETED)
            if node.children is not None:
                self._forget()

    def opaque(self, path: str) -> None:
        place = self._place(path)
        children = self._writable(place) if place is not None else None
        if place is None or children is None:
            return
        for name, node in children.items():
            self._draft.remove(place.prefix + name, node, WasteCause.OPAQUE)
        children.clear()
        self._forget()

    def _place(self, directory: str) -> _Hidden | None:
        """The lower directory that *directory* leads to."""
        try:
            return self._directories[directory]
        except KeyError:
            place = self._directories[directory] = self._find(directory)
            return place

    def _find(self, directory: str) -> _Hidden | None:
        root = self._draft.lower.root
        node = find_directory(root, directory)
        if node is not None:
            return _Hidden(children_of(node), directory.split("/") if directory else [])
        place = resolve(root, directory, self._draft.allowance, self._no_more_links())
        if place.looped:
            self._notices.add("symlink-loop", LOOP, level=Level.ERROR, layer=self._draft.layer, path=directory)
        node = find_directory(root, "/".join(place.names))
        return None if node is None else _Hidden(children_of(node), place.names)

    def _no_more_links(self) -> frozenset[str]:
        """Paths, perhaps links in the lower tree, that this layer hides or makes directories.

        A new directory in the place of a link comes with an opaque marker when it was made on OverlayFS;
        following the link would empty the directory that it led to.
        """
        if self._replaced is None:
            kinds = (EntryKind.DIRECTORY, EntryKind.WHITEOUT)
            self._replaced = frozenset(entry.path for entry in self._entries if entry.kind in kinds)
        return self._replaced

    def _writable(self, place: _Hidden) -> dict[str, FileNode] | None:
        """The children of the directory in the draft; None if the directory is gone."""
        if place.above is None:
            place.above = self._draft.present(place.names)
        return place.above

    def _forget(self) -> None:
        """Forget all places: a directory is gone, and no directory below it must be written to."""
        self._directories.clear()
