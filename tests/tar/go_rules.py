"""A slow, small reader of tars by the rules of Go's archive/tar: the scanner's dumb twin.

Written from the rules, not from the scanner: it holds the whole tar, and knows no fast way, no chunks and no leniency.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

WITHOUT_DATA = b"123456"
TIME = re.compile(rb"([+-]?[0-9]+)(?:\.([0-9]*))?")


class GoRefusesError(Exception):
    """Go's reader stops here with an error."""


@dataclass
class Seen:
    """A member as Go's reader hands it out."""

    kind: bytes
    name: bytes
    link: bytes
    size: int
    mode: int
    uid: int
    gid: int
    mtime_ns: int
    uname: bytes = b""
    gname: bytes = b""
    device: tuple[int, int] = (0, 0)
    xattrs: dict[bytes, bytes] = field(default_factory=dict)
    content: bytes = b""


class Twin:
    """Reads one tar."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0
        self.seen: list[Seen] = []

    def read(self) -> list[Seen]:
        """All members; GoRefusesError, with `seen` as far as it went, where Go stops with an error."""
        records: dict[bytes, bytes] = {}
        name = link = b""
        while (block := self._block()) is not None:
            one = _header(block)
            start, size = self.at, 0 if one.kind in WITHOUT_DATA else one.size
            if size < 0:
                raise GoRefusesError("negative size")
            if one.kind in b"xgLK":
                payload = self._take(size)
                if len(payload) > 1 << 20:
                    raise GoRefusesError("too long")
                if one.kind == b"L":
                    name = payload.split(b"\0")[0]
                elif one.kind == b"K":
                    link = payload.split(b"\0")[0]
                else:
                    records = _records(payload)
                    if one.kind == b"g":
                        records, name, link = {}, b"", b""
                self.at = start + size + -size % 512
                continue
            _merge(one, records)
            one.name, one.link = name or one.name, link or one.link
            self._body(one, block, records)
            self.seen.append(one)
            records, name, link = {}, b"", b""
        return self.seen

    def _block(self) -> bytes | None:
        """The next header; None at the end."""
        block = self.data[self.at : self.at + 512]
        self.at += 512
        if not block:
            return None
        if len(block) < 512:
            raise GoRefusesError("half a header")
        if block.strip(b"\0"):
            return block
        second = self.data[self.at : self.at + 512]
        if second and (len(second) < 512 or second.strip(b"\0")):
            raise GoRefusesError("a lone block of zeros")
        return None

    def _take(self, size: int) -> bytes:
        piece = self.data[self.at : self.at + size]
        self.at += size
        if len(piece) < size:
            raise GoRefusesError("cut short")
        return piece

    def _body(self, one: Seen, block: bytes, records: dict[bytes, bytes]) -> None:
        """The content of *one*, and the place of the next header."""
        if one.kind == b"\0":
            one.kind = b"5" if one.name.endswith(b"/") else b"0"
        size = 0 if one.kind in WITHOUT_DATA else one.size
        if size < 0:
            raise GoRefusesError("negative size")
        end = self.at + size
        runs: list[tuple[int, int]] | None
        if one.kind == b"S":
            if block[257:265] != b"ustar  \0":
                raise GoRefusesError("old sparse files are GNU's")
            one.size = _number(block[483:495])
            runs = self._old_runs(block)
            end += self.at - (end - size)
        else:
            runs = self._pax_runs(one, records, end)
        if runs is None:
            one.content = self._take(size)
        else:
            if one.kind in WITHOUT_DATA:
                raise GoRefusesError("a sparse file without data")
            one.content = _spread(runs, one.size, self._take(end - self.at))
        self.at = end + -size % 512

    def _old_runs(self, block: bytes) -> list[tuple[int, int]]:
        runs = []
        slots, more = block[386:482], block[482]
        while True:
            for at in range(0, len(slots) - 23, 24):
                if not slots[at]:
                    break
                runs.append((_number(slots[at : at + 12]), _number(slots[at + 12 : at + 24])))
            if not more:
                return runs
            block = self._take(512)
            slots, more = block[:504], block[504]

    def _pax_runs(self, one: Seen, records: dict[bytes, bytes], end: int) -> list[tuple[int, int]] | None:
        version = records.get(b"GNU.sparse.major", b""), records.get(b"GNU.sparse.minor", b"")
        if version not in ((b"0", b"0"), (b"0", b"1"), (b"1", b"0")) and (
            version != (b"", b"") or not records.get(b"GNU.sparse.map")
        ):
            return None
        one.name = records.get(b"GNU.sparse.name") or one.name
        size = records.get(b"GNU.sparse.size") or records.get(b"GNU.sparse.realsize")
        one.size = _decimal(size) if size else one.size
        if version == (b"1", b"0"):
            numbers = self._lines(end)
        else:
            count = _decimal(records.get(b"GNU.sparse.numblocks", b""))
            text = records.get(b"GNU.sparse.map", b"")
            numbers = [_decimal(part) for part in text.split(b",")] if text else []
            if len(numbers) != 2 * count:
                raise GoRefusesError("the runs are not counted right")
        return list(zip(numbers[::2], numbers[1::2], strict=True))

    def _lines(self, end: int) -> list[int]:
        text, wanted = b"", 1
        while text.count(b"\n") < wanted:
            if self.at + 512 > end:
                raise GoRefusesError("a map longer than its member")
            text += self._take(512)
            if wanted == 1 and b"\n" in text:
                count = _decimal(text.split(b"\n")[0])
                if count < 0:
                    raise GoRefusesError("a negative count")
                wanted += 2 * count
        return [_decimal(line) for line in text.split(b"\n")[1:wanted]]


def _header(block: bytes) -> Seen:
    total = sum(block[:148]) + sum(block[156:]) + 8 * 32
    signed = total - 256 * sum(byte > 127 for byte in block[:148] + block[156:])
    if _octal(block[148:156]) not in (total, signed):
        raise GoRefusesError("checksum")
    one = Seen(
        kind=block[156:157],
        name=_text(block[:100]),
        link=_text(block[157:257]),
        size=_number(block[124:136]),
        mode=_number(block[100:108]),
        uid=_number(block[108:116]),
        gid=_number(block[116:124]),
        mtime_ns=_number(block[136:148]) * 10**9,
    )
    ustar, gnu = block[257:263] == b"ustar\0", block[257:265] == b"ustar  \0"
    if not ustar and not gnu:
        return one
    one.uname, one.gname = _text(block[265:297]), _text(block[297:329])
    one.device = _number(block[329:337]), _number(block[337:345])
    prefix = _text(block[345:500]) if ustar else b""
    if ustar and block[508:] == b"tar\0":
        prefix = _text(block[345:476])
        _number(block[476:488]), _number(block[488:500])
    if gnu:
        try:
            [_number(part) for part in (block[345:357], block[357:369]) if part[0]]
        except GoRefusesError:
            text = _text(block[345:500])
            prefix = text if text.isascii() else b""
    if prefix:
        one.name = prefix + b"/" + one.name
    return one


def _merge(one: Seen, records: dict[bytes, bytes]) -> None:
    for key, value in records.items():
        if not value:
            pass
        elif key == b"path":
            one.name = value
        elif key == b"linkpath":
            one.link = value
        elif key == b"uname":
            one.uname = value
        elif key == b"gname":
            one.gname = value
        elif key == b"uid":
            one.uid = _decimal(value)
        elif key == b"gid":
            one.gid = _decimal(value)
        elif key == b"size":
            one.size = _decimal(value)
        elif key == b"mtime":
            one.mtime_ns = _time(value)
        elif key in (b"atime", b"ctime"):
            _time(value)
    # Runtimes take the attributes from the records themselves, empty ones too.
    one.xattrs = {key[13:]: value for key, value in records.items() if key.startswith(b"SCHILY.xattr.")}


def _records(payload: bytes) -> dict[bytes, bytes]:
    records: dict[bytes, bytes] = {}
    sparse: list[bytes] = []
    while payload:
        digits, space, _ = payload.partition(b" ")
        length = _decimal(digits)
        if not space or not 5 <= length <= len(payload) or length < len(digits) + 2:
            raise GoRefusesError("no record")
        key, equals, value = payload[len(digits) + 1 : length - 1].partition(b"=")
        if payload[length - 1 : length] != b"\n" or not equals:
            raise GoRefusesError("no record")
        if b"\0" in key or (key in (b"path", b"linkpath", b"uname", b"gname") and b"\0" in value):
            raise GoRefusesError("NUL")
        payload = payload[length:]
        if key in (b"GNU.sparse.offset", b"GNU.sparse.numbytes"):
            if key != (b"GNU.sparse.offset", b"GNU.sparse.numbytes")[len(sparse) % 2] or b"," in value:
                raise GoRefusesError("runs in disorder")
            sparse.append(value)
        else:
            records[key] = value
    if sparse:
        records[b"GNU.sparse.map"] = b",".join(sparse)
    return records


def _spread(runs: list[tuple[int, int]], size: int, stored: bytes) -> bytes:
    if size < 0 or sum(length for _, length in runs) != len(stored):
        raise GoRefusesError("stored bytes and runs differ")
    content = b""
    for offset, length in runs:
        if length < 0 or offset < len(content) or offset + length > size:
            raise GoRefusesError("runs in disorder")
        content = content.ljust(offset, b"\0") + stored[:length]
        stored = stored[length:]
    return content.ljust(size, b"\0")


def _text(part: bytes) -> bytes:
    return part.split(b"\0")[0]


def _octal(part: bytes) -> int:
    digits = part.strip(b" \0").split(b"\0")[0]
    if not re.fullmatch(rb"[0-7]*", digits):
        raise GoRefusesError("no octal number")
    return int(digits or b"0", 8)


def _number(part: bytes) -> int:
    if part[0] < 0x80:
        return _octal(part)
    bits = 8 * len(part) - 1
    value = int.from_bytes(part, "big") & ((1 << bits) - 1)
    return _in_64_bits(value - (1 << bits) if part[0] & 0x40 else value)


def _decimal(part: bytes) -> int:
    if not re.fullmatch(rb"[+-]?[0-9]+", part):
        raise GoRefusesError("no decimal number")
    return _in_64_bits(int(part))


def _in_64_bits(value: int) -> int:
    if not -(2**63) <= value < 2**63:
        raise GoRefusesError("more than 64 bits")
    return value


def _time(value: bytes) -> int:
    found = TIME.fullmatch(value)
    if found is None:
        raise GoRefusesError("no time")
    seconds, fraction = _decimal(found[1]), int((found[2] or b"0")[:9].ljust(9, b"0"))
    return seconds * 10**9 + (-fraction if found[1].startswith(b"-") else fraction)
