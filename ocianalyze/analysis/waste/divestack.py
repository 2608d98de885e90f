"""dive's stacked tree: literal paths, whiteouts in the order of names, headers that children outlive."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self

from ocianalyze.model.entry import Entry, EntryKind
from ocianalyze.model.whiteout import PREFIX

_FILE, _DIRECTORY = EntryKind.FILE, EntryKind.DIRECTORY
_WHITEOUT, _OPAQUE = EntryKind.WHITEOUT, EntryKind.OPAQUE


def stacking_order(path: str, *, is_whiteout: bool = False) -> list[bytes]:
    """The sort key of dive for *path*: the bytes of each name in the tar, the prefix of a marker included."""
    directory, slash, name = path.rpartition("/")
    tar_path = directory + slash + PREFIX + name if is_whiteout else path
    return tar_path.encode("utf-8", "surrogateescape").split(b"/")


class _StackedPath:
    """A directory, or a path with other paths below it. A plain file is kept as its size alone."""

    __slots__ = ("children", "is_directory", "size")

    def __init__(self, size: int = 0, *, is_directory: bool = False) -> None:
        self.children: dict[str, _StackedPath | int] = {}
        self.size = size
        self.is_directory = is_directory


class DiveStack:
    """The tree that dive has after stacking some layers."""

    def __init__(self) -> None:
        self._root = _StackedPath()
        self._sizes: dict[int, int] = {}  # by id of the node, until the next change

    @classmethod
    def of_files(cls, entries: Sequence[Entry]) -> Self:
        """The stack of one layer, its whiteouts left out."""
        stack = cls()
        stack._write(entries)
        return stack

    def add(self, entries: Sequence[Entry]) -> None:
        """Stack one more layer."""
        late = []
        for entry in entries:
            if entry.kind is _WHITEOUT:
                # A name that sorts before its own whiteout is stacked before it, and goes again.
                if stacking_order(entry.path) < stacking_order(entry.path, is_whiteout=True):
                    late.append(entry.path)
                self._remove(entry.path)
        self._write(entries)
        for path in late:
            self._remove(path)

    def size_of_directory(self, path: str) -> int | None:
        """Bytes at and below *path* if it is a directory, 0 if it is a file, None if it does not exist."""
        directory, _, name = path.rpartition("/")
        parent = self._find(directory)
        node = parent.children.get(name) if parent is not None else None
        if node is None:
            return None
        return self._size(node) if isinstance(node, _StackedPath) and node.is_directory else 0

    def _size(self, node: _StackedPath) -> int:
        pending = [node]
        while pending:
            top = pending[-1]
            if id(top) in self._sizes:
                pending.pop()
                continue
            below = [child for child in top.children.values() if isinstance(child, _StackedPath)]
            unknown = [child for child in below if id(child) not in self._sizes]
            if unknown:
                pending.extend(unknown)
                continue
            files = sum([child for child in top.children.values() if isinstance(child, int)])
            self._sizes[id(top)] = top.size + files + sum([self._sizes[id(child)] for child in below])
        return self._sizes[id(node)]

    def _find(self, directory: str) -> _StackedPath | None:
        node = self._root
        for name in directory.split("/") if directory else ():
            child = node.children.get(name)
            if not isinstance(child, _StackedPath):
                return None
            node = child
        return node

    def _remove(self, path: str) -> None:
        directory, _, name = path.rpartition("/")
        parent = self._find(directory)
        if parent is not None:
            parent.children.pop(name, None)

    def _write(self, entries: Iterable[Entry]) -> None:
        """Add the entries that are no markers, and the directories of all entries."""
        self._sizes.clear()
        known: dict[str, dict[str, _StackedPath | int]] = {}
        headers: list[tuple[_StackedPath, Entry]] = []
        for entry in entries:
            kind, path = entry.kind, entry.path
            directory, _, name = path.rpartition("/")
            children = known.get(directory)
            if children is None:
                children = known[directory] = self._open(directory)
            if kind is _FILE and name and name not in children:
                children[name] = entry.size
            elif kind is _OPAQUE:
                known.setdefault(path, self._open(path))
            elif kind is not _WHITEOUT and name:
                node = children.get(name)
                if kind is _DIRECTORY or isinstance(node, _StackedPath):
                    if not isinstance(node, _StackedPath):
                        node = children[name] = _StackedPath()
                    headers.append((node, entry))
                else:
                    children[name] = entry.size if kind is _FILE else 0
        for node, entry in headers:
            node.is_directory = entry.kind is _DIRECTORY
            node.size = entry.size if entry.kind is _FILE else 0

    def _open(self, directory: str) -> dict[str, _StackedPath | int]:
        """The children of *directory*; stacking empties the headers on the way, unless the layer stores them."""
        node = self._root
        for name in directory.split("/") if directory else ():
            child = node.children.get(name)
            if not isinstance(child, _StackedPath):
                child = node.children[name] = _StackedPath()
            child.is_directory, child.size = False, 0
            node = child
        return node.children
