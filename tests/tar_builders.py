"""Layers and tar members of any dialect, built in memory: raw headers byte by byte, or stdlib tarfile's."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping, Sequence
from typing import Any

BLOCK = 512
END = bytes(2 * BLOCK)
USTAR = b"ustar\x0000"
GNU = b"ustar  \0"
V7 = bytes(8)


def octal(value: int, width: int) -> bytes:
    return b"%0*o\0" % (width - 1, value)


def base256(value: int, width: int) -> bytes:
    """GNU's binary number, for what octal digits cannot say."""
    marked = value if value < 0 else value | 0x80 << 8 * (width - 1)
    return (marked % (1 << 8 * width)).to_bytes(width, "big")


def header(
    name: bytes = b"f",
    *,
    kind: bytes = b"0",
    size: int | bytes = 0,
    mode: int | bytes = 0o644,
    uid: int | bytes = 0,
    gid: int | bytes = 0,
    mtime: int | bytes = 0,
    link: bytes = b"",
    magic: bytes = USTAR,
    uname: bytes = b"",
    gname: bytes = b"",
    device: tuple[int, int] = (0, 0),
    prefix: bytes = b"",
    checksum: bytes | None = None,
    over: Mapping[int, bytes] | None = None,
) -> bytes:
    """One header; a number given as bytes stands as it is, and *over* writes bytes at any place."""

    def number(value: int | bytes, width: int) -> bytes:
        return value.ljust(width, b"\0") if isinstance(value, bytes) else octal(value, width)

    owner = number(mode, 8) + number(uid, 8) + number(gid, 8)
    devices = b"".join(octal(part, 8) for part in device) if magic != V7 else bytes(16)
    block = bytearray(name.ljust(100, b"\0") + owner + number(size, 12) + number(mtime, 12) + b" " * 8 + kind)
    block += link.ljust(100, b"\0") + magic + uname.ljust(32, b"\0") + gname.ljust(32, b"\0") + devices
    block += prefix.ljust(167, b"\0")
    for at, data in (over or {}).items():
        block[at : at + len(data)] = data
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block) if checksum is None else checksum
    assert len(block) == BLOCK
    return bytes(block)


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % BLOCK)


def member(name: bytes, data: bytes = b"", **fields: Any) -> bytes:
    return header(name, **{"size": len(data), **fields}) + padded(data)


def pax(records: Sequence[tuple[bytes, bytes]] | Mapping[bytes, bytes], kind: bytes = b"x") -> bytes:
    """A PAX extended header of *records*, in order; *kind* `g` for a global one."""
    pairs = list(records.items()) if isinstance(records, Mapping) else records
    return member(b"PaxHeaders/f", b"".join(pax_record(key, value) for key, value in pairs), kind=kind)


def pax_record(key: bytes, value: bytes) -> bytes:
    rest = b" %s=%s\n" % (key, value)
    length = len(rest)
    while len(str(length)) + len(rest) != length:
        length = len(str(length)) + len(rest)
    return b"%d%s" % (length, rest)


def long_name(name: bytes, kind: bytes = b"L") -> bytes:
    """GNU's long name (`L`) or long link target (`K`) for the next member."""
    return member(b"././@LongLink", name + b"\0", kind=kind, magic=GNU)


def old_sparse(name: bytes, runs: Sequence[tuple[int, int]], size: int, data: bytes, **fields: Any) -> bytes:
    """A member in GNU's own sparse format, with as many extension blocks as *runs* need."""

    def slots(part: Sequence[tuple[int, int]], width: int) -> bytes:
        return b"".join(octal(at, 12) + octal(length, 12) for at, length in part).ljust(24 * width, b"\0")

    blocks = [runs[at : at + 21] for at in range(4, len(runs), 21)]
    over = {386: slots(runs[:4], 4), 482: bytes([bool(blocks)]), 483: octal(size, 12)} | fields.pop("over", {})
    head = header(name, kind=b"S", size=len(data), magic=GNU, over=over, **fields)
    tails = [slots(part, 21) + bytes([part is not blocks[-1]]) for part in blocks]
    return head + b"".join(padded(tail) for tail in tails) + padded(data)


def pax_sparse(name: bytes, runs: Sequence[tuple[int, int]], size: int, data: bytes, **fields: Any) -> bytes:
    """A member in PAX sparse format 1.0, which runtimes read."""
    numbers = [len(runs), *(number for run in runs for number in run)]
    records = {b"GNU.sparse.major": b"1", b"GNU.sparse.minor": b"0"}
    records |= {b"GNU.sparse.realsize": b"%d" % size, b"GNU.sparse.name": name}
    text = b"".join(b"%d\n" % number for number in numbers)
    return pax(records) + member(b"GNUSparseFile.0/s", padded(text) + data, **fields)


def tar(*members: bytes) -> bytes:
    return b"".join(members) + END


def layer_tar(*files: tarfile.TarInfo | tuple[str, bytes], format: int = tarfile.PAX_FORMAT) -> bytes:  # noqa: A002
    """An ordinary layer by stdlib tarfile: (name, content) pairs, and TarInfo for the rest."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=format, errors="surrogateescape") as archive:
        for one in files:
            info = one if isinstance(one, tarfile.TarInfo) else tarfile.TarInfo(one[0])
            data = b"" if isinstance(one, tarfile.TarInfo) else one[1]
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def info(name: str, kind: bytes = tarfile.REGTYPE, **fields: Any) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type = kind
    for key, value in fields.items():
        setattr(made, key, value)
    return made
