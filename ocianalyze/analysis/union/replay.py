"""Applying one layer to a tree: first its markers, then its other entries in tar order."""

from __future__ import annotations

from collections.abc import Sequence

from ocianalyze.analysis.union.allowance import Allowance
from ocianalyze.analysis.union.changes import Aspect, Change, ChangeKind
from ocianalyze.analysis.union.draft import Draft
from ocianalyze.analysis.union.ledger import Ledger
from ocianalyze.analysis.union.links import LOOP, lookup, resolve
from ocianalyze.analysis.union.markers import apply_markers
from ocianalyze.analysis.union.tree import FileNode, StoredAt, UnionTree, children_of
from ocianalyze.analysis.waste.waste import WasteCause
from ocianalyze.model.entry import Entry, EntryKind
from ocianalyze.model.finding import Level
from ocianalyze.model.notices import Notices

_FILE, _DIRECTORY, _HARDLINK = EntryKind.FILE, EntryKind.DIRECTORY, EntryKind.HARDLINK
_WHITEOUT, _OPAQUE = EntryKind.WHITEOUT, EntryKind.OPAQUE


def apply_layer(
    lower: UnionTree,
    layer: int,
    entries: Sequence[Entry],
    ledger: Ledger | None = None,
    notices: Notices | None = None,
    allowance: Allowance | None = None,
) -> tuple[UnionTree, tuple[Change, ...]]:
    """The tree that *entries*, those of *layer*, make of *lower*; and the changes.

    Dead copies go to *ledger*, oddities to *notices*, and costs beyond the entries count in *allowance*.
    """
    ledger, notices = ledger or Ledger(), notices or Notices()
    draft = Draft(lower, layer, ledger, notices, allowance or Allowance())
    apply_markers(draft, entries, notices)
    _Writer(draft, ledger, notices).write(entries)
    return draft.finish()


class _Writer:
    """Writes the entries of one layer that are no markers."""

    def __init__(self, draft: Draft, ledger: Ledger, notices: Notices) -> None:
        self._draft = draft
        self._layer = draft.layer
        self._ledger = ledger
        self._notices = notices
        # The path of a directory as entries spell it -> its children, to be written to.
        self._directories: dict[str, dict[str, FileNode]] = {}
        # The same spelling -> the path without links, with a slash at the end, if a link leads there.
        self._aliases: dict[str, str] = {}
        self._entries: Sequence[Entry] = ()
        self._hiding: dict[str, int] | None = None
        """Where the markers of the layer stand, by what they hide; made when a link asks for it."""
        self._forget()

    def write(self, entries: Sequence[Entry]) -> None:
        """Write *entries* in order. The hot loop: new names in a known directory are written in line."""
        self._entries = entries
        layer, changes = self._layer, self._draft.changes
        directories, aliases = self._directories, self._aliases
        added, none, new = ChangeKind.ADDED, Aspect.NONE, tuple.__new__  # half the price of a NamedTuple's own
        for ordinal, entry in enumerate(entries):
            path, kind = entry[0], entry[1]  # half the price of the attributes
            if kind is _WHITEOUT or kind is _OPAQUE:
                continue
            directory, _, name = path.rpartition("/")
            children = directories.get(directory)
            if children is None:
                children = self._open(directory)
            if aliases and directory in aliases:
                path = aliases[directory] + name
                self._draft.allowance.path(path)
            if (kind is not _FILE and kind is not _DIRECTORY) or name in children or path in changes or not name:
                self._write(entry, ordinal, path, children, name)
                continue
            node = FileNode(entry, new(StoredAt, (layer, ordinal)))
            children[name] = node
            changes[path] = new(Change, (layer, path, added, none, None, node))
            if kind is _DIRECTORY:
                node.children = {}
                self._draft.adopt(node)
                self._know(entry.path, path, node.children)

    def _write(self, entry: Entry, ordinal: int, path: str, children: dict[str, FileNode], name: str) -> None:
        """Write any *entry* to *path*, which is *name* among *children*, in the place of any node there."""
        old = children.get(name)
        link = self._target(entry, ordinal, path) if entry.kind is _HARDLINK else None
        node = link or self._node(entry, ordinal, path)
        if not path:
            self._write_root(node, is_new=link is None)
        elif node.children is not None and old is not None and old.children is not None:
            children[name] = node = self._draft.rewrite(path, old, node)
        else:
            self._draft.put(path, children, name, node)
            if link is not None:
                self._ledger.gain(link)
            if old is not None and old.children is not None:
                self._forget()  # the old directory, and directories below it, may be known
            elif self._aliases and EntryKind.SYMLINK in (node.kind, old and old.kind):
                self._forget()  # a known directory may be reached through that link
        if node.children is not None and path:
            self._know(entry.path, path, node.children)

    def _node(self, entry: Entry, ordinal: int, path: str) -> FileNode:
        """A node of its own for *entry*."""
        stored_at = StoredAt(self._layer, ordinal)
        if entry.kind is _DIRECTORY:
            node = FileNode(entry, stored_at, {})
            self._draft.adopt(node)
            return node
        if entry.kind is _HARDLINK:
            self._refused("hard-link-to-nothing", f"no file at {entry.link_target[:80]!r} to link to", path)
            entry = entry._replace(kind=EntryKind.FILE, size=0, link_target="")
        elif entry.kind is EntryKind.SYMLINK and not entry.link_target:
            self._refused("link-to-nothing", "a symbolic link without a target", path)
        elif entry.kind is EntryKind.CHAR_DEVICE and entry.device == (0, 0):
            self._note("device-whiteout", "a character device 0:0: OverlayFS's whiteout, not that of a layer", path)
        return FileNode(entry, stored_at)

    def _write_root(self, node: FileNode, *, is_new: bool) -> None:
        if node.children is not None:
            self._draft.rewrite("", self._draft.root, node)
            return
        self._refused("root-not-a-directory", "stored as the root, and is no directory; left out", "")
        if is_new:
            self._ledger.lose(node, "", WasteCause.REPLACED)

    def _target(self, entry: Entry, ordinal: int, path: str) -> FileNode | None:
        """The node that a hard link shares: the node at its target now, or the one there before this layer.

        Unpackers remove what is at *path* before they link, and find nothing that the layer removed before.
        """
        target = entry.link_target
        directory, _, name = target.rpartition("/")
        children = self._directories.get(directory)
        allowance = self._draft.allowance
        node = lookup(self._draft.root, target, allowance) if children is None else children.get(name)
        if node is None:
            node = lookup(self._draft.lower.root, target, allowance)
            if node is not None and node.children is None and self._is_gone(target, ordinal):
                message = f"links to {target[:80]!r}, which its own layer removed before"
                self._refused("hard-link-to-removed", message, path)
        if node is None or node.children is not None:
            return None
        if f"{target}/".startswith(f"{path}/"):
            self._refused("hard-link-to-itself", f"links to {target[:80]!r}, which it replaces", path)
        return node

    def _is_gone(self, target: str, ordinal: int) -> bool:
        """Whether an unpacker finds nothing at *target*, which the layer hides or replaces, when it is at *ordinal*."""
        if self._hiding is None:
            markers = [(entry[0], at) for at, entry in enumerate(self._entries) if entry[1] in (_WHITEOUT, _OPAQUE)]
            self._hiding = dict(reversed(markers))
        parts = target.split("/")
        hidden_at = [self._hiding.get("/".join(parts[:end])) for end in range(len(parts) + 1)]
        found = [at for at in hidden_at if at is not None]
        return not found or min(found) < ordinal

    def _open(self, directory: str) -> dict[str, FileNode]:
        """The children of *directory*, to be written to. Links are followed, missing directories are implied."""
        parent, _, name = directory.rpartition("/")
        siblings = self._directories.get(parent)
        child = siblings.get(name) if siblings is not None else None
        if siblings is not None and child is not None and child.children is not None:
            child = siblings[name] = self._draft.writable(child)
            children = children_of(child)
            path = self._aliases.get(parent, parent and parent + "/") + name
        else:
            place = resolve(self._draft.root, directory, self._draft.allowance)
            if place.looped:
                self._note("symlink-loop", LOOP, directory, Level.ERROR)
            children, path = self._draft.directory(place.names), "/".join(place.names)
        self._know(directory, path, children)
        return children

    def _know(self, spelling: str, path: str, children: dict[str, FileNode]) -> None:
        """Remember the directory at *path*, which entries spell *spelling*."""
        self._directories[spelling] = children
        if spelling != path:
            self._aliases[spelling] = path + "/" if path else ""

    def _forget(self) -> None:
        """Know no directory but the root."""
        self._directories.clear()
        self._aliases.clear()
        self._directories[""] = children_of(self._draft.root)

    def _note(self, code: str, message: str, path: str, level: Level = Level.WARNING) -> None:
        self._notices.add(code, message, level=level, layer=self._layer, path=path)

    def _refused(self, code: str, message: str, path: str) -> None:
        """Note what no runtime unpacks."""
        self._note(code, f"{message}; no runtime unpacks it", path, Level.ERROR)
