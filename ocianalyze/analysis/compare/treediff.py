"""Two merged file systems, path by path: added, removed, changed, replaced, moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from operator import attrgetter
from typing import NamedTuple

from ocianalyze.analysis.union.changes import Aspect, ChangeKind, compare
from ocianalyze.analysis.union.tree import FileNode, StoredAt, UnionTree, children_of
from ocianalyze.model.entry import EntryKind


class DiffKind(Enum):
    """How a path differs between two images. The values are the words that reports use."""

    ADDED = "added"
    REMOVED = "removed"
    CONTENT = "content"
    """Same type, other content (or, for a symlink or device, another target or number)."""
    METADATA = "metadata"
    """Same content; mode, owner, extended attributes or (where asked for) mtime differ."""
    REPLACED = "replaced"
    """Another type than before."""
    MOVED = "moved"
    """A file whose content was at another path, which is gone."""


class PathDiff(NamedTuple):
    """One path that differs."""

    path: str
    """In the new image; of REMOVED, in the old one."""
    kind: DiffKind
    aspects: Aspect
    """The aspects that differ; of MOVED, those beside the path."""
    old: FileNode | None
    new: FileNode | None
    moved_from: str = ""
    """Of MOVED, the path in the old image."""

    @property
    def size_before(self) -> int:
        """Bytes of the file in the old image; 0 where it has no file there."""
        return self.old.size if self.old else 0

    @property
    def size_after(self) -> int:
        """Bytes of the file in the new image; 0 where it has no file there."""
        return self.new.size if self.new else 0


_Groups = dict[tuple[int, bytes], list[PathDiff]]
"""Differences by the size and digest of the file that came or went."""
_KINDS = {
    ChangeKind.MODIFIED: DiffKind.CONTENT,
    ChangeKind.METADATA: DiffKind.METADATA,
    ChangeKind.REPLACED: DiffKind.REPLACED,
}


def compare_trees(old: UnionTree, new: UnionTree, *, mtime: bool = False) -> tuple[PathDiff, ...]:
    """The paths that differ, sorted as strings compare. Modification times count only with *mtime*.

    The root itself is not compared. Both images must have been loaded with the same content digest. Subtrees
    that the trees share are passed over.
    """
    found = list(_differences(old.root, new.root, mtime=mtime))
    return tuple(sorted(_with_moves(found, old, new, mtime=mtime), key=attrgetter("path")))


def _differences(old_root: FileNode, new_root: FileNode, *, mtime: bool) -> Iterator[PathDiff]:
    pending = [("", old_root, new_root)]
    while pending:
        prefix, old, new = pending.pop()
        old_children, new_children = children_of(old), children_of(new)
        for name, before in old_children.items():
            after = new_children.get(name)
            path = prefix + name
            if after is None:
                yield from _whole(path, before, DiffKind.REMOVED)
            elif before is not after:
                yield from _pair(path, before, after, mtime=mtime)
                if before.children is not None and after.children is not None:
                    pending.append((path + "/", before, after))
        for name, after in new_children.items():
            if name not in old_children:
                yield from _whole(prefix + name, after, DiffKind.ADDED)


def _pair(path: str, before: FileNode, after: FileNode, *, mtime: bool) -> Iterator[PathDiff]:
    """The difference at *path*, which both images have, and the paths below that come or go with a change of type."""
    kind, aspects = _difference(path, before, after, mtime=mtime)
    if kind is None:
        return
    yield PathDiff(path, kind, aspects, before, after)
    if kind is DiffKind.REPLACED:
        for name, child in (before.children or {}).items():
            yield from _whole(f"{path}/{name}", child, DiffKind.REMOVED)
        for name, child in (after.children or {}).items():
            yield from _whole(f"{path}/{name}", child, DiffKind.ADDED)


def _difference(path: str, before: FileNode, after: FileNode, *, mtime: bool) -> tuple[DiffKind | None, Aspect]:
    if before.entry is after.entry:
        return None, Aspect.NONE
    change = compare(0, path, before, after)
    aspects = change.aspects if mtime else change.aspects & ~Aspect.MTIME
    return (_KINDS.get(change.kind) if aspects else None), aspects


def _whole(path: str, node: FileNode, kind: DiffKind) -> Iterator[PathDiff]:
    """*node* and all nodes below it, which only one of the images has."""
    pending = [(path, node)]
    while pending:
        path, node = pending.pop()
        old, new = (node, None) if kind is DiffKind.REMOVED else (None, node)
        yield PathDiff(path, kind, Aspect.NONE, old, new)
        pending.extend((f"{path}/{name}", child) for name, child in (node.children or {}).items())


def _with_moves(found: list[PathDiff], old: UnionTree, new: UnionTree, *, mtime: bool) -> Iterator[PathDiff]:
    """*found*, with a removed and an added file of the same content as one move.

    Of several files of one content, those of the same base name are paired first, then the others in the order of
    their paths; so swapping the images gives the same pairs. Empty files do not move, nor does one name of a file
    whose other name stays.
    """
    gone, come = _by_content(found, DiffKind.REMOVED), _by_content(found, DiffKind.ADDED)
    both = gone.keys() & come.keys()
    gone = _without_staying({content: gone[content] for content in both}, old)
    come = _without_staying({content: come[content] for content in both}, new)
    paired: set[int] = set()  # by identity, which costs a tenth of hashing kind and path
    for content in gone.keys() & come.keys():
        for removed, added in _pairs(gone[content], come[content]):
            paired.update((id(removed), id(added)))
            assert removed.old is not None  # noqa: S101 - a removed path has an old node; for the type checker
            assert added.new is not None  # noqa: S101 - an added path has a new node; for the type checker
            _, aspects = _difference(added.path, removed.old, added.new, mtime=mtime)
            yield PathDiff(added.path, DiffKind.MOVED, aspects, removed.old, added.new, removed.path)
    yield from (one for one in found if id(one) not in paired)


def _without_staying(groups: _Groups, tree: UnionTree) -> _Groups:
    """*groups* without the files of *tree* that have names outside their group."""
    names: dict[StoredAt, int] = {}
    for group in groups.values():
        for one in group:
            names[_stored_at(one)] = names.get(_stored_at(one), 0) + 1
    left = dict(names)
    pending = [tree.root] if names else []
    while pending:
        node = pending.pop()
        if node.children is not None:
            pending.extend(node.children.values())
        elif node.stored_at in left:
            left[node.stored_at] -= 1
    moving = {content: [one for one in group if not left[_stored_at(one)]] for content, group in groups.items()}
    return {content: group for content, group in moving.items() if group}


def _stored_at(one: PathDiff) -> StoredAt:
    node = one.old or one.new
    assert node is not None  # noqa: S101 - one of the images has the path; for the type checker
    assert node.stored_at is not None  # noqa: S101 - a file with content is stored; for the type checker
    return node.stored_at


def _by_content(found: list[PathDiff], kind: DiffKind) -> _Groups:
    result: _Groups = {}
    for one in found:
        node = one.old or one.new
        entry = node.entry if node else None
        if one.kind is kind and entry and entry.kind is EntryKind.FILE and entry.size and entry.content:
            result.setdefault((entry.size, entry.content), []).append(one)
    return result


def _pairs(gone: list[PathDiff], come: list[PathDiff]) -> Iterator[tuple[PathDiff, PathDiff]]:
    if len(gone) == len(come) == 1:
        yield gone[0], come[0]
        return
    left_gone, left_come = _by_name(gone), _by_name(come)
    for name in sorted(left_gone.keys() & left_come.keys()):
        count = min(len(left_gone[name]), len(left_come[name]))
        yield from zip(left_gone[name], left_come[name], strict=False)
        del left_gone[name][:count], left_come[name][:count]
    yield from zip(_in_order(left_gone.values()), _in_order(left_come.values()), strict=False)


def _by_name(found: list[PathDiff]) -> dict[str, list[PathDiff]]:
    result: dict[str, list[PathDiff]] = {}
    for one in sorted(found, key=attrgetter("path")):
        result.setdefault(one.path.rpartition("/")[2], []).append(one)
    return result


def _in_order(groups: Iterable[list[PathDiff]]) -> list[PathDiff]:
    return sorted((one for group in groups for one in group), key=attrgetter("path"))
