"""Layers whose headers say odd things, with checksums that are right, and whose entries meet in odd ways."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.tar_builders import BLOCK, END, base256, long_name, member, old_sparse, pax, pax_sparse

NAMES = (b"a", b"b", b"c", b"d", b"-x", "é".encode(), b"etc", b"bin")
ODD_NAMES = (
    b"", b".", b"..", b"/", b"../../x", b"/abs", b"a//b", b"./a/../b", b"\xff\xfe", b"x\ny", b"x\\", b"\x1b[31mred",
    b"::error::x", b"##[error]x", b"=1+1", b"$(touch PWNED)", b"`x`", b"a b", b"'", b'"', b"<script>", b"]]>", b"|",
    b"@name", b"www.a.b",
    "\u202egnp".encode(), b".wh.", b".wh..wh..opq", b".wh..wh.aufs", b".wh..wh.plnk", b".wh...",
    b"n" * 300,
    b"/".join([b"d"] * 60), b"etc/passwd", b".env", b"id_rsa", b"a.pyc",
)  # fmt: skip
NUMBERS = (
    b"", b"-1", b"7777777", b"77777777777", b"9", b" 7 ", b"0o7", b"\xff" * 12, base256(-1, 12), base256(2**63, 12),
    base256(10**20, 12), base256(2**40, 8), b"00000000000\0", b"1 2", b"\x80",
)  # fmt: skip
RECORDS = (
    b"path", b"linkpath", b"size", b"uid", b"gid", b"mtime", b"uname", b"SCHILY.xattr.user.a",
    b"SCHILY.xattr.security.capability",
    b"GNU.sparse.major", b"GNU.sparse.minor", b"GNU.sparse.realsize", b"GNU.sparse.size", b"GNU.sparse.map",
    b"GNU.sparse.name",
    b"GNU.sparse.numblocks", b"GNU.sparse.offset", b"hdrcharset", b"comment", b"", b"LIBARCHIVE.xattr.user.b",
)  # fmt: skip
VALUES = (
    b"", b"0", b"1", b"-1", b"1.5", b"1e9", b"999999999999999999999", b"0,5,100,5", b"0,0", b"5", b"\xff", b"../x",
    b"a\0b", b"BINARY",
    b"x" * 5000, b"-9223372036854775808", b"9223372036854775807.999999999",
)  # fmt: skip
_FIELDS = (
    (0, 100),
    (100, 8),
    (108, 8),
    (116, 8),
    (124, 12),
    (136, 12),
    (156, 1),
    (157, 100),
    (257, 8),
    (329, 16),
    (345, 155),
)
"""Name, mode, uid, gid, size, mtime, type, link, magic, device, prefix: place and width."""
_KINDS = b"0\x00123456789gxLKSDVMNAX"


def layer(chance: Random) -> bytes:
    """A tar of up to a dozen members."""
    data = b"".join(_member(chance) for _ in range(chance.randrange(12)))
    if chance.random() < 0.3:
        data = _damaged(data, chance)
    return data + (END if chance.random() < 0.95 else chance.choice((b"", END[:BLOCK], END + b"junk", END * 30)))


def path(chance: Random) -> bytes:
    """A path that others have, too, or an odd one; now and then with a whiteout at its end."""
    if chance.random() < 0.15:
        return chance.choice(ODD_NAMES)
    parts = [chance.choice(NAMES) for _ in range(chance.choice((1, 1, 2, 2, 3)))]
    marker = chance.random()
    if marker < 0.1:
        parts[-1] = b".wh." + parts[-1]
    elif marker < 0.13:
        parts.append(b".wh..wh..opq")
    return b"/".join(parts)


def _member(chance: Random) -> bytes:
    name, kind = path(chance), chance.choice(b"0000005512346")
    fields: dict[str, Any] = {
        "mode": chance.choice((0o644, 0o755, 0o4755, 0o1777, 0, 0o111, 0o7777)),
        "uid": chance.choice((0, 0, 1000, 65534)),
        "mtime": chance.choice((0, 1_700_000_000, 2**33 - 1)),
        "uname": chance.choice((b"", b"root", b"\x1b[1m")),
    }
    data = chance.choice((b"", b"x", b"#!/bin/sh\n", chance.randbytes(600), bytes(2000)))
    before = b"" if chance.random() < 0.96 else _extended(chance)
    if len(name) > 100:
        before, name = before + long_name(name), name[:100]
    if kind == ord("0"):
        runs = [(0, 4), (4096 * chance.randrange(1, 9), 4)]
        if chance.random() < 0.05:
            return before + old_sparse(name, runs, 1 << 16, b"datadata", **fields)
        if chance.random() < 0.05:
            return pax_sparse(name, runs, 1 << 16, b"datadata", **fields)
        return before + member(name, data, **fields)
    return before + member(name, kind=bytes([kind]), link=path(chance)[:100] if kind in b"12" else b"", **fields)


def _extended(chance: Random) -> bytes:
    records = [(chance.choice(RECORDS), chance.choice(VALUES)) for _ in range(chance.randrange(1, 4))]
    return pax(records, kind=b"g" if chance.random() < 0.2 else b"x")


def _damaged(data: bytes, chance: Random) -> bytes:
    """*data* with odd values in fields of some headers, whose checksums are made right again."""
    found = bytearray(data)
    for _ in range(chance.choice((1, 1, 2))):
        if not found:
            break
        at = chance.randrange(len(found) // BLOCK) * BLOCK
        if chance.random() < 0.1:
            del found[at : at + BLOCK * chance.randrange(1, 4)]
            continue
        place, width = chance.choice(_FIELDS)
        value = (
            bytes([chance.choice(_KINDS)])
            if width == 1
            else chance.choice((*NUMBERS, *ODD_NAMES, chance.randbytes(width)))
        )
        found[at + place : at + place + width] = value[:width].ljust(width, b"\0")
        found[at + 148 : at + 156] = b" " * 8
        found[at + 148 : at + 156] = b"%06o\0 " % sum(found[at : at + BLOCK])
    return bytes(found)
