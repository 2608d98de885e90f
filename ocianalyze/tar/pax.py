"""PAX extended headers: their records as Go's archive/tar reads them (POSIX pax, Extended Header)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ocianalyze.errors import CorruptLayerError, brief
from ocianalyze.tar.numbers import pax_number


@dataclass(frozen=True, slots=True)
class Pax:
    """The records of one extended header, later ones winning."""

    fields: dict[str, bytes]
    """What may change a member. Other keys are dropped."""
    xattrs: dict[str, bytes]
    refused: str = ""
    """Why Go refuses the header, of which the rest is read all the same."""
    foreign: tuple[str, ...] = ()
    """Extended attributes that stand here in libarchive's own form alone, which no runtime reads."""


NO_PAX = Pax({}, {})
_TEXTS = frozenset({"path", "linkpath", "uname", "gname"})
_KEYS = (
    _TEXTS
    | {"size", "uid", "gid", "mtime", "atime", "ctime"}
    | {f"GNU.sparse.{key}" for key in ("major", "minor", "name", "size", "realsize", "map", "numblocks")}
)
_XATTR, _FOREIGN_XATTR = "SCHILY.xattr.", "LIBARCHIVE.xattr."
_SPARSE_0_0 = ("GNU.sparse.offset", "GNU.sparse.numbytes")
_SHORTEST = 5
"""Bytes that a record has at least: Go refuses shorter ones."""


def parse_pax(payload: bytes) -> Pax:
    """The records in *payload*; CorruptLayerError where it is not made of records."""
    fields: dict[str, bytes] = {}
    xattrs: dict[str, bytes] = {}
    foreign: dict[str, None] = {}
    sparse: list[bytes] = []
    refused = "" if payload.endswith(b"\n") or not payload else "a PAX header has bytes after its records"
    for key, value in _records(payload):
        if key in _KEYS:
            fields[key] = value
            if key in _TEXTS and b"\0" in value:
                refused = refused or f"a PAX header has a NUL in its {key}"
        elif "\0" in key:
            refused = refused or f"a PAX header has a NUL in the key {brief(key)!r}"
        elif key.startswith(_XATTR):
            xattrs[key[len(_XATTR) :]] = value
        elif key.startswith(_FOREIGN_XATTR):
            foreign[_percent_decoded(key[len(_FOREIGN_XATTR) :])] = None
        elif key in _SPARSE_0_0:
            if key != _SPARSE_0_0[len(sparse) % 2] or b"," in value:
                raise CorruptLayerError("a PAX header has sparse offsets and lengths in disorder")
            sparse.append(value)
    if sparse:
        fields["GNU.sparse.map"] = b",".join(sparse)
    return Pax(fields, xattrs, refused, tuple(name for name in foreign if name not in xattrs))


def _records(payload: bytes) -> Iterator[tuple[str, bytes]]:
    """Key and value of each record. NULs after the last one, which GNU tar takes for padding, end them too."""
    at = 0
    while at < len(payload):
        space = payload.find(b" ", at)
        digits = payload[at:space] if space >= 0 else b""
        length = int(digits) if len(digits) < 5 and digits.isdigit() else pax_number(digits) or 0
        end = at + length
        if length < _SHORTEST or not space < end <= len(payload) or payload[end - 1 : end] != b"\n":
            if not payload[at:].strip(b"\0"):
                return
            raise _malformed(at)
        key, equals, value = payload[space + 1 : end - 1].partition(b"=")
        if not equals:
            raise _malformed(at)
        yield key.decode("utf-8", "surrogateescape"), value
        at = end


def _malformed(at: int) -> CorruptLayerError:
    return CorruptLayerError(f"a PAX header has a malformed record at its byte {at}")


def _percent_decoded(name: str) -> str:
    from urllib.parse import unquote

    return unquote(name, errors="surrogateescape") if "%" in name else name
