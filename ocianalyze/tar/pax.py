"""PAX extended headers: the records, and what each does to a member (POSIX pax, Extended Header)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass

from ocianalyze.errors import CorruptLayerError

NANO = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Pax:
    """The records of one extended header, later ones winning."""

    fields: dict[str, bytes]
    """What changes a member. Other keys are dropped, so that a hostile global header costs nothing to keep."""
    xattrs: dict[str, bytes]
    runs: tuple[tuple[int, int], ...] = ()
    """Sparse format 0.0: (offset, length) of each run."""

    def over(self, lower: Pax) -> Pax:
        """These records on top of *lower*, as a local header lies on the global one."""
        return Pax(lower.fields | self.fields, lower.xattrs | self.xattrs, self.runs or lower.runs)

    def number(self, key: str) -> int | None:
        """The whole number under *key*; None when it is absent or empty."""
        value = self.fields.get(key)
        return _integer(value, key) if value else None

    def identity(self, key: str) -> int | None:
        """The user or group ID under *key*, which some writers make negative."""
        value = self.fields.get(key, b"")
        return -_integer(value[1:], key) if value.startswith(b"-") else self.number(key)


NO_PAX = Pax({}, {})
_KEYS = frozenset({"path", "linkpath", "size", "uid", "gid", "uname", "gname", "mtime"}) | {
    f"GNU.sparse.{key}" for key in ("major", "minor", "name", "size", "realsize", "map", "numblocks")
}


def parse_pax(payload: bytes) -> Pax:
    """The records in *payload*."""
    fields: dict[str, bytes] = {}
    xattrs: dict[str, bytes] = {}
    offsets: list[int] = []
    lengths: list[int] = []
    for key, value in _records(payload):
        if key.startswith("SCHILY.xattr."):
            xattrs[key[13:]] = value
        elif key.startswith("LIBARCHIVE.xattr."):
            xattrs.setdefault(_percent_decoded(key[17:]), _base64(value))
        elif key == "GNU.sparse.offset":
            offsets.append(_integer(value, key))
        elif key == "GNU.sparse.numbytes":
            lengths.append(_integer(value, key))
        elif key in _KEYS:
            fields[key] = value
    if len(offsets) != len(lengths):
        raise CorruptLayerError("a PAX header gives a different number of sparse offsets and lengths")
    return Pax(fields, xattrs, tuple(zip(offsets, lengths, strict=True)))


def parse_time(value: bytes) -> int:
    """A PAX time, decimal seconds with a fraction of any length, in nanoseconds rounded down."""
    negative = value.startswith(b"-")
    whole, _, fraction = value.lstrip(b"-").partition(b".")
    if not (whole or fraction) or not (whole + fraction).isdigit() or len(whole) > 20:
        raise CorruptLayerError(f"a PAX header has the time {value[:40]!r}")
    nanoseconds = int(whole or b"0") * NANO + int(fraction[:9].ljust(9, b"0"))
    if negative:
        return -nanoseconds - bool(fraction[9:].strip(b"0"))
    return nanoseconds


def _records(payload: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while at < len(payload):
        digits, space, _ = payload[at : at + 12].partition(b" ")
        if not space and not payload[at:].strip(b"\0"):
            return
        length = int(digits) if digits.isdigit() else 0
        record = payload[at + len(digits) + 1 : at + length]
        key, equals, value = record.partition(b"=")
        if length <= len(digits) + 2 or at + length > len(payload) or not equals or value[-1:] != b"\n":
            raise CorruptLayerError(f"a PAX header has a malformed record at its byte {at}")
        yield key.decode("utf-8", "surrogateescape"), value[:-1]
        at += length


def _integer(value: bytes, key: str) -> int:
    if not value.isdigit() or len(value) > 20:
        raise CorruptLayerError(f"a PAX header has {value[:40]!r} for {key[:40]!r} where a number belongs")
    return int(value)


def _base64(value: bytes) -> bytes:
    try:
        return base64.b64decode(value + b"=" * (-len(value) % 4))
    except binascii.Error:
        return value


def _percent_decoded(name: str) -> str:
    from urllib.parse import unquote

    return unquote(name) if "%" in name else name
