"""Members of a tar: one header together with the extended headers that came before it.

Precedence is GNU tar's: the header, then a GNU long name, then global PAX records, then local ones.
"""

from __future__ import annotations

from typing import NamedTuple

from ocianalyze.errors import CorruptLayerError, LimitExceededError, RaiseLimit
from ocianalyze.model.limits import ReadLimits
from ocianalyze.tar.header import Header, parse_header, text
from ocianalyze.tar.pax import NANO, NO_PAX, Pax, parse_pax, parse_time
from ocianalyze.tar.sparse import Runs, is_pax_1_0, old_gnu_runs, old_gnu_size, pax_runs

_EXTENSIONS = b"xgXLK"
_WITHOUT_DATA = b"123456"


class Member(NamedTuple):
    """One member as it is meant, all extended headers applied."""

    name: bytes
    kind: bytes
    """The type flag."""
    size: int
    """Bytes of data that follow in the tar."""
    mode: int
    uid: int
    gid: int
    mtime_ns: int
    link_name: bytes
    uname: str
    gname: str
    device: tuple[int, int]
    xattrs: tuple[tuple[str, bytes], ...] = ()
    real_size: int | None = None
    """Of a sparse member: the apparent size."""
    runs: Runs | None = None
    """Of a sparse member: what its data holds."""
    sparse_map: bool = False
    """Whether the runs stand at the start of the data (PAX sparse format 1.0)."""


class MemberReader:
    """Gathers extended headers until the member that they describe. One for each tar."""

    def __init__(self, limits: ReadLimits) -> None:
        self.extended = False
        """Whether something gathered applies to the next header."""
        self.awaiting = False
        """Whether the next block is not a header but continues an old GNU sparse map."""
        self._limits = limits
        self._global = NO_PAX
        self._local = NO_PAX
        self._long_name: bytes | None = None
        self._long_link: bytes | None = None
        self._gathered = 0
        self._sparse: tuple[Header, list[tuple[int, int]], int] | None = None

    def header(self, block: bytes, at: int) -> Member | Header | None:
        """What *block* begins: a member, an extension (give its payload to `extension`), or neither yet."""
        if self._sparse:
            return self._more_runs(block, at)
        header = parse_header(block, at)
        if header.size < 0:
            raise CorruptLayerError(f"the tar header at byte {at:,} has a negative size")
        if header.type in _EXTENSIONS:
            self._gathered += header.size
            if self._gathered > self._limits.header:
                raise LimitExceededError(
                    f"the extended headers up to byte {at:,} have more than {self._limits.header:,} bytes",
                    remedy=RaiseLimit("header"),
                )
            return header
        if header.type == b"S":
            runs, more = old_gnu_runs(block, at, first=True)
            real_size = old_gnu_size(block, at)
            if more:
                self._sparse = header, runs, real_size
                self.extended = self.awaiting = True
                return None
            return self._member(header, tuple(runs), real_size)
        return self._member(header, None, None)

    def extension(self, header: Header, payload: bytes) -> None:
        """Keep the payload of an extended header for the next member, or for all that follow."""
        if header.type == b"L":
            self._long_name = text(payload)
        elif header.type == b"K":
            self._long_link = text(payload)
        elif header.type == b"g":
            self._global = _unless_empty(parse_pax(payload).over(self._global))
        else:
            self._local = _unless_empty(parse_pax(payload).over(self._local))
        self.extended = True

    def _more_runs(self, block: bytes, at: int) -> Member | None:
        assert self._sparse is not None  # noqa: S101 - the caller asked; for the type checker
        header, runs, real_size = self._sparse
        new, more = old_gnu_runs(block, at, first=False)
        runs += new
        if len(runs) * 24 > self._limits.header:
            raise LimitExceededError(
                f"a sparse file has more than {len(runs):,} runs",
                remedy=RaiseLimit("header"),
            )
        if more:
            return None
        self._sparse = None
        self.awaiting = False
        return self._member(header, tuple(runs), real_size)

    def _member(self, header: Header, runs: Runs | None, real_size: int | None) -> Member:
        name = header.name if self._long_name is None else self._long_name
        link = header.link_name if self._long_link is None else self._long_link
        member = Member(
            name=name,
            kind=header.type,
            size=0 if header.type in _WITHOUT_DATA else header.size,
            mode=header.mode,
            uid=header.uid,
            gid=header.gid,
            mtime_ns=header.mtime * NANO,
            link_name=link,
            uname=header.uname.decode("utf-8", "surrogateescape"),
            gname=header.gname.decode("utf-8", "surrogateescape"),
            device=header.device,
            real_size=real_size,
            runs=runs,
        )
        if self._local is not NO_PAX or self._global is not NO_PAX:
            member = _with_pax(member, self._local.over(self._global))
        self._local = NO_PAX
        self._long_name = self._long_link = None
        self._gathered = 0
        self.extended = self._global is not NO_PAX
        longest = max(len(member.name), len(member.link_name))
        if longest > self._limits.name:
            raise LimitExceededError(
                f"a name of {longest:,} bytes is longer than the limit of {self._limits.name:,}",
                remedy=RaiseLimit("name"),
            )
        return member


def _unless_empty(pax: Pax) -> Pax:
    """*pax*, or NO_PAX when it changes nothing, so that the members after it take the fast way."""
    return pax if pax.fields or pax.xattrs or pax.runs else NO_PAX


def _with_pax(member: Member, pax: Pax) -> Member:
    """*member* with what *pax* says of it; an empty value takes a record back."""
    fields = pax.fields
    changed: dict[str, object] = {}
    for key, field in (("path", "name"), ("linkpath", "link_name")):
        if fields.get(key):
            changed[field] = text(fields[key])
    for key in ("uid", "gid"):
        value = pax.identity(key)
        if value is not None:
            changed[key] = value
    for key in ("uname", "gname"):
        if fields.get(key):
            changed[key] = fields[key].decode("utf-8", "surrogateescape")
    if fields.get("mtime"):
        changed["mtime_ns"] = parse_time(fields["mtime"])
    size = pax.number("size")
    if size is not None and member.kind not in _WITHOUT_DATA:
        changed["size"] = size
    if pax.xattrs:
        changed["xattrs"] = tuple(sorted((key, value) for key, value in pax.xattrs.items()))
    if member.kind in b"0\x007":
        changed |= _sparse_fields(pax)
    return member._replace(**changed)  # type: ignore[arg-type]


def _sparse_fields(pax: Pax) -> dict[str, object]:
    changed: dict[str, object] = {}
    if is_pax_1_0(pax):
        changed |= {"sparse_map": True, "real_size": pax.number("GNU.sparse.realsize") or 0}
    else:
        runs = pax_runs(pax)
        if runs is None:
            return {}
        size = pax.number("GNU.sparse.size")
        changed |= {
            "runs": runs,
            "real_size": pax.number("GNU.sparse.realsize") or 0 if size is None else size,
        }
    if pax.fields.get("GNU.sparse.name"):
        changed["name"] = text(pax.fields["GNU.sparse.name"])
    return changed
