"""Looking up a path in a merged view as a process inside the image does: links on the way are followed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice
from typing import NamedTuple

from ocianalyze.analysis.union.tree import FileNode, StoredAt, UnionTree
from ocianalyze.errors import UsageError
from ocianalyze.model.entry import EntryKind

_LINKS = 40
"""How many links one path may go through, as in Linux."""
_MOST_COMPARED = 10_000
"""Names of a directory that a missing name is compared with, in about 0.2 s."""


class Found(NamedTuple):
    """The node that a path leads to."""

    path: str
    """The path without links in its directories, spelled as `Entry.path`."""
    node: FileNode


def lookup(tree: UnionTree, path: str) -> Found:
    """The node that *path* (absolute, or relative to the root) names in *tree*.

    A link at the end of *path* is not followed, unless a slash follows. `..` stops at the root, as in a container.
    Raises UsageError, with similar names, when there is no such node.
    """
    found = _follow(tree, path)
    if isinstance(found, _Missing):
        raise _missing(path, *found)
    return found


def find_path(tree: UnionTree, path: str) -> Found | None:
    """The node that `lookup` finds; None when there is no such node, without a search for similar names."""
    try:
        found = _follow(tree, path)
    except UsageError:
        return None
    return found if isinstance(found, Found) else None


class _Missing(NamedTuple):
    names: list[str]
    name: str
    directory: FileNode


def _follow(tree: UnionTree, path: str) -> Found | _Missing:
    todo = [part for part in reversed(path.split("/")) if part not in ("", ".")]
    follow_last = path.endswith("/")
    names: list[str] = []
    nodes = [tree.root]
    links = 0
    while todo:
        name = todo.pop()
        if name == "..":
            del names[-1:], nodes[max(1, len(nodes) - 1) :]
            continue
        node = (nodes[-1].children or {}).get(name)
        if node is None:
            return _Missing(names, name, nodes[-1])
        if node.kind is EntryKind.SYMLINK and node.entry and (todo or follow_last):
            links += 1
            if links > _LINKS:
                raise UsageError(f"/{path.strip('/')}: too many levels of symbolic links")
            target = node.entry.link_target
            if target.startswith("/"):
                names, nodes = [], [tree.root]
            todo += [part for part in reversed(target.split("/")) if part not in ("", ".")]
            continue
        names.append(name)
        nodes.append(node)
    return Found("/".join(names), nodes[-1])


def _missing(path: str, names: list[str], name: str, directory: FileNode) -> UsageError:
    where = "/" + "/".join(names)
    if directory.children is None:
        return UsageError(f"no such path in the image: /{path.strip('/')}", hint=f"{where} is not a directory")
    near = get_close_matches(name, islice(directory.children, _MOST_COMPARED), n=3, cutoff=0.5)
    prefix = where.rstrip("/") + "/"
    hint = f"did you mean {' or '.join(prefix + other for other in near)}?" if near else f"{where} has no {name}"
    return UsageError(f"no such path in the image: /{path.strip('/')}", hint=hint)


class Listed(NamedTuple):
    """One name in a listing."""

    path: str
    node: FileNode
    nlink: int
    """The number of names of the same file in the whole tree; 1 for a directory."""


def listing(tree: UnionTree, path: str, *, recursive: bool) -> list[Listed]:
    """The children of the directory *path*, with *recursive* all nodes below; *path* itself when it is no directory.

    Parents come first and siblings by name, as in `UnionTree.walk`.
    """
    found = lookup(tree, path)
    names = name_counts(tree)
    prefix = f"{found.path}/" if found.path else ""
    nodes: Iterable[tuple[str, FileNode]]
    if found.node.children is None:
        prefix, nodes = "", [found]
    elif recursive:
        nodes = UnionTree(found.node).walk()
    else:
        nodes = sorted(found.node.children.items())
    return [Listed(prefix + name, node, names[node.stored_at] if node.children is None else 1) for name, node in nodes]


def name_counts(tree: UnionTree) -> Counter[StoredAt | None]:
    """The number of names of each stored file."""
    return Counter(node.stored_at for _, node in tree.walk() if node.children is None)
