"""What other readers have of a member that Go's archive/tar reads otherwise, in words.

Runtimes read layers with Go's reader, so its reading is the entry. Whoever looks at the same layer with GNU tar, or
with a scanner that reads like it, sees something else, which a layer may have been made for.
"""

from __future__ import annotations

from typing import NamedTuple

from ocianalyze.errors import brief
from ocianalyze.tar.header import LARGEST_ID, Header, text
from ocianalyze.tar.member import Member
from ocianalyze.tar.pax import Pax

_GLOBAL = frozenset({"path", "linkpath", "size", "uid", "gid", "uname", "gname", "mtime"})
_SPARSE_SIZES = ("GNU.sparse.size", "GNU.sparse.realsize")


class Gathered(NamedTuple):
    """The extended headers before a member."""

    pax: Pax
    long_name: bytes | None = None
    long_link: bytes | None = None


def differences(member: Member, header: Header, gathered: Gathered, data: int) -> str:
    """What GNU tar has of *member*; `""` where it reads the same. *data* is the size that its headers say."""
    fields = gathered.pax.fields
    if not _may_differ(member, header, gathered, data):
        return ""
    words: list[str] = []
    name = header.gnu.get("name", header.name) if gathered.long_name is None else gathered.long_name
    name = fields.get("path", name)
    if isinstance(name, bytes) and text(name) != member.name and member.real_size is None:
        words.append(f"the name {_shown(text(name))}")
    link = header.link_name if gathered.long_link is None else gathered.long_link
    link = text(fields.get("linkpath", link))
    if link != member.link_name and member.kind in b"12":
        words.append(f"the target {_shown(link)}")
    if member.kind == b"0" and member.name.endswith(b"/"):
        words.append("a directory")
    if member.real_size is None and any(fields.get(key) for key in _SPARSE_SIZES):
        words.append("a sparse file")
    words += [f"an empty {key}" for key in ("uname", "gname") if fields.get(key) == b""]
    for what, number in header.gnu.items():
        if what not in ("name", "size") and not fields.get(what):
            words.append(f"no number for its {what}" if number is None else _number(what, number))
    stored = _data(header, data, stated=bool(fields.get("size")))
    if stored is None:
        words.append("no number for its size, and skips it")
    elif stored != member.size:
        words.append(f"{stored:,} bytes of data where there are {member.size:,}")
    return "GNU tar has " + ", and ".join(words) if words else ""


def ignored_number(key: str, value: bytes, number: int) -> str:
    """What GNU tar makes of the *value* of a PAX record, a *number* for Go; `""` where it takes it."""
    if value[:1] == b"+" or (key in ("uid", "gid") and not 0 <= number <= LARGEST_ID):
        return f"GNU tar ignores the {key} {_shown(value)}"
    return ""


def foreign_attributes(names: tuple[str, ...]) -> str:
    """What libarchive has of a member whose attributes *names* stand in libarchive's own form."""
    return f"bsdtar has extended attributes that nothing else reads: {brief(', '.join(map(repr, names)))}"


def global_differences(pax: Pax, *, lost: bool) -> str:
    """What GNU tar makes of a global header; *lost* when extended headers stand before it, which Go forgets."""
    words = []
    records = [f"{key}={_shown(value)}" for key, value in pax.fields.items() if key in _GLOBAL]
    if records:
        words.append(f"applies {brief(', '.join(records))} of a global header to what follows")
    if lost:
        words.append("applies the extended header before a global one to the next member")
    return "GNU tar " + ", and ".join(words) if words else ""


def _may_differ(member: Member, header: Header, gathered: Gathered, data: int) -> bool:
    """Whether a closer look pays; for nearly all members it does not."""
    fields = gathered.pax.fields
    return bool(
        header.gnu
        or data != member.size
        or (member.kind == b"0" and member.name[-1:] == b"/")
        or gathered.long_name is not None
        or gathered.long_link is not None
        or (fields and (b"" in fields.values() or not fields.keys().isdisjoint(_SPARSE_SIZES)))
    )


def _data(header: Header, data: int, *, stated: bool) -> int | None:
    """Bytes that GNU tar takes for a member's data; None when it skips *header*. *stated*: by a PAX record."""
    gnu = header.gnu.get("size", header.size)
    if gnu is None or header.type == b"5" or (header.type == b"1" and not stated):
        return None if gnu is None else 0
    return data if stated or not isinstance(gnu, int) else gnu


def _number(what: str, number: bytes | int) -> str:
    return f"the {what} {number:04o}" if what == "mode" and isinstance(number, int) else f"the {what} {number!r}"


def _shown(name: bytes) -> str:
    return repr(brief(name.decode("utf-8", "surrogateescape")))
