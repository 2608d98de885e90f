"""Two images as one image of two layers, so that screens for layers browse a comparison.

Layer 0 holds the merged files of the old image, layer 1 the changes that lead to the new one. Contents are read through
`PairSource`, which knows the layer and the image that store the bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ocianalyze.analysis.compare.imagediff import ImageDiff
from ocianalyze.analysis.union.analyze import Analysis, analyze
from ocianalyze.analysis.union.tree import FileNode, StoredAt, UnionTree
from ocianalyze.api import Piece
from ocianalyze.model.digest import ChainID, DiffID
from ocianalyze.model.documents import History
from ocianalyze.model.entry import Entry, EntryKind
from ocianalyze.model.image import HistoryStep, Image, Layer
from ocianalyze.tui.contents.source import ContentSource

OLD, NEW = 0, 1
"""The layers."""


class Pair:
    """A comparison as an Analysis of two layers, and where its entries come from."""

    def __init__(self, diff: ImageDiff) -> None:
        self.diff = diff
        self._places: dict[tuple[int, str], tuple[int, Entry]] = {}
        layers = (self._old_entries(), self._new_entries())
        images = (diff.old.image, diff.new.image)
        histories = [
            History(created=image.config.created, created_by=f"{word} {', '.join(image.names) or image.source}")
            for word, image in zip(("OLD", "NEW"), images, strict=True)
        ]
        made = tuple(
            Layer(
                index=index,
                diff_id=DiffID(str(images[index].config_digest or "")),
                chain_id=ChainID(""),
                blob_size=sum(layer.blob_size for layer in images[index].layers),
                tar_size=sum(layer.tar_size for layer in images[index].layers),
                entries=entries,
                history=histories[index],
            )
            for index, entries in enumerate(layers)
        )
        steps = tuple(HistoryStep(history=history, layer=index) for index, history in enumerate(histories))
        image: Image = replace(diff.new.image, layers=made, history=steps, notices=())
        self.analysis: Analysis = analyze(image)

    def place(self, layer: int, entry: Entry) -> tuple[int, Entry]:
        """The layer, in its own image, that stores *entry*, and the entry there."""
        return self._places[layer, entry.path]

    def _old_entries(self) -> tuple[Entry, ...]:
        tree = self.diff.old.tree
        return self._written(OLD, ((path, node) for path, node in tree.walk()), {})

    def _new_entries(self) -> tuple[Entry, ...]:
        """Whiteouts for the paths that are gone, then the paths that are new or differ."""
        changes = self.diff.changes
        gone = sorted(change.moved_from or change.path for change in changes if change.new is None or change.moved_from)
        tops: list[str] = []
        for path in gone:
            if not tops or not path.startswith(tops[-1] + "/"):
                tops.append(path)
        whiteouts = tuple(Entry(path, EntryKind.WHITEOUT, 0, 0, 0, 0, 0) for path in tops if not self._is_below(path))
        names = _first_names(self.diff.new.tree)
        written = ((change.path, change.new) for change in changes if change.new is not None)
        return whiteouts + self._written(NEW, written, names)

    def _is_below(self, path: str) -> bool:
        """Whether a path above *path* is no directory any more, so that *path* goes with it."""
        parent = path.rpartition("/")[0]
        while parent:
            node = self.diff.new.tree.get(parent)
            if node is not None and node.children is None:
                return True
            parent = parent.rpartition("/")[0]
        return False

    def _written(
        self, layer: int, found: Iterable[tuple[str, FileNode]], names: dict[StoredAt, str]
    ) -> tuple[Entry, ...]:
        """An entry for each of *found*; later names of a file are hard links, behind all that they may link to."""
        entries: list[Entry] = []
        links: list[Entry] = []
        for path, node in found:
            entry = node.header
            first = names.setdefault(node.stored_at, path) if node.stored_at and node.children is None else path
            if first != path:
                links.append(entry._replace(path=path, kind=EntryKind.HARDLINK, size=0, link_target=first))
                continue
            entries.append(entry if entry.path == path else entry._replace(path=path))
            if node.stored_at is not None and entry.kind is EntryKind.FILE:
                self._places[layer, path] = (node.stored_at.layer, entry)
        return (*entries, *links)


def _first_names(tree: UnionTree) -> dict[StoredAt, str]:
    """The first name of every file that has several."""
    names: dict[StoredAt, str] = {}
    several: dict[StoredAt, str] = {}
    for path, node in tree.walk():
        if node.stored_at is not None and node.children is None:
            first = names.setdefault(node.stored_at, path)
            if first != path:
                several[node.stored_at] = first
    return several


class PairSource:
    """Reads files of a Pair out of the two archives. A `ContentSource`."""

    def __init__(self, pair: Pair, sources: tuple[ContentSource, ContentSource]) -> None:
        self._pair = pair
        self._sources = sources

    def read(self, layer: int, entry: Entry, *, start: int = 0, length: int | None = None) -> bytes:
        """See `ContentSource`."""
        at, real = self._pair.place(layer, entry)
        return self._sources[layer].read(at, real, start=start, length=length)

    def in_order(self, layer: int, entries: Iterable[Entry]) -> Iterator[tuple[Entry, Iterator[Piece]]]:
        """See `ContentSource`; the order is that of the image's own layers."""
        by_layer: dict[int, dict[int, tuple[Entry, Entry]]] = {}
        for entry in entries:
            at, real = self._pair.place(layer, entry)
            by_layer.setdefault(at, {})[real.offset] = (entry, real)
        for at, found in sorted(by_layer.items()):
            shown = {id(real): entry for entry, real in found.values()}
            stored = [found[offset][1] for offset in sorted(found)]
            for real, pieces in self._sources[layer].in_order(at, stored):
                yield shown[id(real)], pieces
