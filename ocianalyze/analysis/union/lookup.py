"""Finding a path in a merged view as a process inside the image would: links on the way are followed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

from ocianalyze.analysis.union.tree import FileNode, StoredAt, UnionTree
from ocianalyze.errors import UsageError
from ocianalyze.model.entry import EntryKind

_LINKS = 40
"""How many links one path may go through, as in Linux."""


class Found(NamedTuple):
    """Where a path leads."""

    path: str
    """Without links in its directories, spelled as `Entry.path`."""
    node: FileNode


def lookup(tree: UnionTree, path: str) -> Found:
    """What *path* (absolute, or relative to the root) names in *tree*.

    A link at its end is found itself, unless a slash follows. Raises UsageError, with the nearest names, for
    what is not there. `..` stops at the root, as it does in a container.
    """
    found = _follow(tree, path)
    if isinstance(found, _Missing):
        raise _missing(path, *found)
    return found


def find_path(tree: UnionTree, path: str) -> Found | None:
    """The same; None for what is not there, at no cost."""
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
    near = get_close_matches(name, directory.children, n=3, cutoff=0.5)
    prefix = where.rstrip("/") + "/"
    hint = f"did you mean {' or '.join(prefix + other for other in near)}?" if near else f"{where} has no {name}"
    return UsageError(f"no such path in the image: /{path.strip('/')}", hint=hint)


class Listed(NamedTuple):
    """One name in a listing."""

    path: str
    node: FileNode
    nlink: int
    """How many names in the whole tree show the same file; 1 for a directory."""


def listing(tree: UnionTree, path: str, *, recursive: bool) -> list[Listed]:
    """What is in the directory *path*, with *recursive* all below it; *path* itself when it is no directory.

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
    """How many names show each stored file."""
    return Counter(node.stored_at for _, node in tree.walk() if node.children is None)
