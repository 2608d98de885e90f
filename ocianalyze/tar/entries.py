"""What becomes of a member: an entry with its content digest, or a notice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Protocol

from blake3 import blake3

from ocianalyze.errors import CorruptLayerError, UsageError
from ocianalyze.model.entry import Entry, EntryKind, clean_path
from ocianalyze.model.limits import ReadLimits
from ocianalyze.model.notices import Notices
from ocianalyze.model.whiteout import Marker, hidden_name, is_inside_aufs, marker
from ocianalyze.tar.budget import Account
from ocianalyze.tar.header import BLOCK
from ocianalyze.tar.member import Member
from ocianalyze.tar.remarks import REFUSED, Remark
from ocianalyze.tar.sparse import Filler, MapReader, Sink, check_runs, hole_bytes

_KINDS = {
    b"0": EntryKind.FILE,
    b"1": EntryKind.HARDLINK,
    b"2": EntryKind.SYMLINK,
    b"3": EntryKind.CHAR_DEVICE,
    b"4": EntryKind.BLOCK_DEVICE,
    b"5": EntryKind.DIRECTORY,
    b"6": EntryKind.FIFO,
}
_ODD_KINDS = {
    b"7": (EntryKind.FILE, "a contiguous file"),
    b"S": (EntryKind.FILE, "a sparse file in GNU's old form"),
    b"D": (EntryKind.DIRECTORY, "a directory of GNU tar's incremental archives"),
    b"V": (None, "a volume label of GNU tar"),
    b"M": (None, "the rest of a file from another volume"),
    b"N": (None, "an old list of long names"),
    b"X": (None, "an extended header of Solaris"),
}
"""What no runtime unpacks, whatever it is read as here."""
_DEVICES = (EntryKind.CHAR_DEVICE, EntryKind.BLOCK_DEVICE)


class Hasher(Sink, Protocol):
    """What `hashlib` and `blake3` have in common."""

    def digest(self) -> bytes:
        """The digest of what was taken so far."""


def content_hasher(algorithm: str) -> Callable[..., Hasher]:
    """The constructor of the hash that `Entry.content` is made with."""
    if algorithm not in ("blake3", "sha256"):
        raise UsageError(f"{algorithm!r} is no digest of contents", hint="expected blake3 or sha256")
    return blake3 if algorithm == "blake3" else hashlib.sha256


class Body:
    """Data that belongs to a member and is still to come: how much, where it goes, and what follows."""

    __slots__ = ("done", "left", "padding", "sink")

    def __init__(
        self,
        size: int,
        sink: Callable[[bytes | memoryview], object] | None = None,
        done: Callable[[], Body | None] | None = None,
    ) -> None:
        self.left = size
        self.padding = -size % BLOCK
        self.sink = sink
        self.done = done
        """Called after the last byte; may ask for more."""


class EntryMaker:
    """Turns members into entries. A method that returns a Body needs that data before it is done."""

    def __init__(self, limits: ReadLimits, budget: Account, algorithm: str) -> None:
        self.entries: list[Entry] = []
        self.notices = Notices()
        self.directories: dict[str, str] = {"": ""}
        """The directory part of a name as written -> as `Entry.path` spells it."""
        self.hasher = content_hasher(algorithm)
        self._limits = limits
        self._budget = budget
        self._holes_left = limits.inflated
        self._aufs: dict[str, Entry | str] = {}
        """Files that AUFS keeps to be linked to; instead of one that was linked to, the path of that first link."""

    def take(self, member: Member, data_at: int) -> Body | None:
        """Begin *member*, whose data starts at *data_at* in the tar."""
        self._budget.spend((len(member.name) + len(member.link_name) >> 8) + len(member.xattrs))
        kind = _KINDS.get(member.kind) or self._odd_kind(member)
        if kind is not EntryKind.FILE:
            if kind is not None:
                self._record(member, kind, data_at)
            return Body(member.size) if member.size else None
        if member.sparse_map:
            return self._read_map(member, data_at)
        return self._content(member, data_at)

    def remark(self, remarks: list[Remark], name: bytes | None) -> None:
        """Add *remarks* as notices on the member *name*, and clear them; None when they belong to no member."""
        path = None if name is None else clean_path(_decode(name)).path
        for one in remarks:
            self.notices.take(one.finding("the layer", path))
        remarks.clear()

    def _odd_kind(self, member: Member) -> EntryKind | None:
        """What a member that no runtime unpacks is read as; None when it is skipped."""
        kind, what = _ODD_KINDS.get(member.kind, (EntryKind.FILE, "unknown"))
        read = f"read as a {'directory' if kind is EntryKind.DIRECTORY else 'regular file'}" if kind else "skipped"
        words = f"tar type {member.kind!r} ({what}) is {read}"
        self.remark([Remark(REFUSED, words)], member.name)
        return kind

    def _content(self, member: Member, data_at: int) -> Body | None:
        """The body of a file: digested as it passes, with the holes of a sparse file filled."""
        size = member.size if member.real_size is None else member.real_size
        hasher = self.hasher()
        filler = None
        if member.runs is not None:
            self._budget.spend(len(member.runs) >> 2)
            if not check_runs(member.runs, size, member.size):
                unused = Remark(REFUSED, "the map of a sparse file leaves out some of what is stored")
                self.remark([unused], member.name)
            holes = hole_bytes(member.runs, size)
            if holes > self._holes_left:
                return self._undigested(member, size, data_at)
            self._holes_left -= holes
            filler = Filler(member.runs, size, hasher)

        def done() -> None:
            if filler:
                filler.finish()
            self._record(member, EntryKind.FILE, data_at, size, hasher.digest())

        if not member.size:
            done()
            return None
        return Body(member.size, (filler or hasher).update, done)

    def _undigested(self, member: Member, size: int, data_at: int) -> Body | None:
        self.notices.add(
            "content-not-digested",
            f"a sparse file of {size:,} bytes has more holes than are digested; written again, it counts as modified",
            path=_decode(member.name),
        )
        self._record(member, EntryKind.FILE, data_at, size)
        return Body(member.size) if member.size else None

    def _read_map(self, member: Member, data_at: int) -> Body:
        """Read the map at the start of the data, a block at a time; the content follows it."""
        reader = MapReader(self._limits.header)
        block = bytearray()
        read = 0

        def more() -> Body | None:
            nonlocal read
            runs = reader.feed(bytes(block))
            block.clear()
            read += BLOCK
            if runs is not None:
                rest = member._replace(size=member.size - read, runs=runs, sparse_map=False)
                return self._content(rest, data_at + read)
            return next_block()

        def next_block() -> Body:
            if read + BLOCK > member.size:
                raise CorruptLayerError("a sparse map is longer than its member")
            return Body(BLOCK, block.extend, more)

        return next_block()

    def _record(
        self, member: Member, kind: EntryKind, data_at: int, size: int = 0, content: bytes | None = None
    ) -> None:
        """Append the entry of *member*, or note what it is instead of one."""
        name = _decode(member.name)
        path, clamped = clean_path(name)
        if clamped:
            self.notices.add("path-clamped", "a name with '..' was kept inside the image's root", path=path)
        directory = name.rstrip("/").rpartition("/")[0]
        inside_aufs = is_inside_aufs(path)
        if not clamped and not inside_aufs:  # what is in there always comes here
            self.directories.setdefault(directory, clean_path(directory).path)
        head, _, last = path.rpartition("/")
        what = None if inside_aufs else marker(last)
        if what is not None:
            self._mark(what, head, last, member)
            return
        is_file = kind is EntryKind.FILE
        entry = Entry(
            path=path,
            kind=kind,
            size=size,
            mode=member.mode & 0o7777,
            uid=member.uid,
            gid=member.gid,
            mtime_ns=member.mtime_ns,
            link_target=self._target(member, kind, path),
            content=content,
            xattrs=member.xattrs,
            device=member.device if kind in _DEVICES else None,
            uname=member.uname,
            gname=member.gname,
            offset=data_at if is_file else 0,
            sparse=member.runs if is_file else None,
        )
        if inside_aufs:
            self._keep_aside(entry)
        else:
            self.entries.append(self._linked_to_aufs(entry) if self._aufs else entry)

    def _keep_aside(self, entry: Entry) -> None:
        """Leave *entry* out, which is AUFS's own. Files of other names may be hard links to it."""
        self.notices.add("aufs-marker", "a leftover of AUFS is ignored", path=entry.path)
        if entry.kind is EntryKind.FILE:
            self._budget.spend(1)
            self._aufs[entry.path] = entry

    def _linked_to_aufs(self, entry: Entry) -> Entry:
        """*entry*, or if it is a link to what AUFS keeps, that file or a link to the first that was one."""
        found = self._aufs.get(entry.link_target) if entry.kind is EntryKind.HARDLINK else None
        if isinstance(found, Entry):
            self._aufs[entry.link_target] = entry.path
            return found._replace(path=entry.path)
        return entry._replace(link_target=found) if found else entry

    def _target(self, member: Member, kind: EntryKind, path: str) -> str:
        if kind is EntryKind.SYMLINK:
            return _decode(member.link_name)
        if kind is not EntryKind.HARDLINK:
            return ""
        target, clamped = clean_path(_decode(member.link_name))
        if clamped:
            self.notices.add("path-clamped", "a hard link to a name with '..' was kept inside the root", path=path)
        return target

    def _mark(self, what: Marker, head: str, last: str, member: Member) -> None:
        prefix = f"{head}/" if head else ""
        if what is Marker.OPAQUE:
            path, kind = head, EntryKind.OPAQUE
        elif what is Marker.WHITEOUT:
            path, kind = prefix + hidden_name(last), EntryKind.WHITEOUT
        else:
            words = {Marker.AUFS: "a leftover of AUFS", Marker.EMPTY: "a whiteout that names nothing"}[what]
            self.notices.add(f"{what.value}-marker", f"{words} is ignored", path=prefix + last)
            return
        self.entries.append(Entry(path, kind, 0, member.mode & 0o7777, member.uid, member.gid, member.mtime_ns))


def _decode(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")
