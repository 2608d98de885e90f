"""The upper tree while one layer is being applied: the directories of its own, and the changes so far."""

from __future__ import annotations

from operator import itemgetter

from ocianalyze.analysis.union.allowance import Allowance
from ocianalyze.analysis.union.changes import Aspect, Change, ChangeKind, compare, same_content
from ocianalyze.analysis.union.ledger import Ledger
from ocianalyze.analysis.union.tree import FileNode, UnionTree, children_of
from ocianalyze.analysis.waste.waste import WasteCause
from ocianalyze.model.entry import EntryKind
from ocianalyze.model.finding import Level
from ocianalyze.model.notices import Notices

# Looking up a member of an enum costs as much as all other work here.
_FILE, _NONE = EntryKind.FILE, Aspect.NONE
_ADDED, _REMOVED = ChangeKind.ADDED, ChangeKind.REMOVED
_METADATA_ONLY, _OVERWRITTEN = WasteCause.METADATA_ONLY, WasteCause.OVERWRITTEN


class Draft:
    """A tree on top of `lower` that shares with it all directories that are not written to.

    Paths are without links. The nodes of `lower` are never changed.
    """

    __slots__ = ("_ledger", "_notices", "_own", "allowance", "changes", "layer", "lower", "root")

    def __init__(self, lower: UnionTree, layer: int, ledger: Ledger, notices: Notices, allowance: Allowance) -> None:
        self.allowance = allowance
        self.lower = lower
        self.layer = layer
        self.changes: dict[str, Change] = {}
        """Changes by path. A path that the layer makes and undoes again has none."""
        self._ledger = ledger
        self._notices = notices
        # The directories that may be written to, by id: the node of `lower` that each is a copy of.
        self._own: dict[int, FileNode | None] = {}
        self.root = self.writable(lower.root)

    def writable(self, node: FileNode) -> FileNode:
        """*node*, a directory, or a copy of it that may be written to."""
        if id(node) in self._own:
            return node
        children = children_of(node)
        self.allowance.copied(len(children))
        copy = FileNode(node.entry, node.stored_at, dict(children))
        self._own[id(copy)] = node
        return copy

    def adopt(self, node: FileNode) -> None:
        """Let *node*, a directory made in this layer, be written to."""
        self._own[id(node)] = None

    def directory(self, names: list[str]) -> dict[str, FileNode]:
        """The children, to be written to, of the directory at *names*.

        Missing directories are implied, and a node in the way that is no directory is replaced.
        """
        children = children_of(self.root)
        path = ""
        for depth, name in enumerate(names):
            child = children.get(name)
            if child is not None and child.children is not None:
                if id(child) not in self._own:
                    child = children[name] = self.writable(child)
            else:
                path = f"{path}/{name}" if path else "/".join(names[: depth + 1])
                self.allowance.directory(path)
                if child is not None and child.kind is not EntryKind.SYMLINK:  # of links, it is said that they loop
                    message = "is no directory, and this layer has an entry below it; no runtime unpacks it"
                    self._notices.add("entry-below-file", message, level=Level.ERROR, layer=self.layer, path=path)
                child = FileNode(None, None, {})
                self.adopt(child)
                self.put(path, children, name, child)
            children = children_of(child)
        return children

    def present(self, names: list[str]) -> dict[str, FileNode] | None:
        """The children, to be written to, of the directory at *names*; None if there is no such directory now."""
        node = self.root
        for name in names:
            siblings = children_of(node)
            child = siblings.get(name)
            if child is None or child.children is None:
                return None
            node = siblings[name] = self.writable(child)
        return node.children

    def put(self, path: str, children: dict[str, FileNode], name: str, node: FileNode) -> None:
        """Put *node* at *path*, which is *name* among *children*, in the place of any node there."""
        change = self.changes.get(path)
        old = children.get(name)
        if change is not None:
            before = change.before
            if old is not None and old.entry is not None and node.entry is not None:
                self._notices.add(
                    "duplicate-entry",
                    "stored more than once in this layer; the last one counts",
                    layer=self.layer,
                    path=path,
                )
        else:
            before = None if old is None else self._below(old)
        if old is not None:
            self._displace(path, old, node)
        children[name] = node
        if before is None:
            self.changes[path] = Change(self.layer, path, _ADDED, _NONE, None, node)
        else:
            self.changes[path] = compare(self.layer, path, before, node)

    def rewrite(self, path: str, old: FileNode, node: FileNode) -> FileNode:
        """The directory *old* at *path*, to be written to, with the header of *node* and its own children."""
        change = self.changes.get(path)
        before = change.before if change is not None else self._below(old)
        new = self.writable(old)
        new.entry, new.stored_at = node.entry, node.stored_at
        # The root always exists; its header is added by the first layer that stores one.
        if before is None or (before.entry is None and not path):
            self.changes[path] = Change(self.layer, path, _ADDED, _NONE, None, new)
        else:
            self.changes[path] = compare(self.layer, path, before, new)
        return new

    def remove(self, path: str, node: FileNode, cause: WasteCause) -> None:
        """Note that *node* at *path*, and all nodes below it, are gone from the tree."""
        pending = [(path, node)]
        while pending:
            path, node = pending.pop()
            change = self.changes.get(path)
            before = self._below(node) if change is None else change.before
            if before is None:
                del self.changes[path]
            else:
                self.changes[path] = Change(self.layer, path, _REMOVED, _NONE, before, None)
            if node.children is None:
                self._ledger.lose(node, path, cause)
            elif node.children:
                prefix = path + "/"
                pending.extend([(prefix + name, child) for name, child in node.children.items()])

    def finish(self) -> tuple[UnionTree, tuple[Change, ...]]:
        """The tree, and its changes sorted by path as strings compare (by code point)."""
        self._ledger.close_layer(self.layer)
        return UnionTree(self.root), tuple(sorted(self.changes.values(), key=itemgetter(1)))

    def _below(self, node: FileNode) -> FileNode:
        """The node of `lower` that *node* is or is a copy of."""
        return (node if node.children is None else self._own.get(id(node))) or node

    def _displace(self, path: str, old: FileNode, new: FileNode) -> None:
        """Note that *old* at *path* is gone, and *new* in its place."""
        if old.children is not None:
            for name, child in old.children.items():
                self.remove(f"{path}/{name}", child, WasteCause.REPLACED)
        elif old.entry is not None and old.entry.kind is _FILE:
            self._ledger.lose(old, path, self._cause(old, new))

    def _cause(self, old: FileNode, new: FileNode) -> WasteCause:
        """The cause of the death of the file *old*, when *new* takes its place."""
        if new.entry is None or old.entry is None:
            return WasteCause.REPLACED
        if old.stored_at is not None and old.stored_at.layer == self.layer:
            return WasteCause.DUPLICATE_ENTRY
        if new.entry.kind is not _FILE:
            return WasteCause.REPLACED
        return _METADATA_ONLY if same_content(old.entry, new.entry) else _OVERWRITTEN
