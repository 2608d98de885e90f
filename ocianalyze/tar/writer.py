"""Tar headers, written as GNU tar, Go and Python read them: ustar, with PAX records for what ustar cannot say.

The same entry gives the same bytes. A sparse file is stored in PAX format 1.0, an extended attribute as
`SCHILY.xattr.NAME`, a name byte for byte as the image has it.
"""

from __future__ import annotations

from ocianalyze.model.entry import Entry, EntryKind
from ocianalyze.model.placed import Placed
from ocianalyze.tar.header import BLOCK
from ocianalyze.tar.numbers import NANO

END = bytes(2 * BLOCK)
"""What a tar ends with."""
_TYPES = {
    EntryKind.FILE: b"0",
    EntryKind.HARDLINK: b"1",
    EntryKind.SYMLINK: b"2",
    EntryKind.CHAR_DEVICE: b"3",
    EntryKind.BLOCK_DEVICE: b"4",
    EntryKind.DIRECTORY: b"5",
    EntryKind.FIFO: b"6",
}
_NAME, _OWNER_NAME = 100, 31
_Records = dict[bytes, bytes]


def padding(size: int) -> int:
    """Bytes from *size* to the end of its last block."""
    return -size % BLOCK


def file_header(name: str, size: int) -> bytes:
    """The header of a plain file that belongs to nobody: a blob or a document of an archive."""
    entry = Entry(name, EntryKind.FILE, size, 0o644, 0, 0, 0)
    return member_header(Placed(name, entry, None))


def member_header(one: Placed, *, link_to: str | None = None) -> bytes:
    """Everything in front of the content of *one*; with *link_to*, of a hard link to that path."""
    entry = one.entry
    kind = EntryKind.HARDLINK if link_to is not None else entry.kind
    name = _bytes(one.path) or b"."
    if kind is EntryKind.DIRECTORY:
        name += b"/"
    link = _bytes(entry.link_target if link_to is None else link_to)
    sparse_map = b""
    size = entry.size if kind is EntryKind.FILE else 0
    records: _Records = {}
    _say(records, b"linkpath", link)
    if kind is EntryKind.FILE and entry.sparse is not None:
        records |= {b"GNU.sparse.major": b"1", b"GNU.sparse.minor": b"0"}
        records |= {b"GNU.sparse.name": name, b"GNU.sparse.realsize": b"%d" % size}
        sparse_map = _sparse_map(entry)
        size = len(sparse_map) + sum(length for _, length in entry.sparse)
        name = b"GNUSparseFile.0/" + name.rpartition(b"/")[2][:80]
    _say(records, b"path", name)
    if kind is not EntryKind.HARDLINK:
        records |= _xattrs(entry)
    body = _header(name, _TYPES[kind], entry, size, link, records)
    extended = b"".join(_record(key, value) for key, value in sorted(records.items()))
    if not extended:
        return body + sparse_map
    label = b"PaxHeaders/" + name.rstrip(b"/").rpartition(b"/")[2][:80]
    nobody = Entry("", EntryKind.FILE, 0, 0o644, 0, 0, 0)
    head = _header(label, b"x", nobody, len(extended), b"", {})
    return head + extended + bytes(padding(len(extended))) + body + sparse_map


def _header(name: bytes, kind: bytes, entry: Entry, size: int, link: bytes, records: _Records) -> bytes:
    """One block; numbers and names that do not fit are put into *records*."""
    seconds, rest = divmod(entry.mtime_ns, NANO)
    if rest or not 0 <= seconds < 1 << 33:
        records[b"mtime"] = _time(entry.mtime_ns)
    user, group = _owner_name(records, b"uname", entry.uname), _owner_name(records, b"gname", entry.gname)
    major, minor = entry.device or (0, 0)
    block = bytearray(
        name[:_NAME].ljust(_NAME, b"\0")
        + _number(entry.mode, 8)
        + _stated(records, b"uid", entry.uid, 8)
        + _stated(records, b"gid", entry.gid, 8)
        + _stated(records, b"size", size, 12)
        + _number(min(max(seconds, 0), (1 << 33) - 1), 12)
        + b" " * 8
        + kind
        + link[:_NAME].ljust(_NAME, b"\0")
        + b"ustar\x0000"
        + user.ljust(32, b"\0")
        + group.ljust(32, b"\0")
        + _number(major, 8)
        + _number(minor, 8)
    )
    block += bytes(BLOCK - len(block))
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def _say(records: _Records, key: bytes, name: bytes) -> None:
    """Put *name* into *records* if the header has no room for it."""
    if len(name) > _NAME:
        records[key] = name


def _owner_name(records: _Records, key: bytes, name: str) -> bytes:
    data = _bytes(name)
    if len(data) <= _OWNER_NAME:
        return data
    records[key] = data
    return b""


def _stated(records: _Records, key: bytes, value: int, width: int) -> bytes:
    """A number in octal; what does not fit is stated as a PAX record."""
    if 0 <= value < 8 ** (width - 1):
        return _number(value, width)
    records[key] = b"%d" % value
    return _number(0, width)


def _number(value: int, width: int) -> bytes:
    """A number in octal, or else in GNU's binary form."""
    if 0 <= value < 8 ** (width - 1):
        return b"%0*o\0" % (width - 1, value)
    return ((value if value < 0 else value | 0x80 << 8 * (width - 1)) % (1 << 8 * width)).to_bytes(width, "big")


def _xattrs(entry: Entry) -> _Records:
    """Records of the extended attributes; no name has `=`, which ends a record's key, or NUL, which Go refuses."""
    return {
        b"SCHILY.xattr." + _bytes(name): value for name, value in entry.xattrs if "=" not in name and "\0" not in name
    }


def _record(key: bytes, value: bytes) -> bytes:
    """`LENGTH KEY=VALUE`, where the length counts itself."""
    rest = b" %s=%s\n" % (key, value)
    length = len(rest)
    while len(b"%d" % length) + len(rest) != length:
        length = len(b"%d" % length) + len(rest)
    return b"%d%s" % (length, rest)


def _time(nanoseconds: int) -> bytes:
    whole, rest = divmod(abs(nanoseconds), NANO)
    sign = b"-" if nanoseconds < 0 else b""
    return sign + (b"%d.%09d" % (whole, rest)).rstrip(b"0").rstrip(b".")


def _sparse_map(entry: Entry) -> bytes:
    """The runs in decimal, a number a line, padded to a block. A run without bytes says where a last hole ends."""
    runs = list(entry.sparse or ())
    if not runs or sum(runs[-1]) < entry.size:
        runs.append((entry.size, 0))
    text = b"%d\n" % len(runs) + b"".join(b"%d\n%d\n" % run for run in runs)
    return text + bytes(padding(len(text)))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
