"""A union file system as a dictionary of paths: slow, plain, and written without a look at the real one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ocianalyze.model.entry import Entry, EntryKind

MARKERS = (EntryKind.WHITEOUT, EntryKind.OPAQUE)
LINKS_AT_MOST = 255


class Inode(NamedTuple):
    """What a path shows; `at` is (layer, ordinal), or None for an implied directory."""

    entry: Entry | None
    at: tuple[int, int] | None

    @property
    def kind(self) -> EntryKind:
        return self.entry.kind if self.entry else EntryKind.DIRECTORY


Paths = dict[str, Inode]


def join(directory: str, name: str) -> str:
    return f"{directory}/{name}" if directory else name


def parent(path: str) -> str:
    return path.rpartition("/")[0]


class LoopError(Exception):
    """Links that lead nowhere."""


def real_directory(tree: Paths, path: str) -> str:
    """*path* with every link in it followed inside the root."""
    done, todo, links = "", path.split("/"), 0
    while todo:
        name, *todo = todo
        if name == "..":
            done = parent(done)
        elif name not in ("", "."):
            here = join(done, name)
            inode = tree.get(here)
            if inode is not None and inode.entry is not None and inode.kind is EntryKind.SYMLINK:
                links += 1
                if links > LINKS_AT_MOST:
                    raise LoopError
                if inode.entry.link_target.startswith("/"):
                    done = ""
                todo = inode.entry.link_target.split("/") + todo
            else:
                done = here
    return done


def below(tree: Paths, path: str) -> list[str]:
    return [each for each in tree if each != path and (not path or each.startswith(path + "/"))]


def remove(tree: Paths, path: str) -> None:
    for each in below(tree, path):
        del tree[each]
    del tree[path]


def apply(lower: Paths, layer: int, entries: Sequence[Entry]) -> Paths:
    upper = dict(lower)
    hide(lower, upper, entries)
    for ordinal, entry in enumerate(entries):
        if entry.kind in MARKERS:
            continue
        if not entry.path:
            if entry.kind is EntryKind.DIRECTORY:
                upper[""] = Inode(entry, (layer, ordinal))
            continue
        path = make_parents(upper, entry.path)
        inode = find_inode(lower, upper, entry, (layer, ordinal))
        old = upper.get(path)
        if old is not None and not (old.kind is inode.kind is EntryKind.DIRECTORY):
            remove(upper, path)
        upper[path] = inode
    return upper


def hide(lower: Paths, upper: Paths, entries: Sequence[Entry]) -> None:
    new = {each.path for each in entries if each.kind in (EntryKind.DIRECTORY, EntryKind.WHITEOUT)}
    for entry in entries:
        if entry.kind in MARKERS:
            is_whiteout = entry.kind is EntryKind.WHITEOUT
            directory = lower_directory(lower, parent(entry.path) if is_whiteout else entry.path, new)
            if directory is None:
                continue
            targets = [join(directory, entry.path.rpartition("/")[2])] if is_whiteout else below(lower, directory)
            for target in targets:
                if target in upper:
                    remove(upper, target)


def lower_directory(lower: Paths, path: str, new: Iterable[str]) -> str | None:
    """Where the markers in *path* find what they hide."""
    parts = path.split("/")
    for end in range(1, len(parts) + 1):
        here = "/".join(parts[:end])
        try:
            inode = lower.get(join(real_directory(lower, parent(here)), parts[end - 1]))
        except LoopError:
            return None
        if inode is not None and inode.kind is EntryKind.SYMLINK and here in new:
            return None
    try:
        found = real_directory(lower, path)
    except LoopError:
        return None
    return found if not found or (found in lower and lower[found].kind is EntryKind.DIRECTORY) else None


def find_inode(lower: Paths, upper: Paths, entry: Entry, at: tuple[int, int]) -> Inode:
    if entry.kind is not EntryKind.HARDLINK:
        return Inode(entry, at)
    for tree in (upper, lower):
        try:
            directory = real_directory(tree, parent(entry.link_target))
        except LoopError:
            continue
        inode = tree.get(join(directory, entry.link_target.rpartition("/")[2]))
        if inode is not None and entry.link_target:
            if inode.kind is EntryKind.DIRECTORY:
                break
            return inode
    return Inode(entry._replace(kind=EntryKind.FILE, size=0, link_target=""), at)


def make_parents(upper: Paths, path: str) -> str:
    """*path* with its links followed, and with a directory above it."""
    parts = path.split("/")
    directory = ""
    for end in range(1, len(parts)):
        try:
            here = real_directory(upper, join(directory, parts[end - 1]))
        except LoopError:
            here = join(directory, parts[end - 1])
            remove(upper, here)
        steps = here.split("/") if here else []
        for depth in range(1, len(steps) + 1):
            step = "/".join(steps[:depth])
            if step in upper and upper[step].kind is not EntryKind.DIRECTORY:
                remove(upper, step)
            upper.setdefault(step, Inode(None, None))
        directory = here
    return join(directory, parts[-1])
