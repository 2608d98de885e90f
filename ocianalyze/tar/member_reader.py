"""Headers of a tar in, members out: each with the extended headers that came before it.

Read as Go's archive/tar does, because docker, containerd, podman, buildah and umoci read layers with it: the header,
then the records of the last PAX header before it alone, then GNU long names. Records of a global header apply to no
member, and a global header takes the extended headers before it with it. Where GNU tar reads otherwise, and where
Go refuses what is read here all the same, there is a `Remark`.
"""

from __future__ import annotations

from collections.abc import Mapping

from ocianalyze.errors import CorruptLayerError, LimitExceededError, RaiseLimit
from ocianalyze.model.limits import ReadLimits
from ocianalyze.tar.gnu import Gathered, differences, foreign_attributes, global_differences, ignored_number
from ocianalyze.tar.header import Header, parse_header, text
from ocianalyze.tar.member import WITHOUT_DATA, Member
from ocianalyze.tar.numbers import NANO, pax_number, pax_time
from ocianalyze.tar.pax import NO_PAX, parse_pax
from ocianalyze.tar.remarks import DISAGREE, REFUSED, Remark
from ocianalyze.tar.sparse import Runs, old_gnu_runs, old_gnu_size, pax_sparse

_EXTENSIONS = b"xgLK"
_GO_EXTENSION = 1 << 20
"""Bytes of an extended header that Go reads at most."""
_SENSELESS = 1 << 30
"""An extended header that claims more bytes is damaged: no name and no attribute is that long."""
_NOTHING = Gathered(NO_PAX)
_READ = (
    ("uid", "uid", pax_number),
    ("gid", "gid", pax_number),
    ("mtime", "mtime_ns", pax_time),
    ("atime", "", pax_time),
    ("ctime", "", pax_time),
)
"""Key of a record, the field of a member that it changes, and how to read it."""


class MemberReader:
    """Gathers extended headers until the member that they describe. One for each tar."""

    def __init__(self, limits: ReadLimits) -> None:
        self.extended = False
        """Whether something gathered applies to the next header."""
        self.awaiting = False
        """Whether the next block is not a header but continues an old GNU sparse map."""
        self.remarks: list[Remark] = []
        """What is odd about the member read last and its extended headers; whoever takes them clears the list."""
        self._limits = limits
        self._gathered = _NOTHING
        self._bytes = 0
        self._sparse: tuple[Header, list[tuple[int, int]], int] | None = None

    def header(self, block: bytes, at: int) -> Member | Header | None:
        """What *block* begins: a member, an extension (give its payload to `extension`), or neither yet."""
        if self._sparse:
            return self._more_runs(block, at)
        header = parse_header(block, at)
        if header.size < 0 and header.type not in WITHOUT_DATA:
            raise CorruptLayerError(f"the tar header at byte {at:,} is damaged: it has a negative size")
        if header.refused:
            self.refuse(header.refused)
        if header.type in _EXTENSIONS:
            self._bound(header, at)
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
        """Keep the payload of an extended header for the next member."""
        self.extended = True
        if header.type == b"L":
            self._gathered = self._gathered._replace(long_name=text(payload))
        elif header.type == b"K":
            self._gathered = self._gathered._replace(long_link=text(payload))
        else:
            pax = parse_pax(payload)
            if pax.refused:
                self.refuse(pax.refused)
            if header.type == b"x":
                self._gathered = self._gathered._replace(pax=pax)
            else:
                self._disagree(global_differences(pax, lost=self._gathered != _NOTHING))
                self._gathered = _NOTHING

    def refuse(self, why: str) -> None:
        """Remark that runtimes refuse what is read here."""
        self.remarks.append(Remark(REFUSED, why))

    def _disagree(self, words: str) -> None:
        if words:
            self.remarks.append(Remark(DISAGREE, words))

    def _bound(self, header: Header, at: int) -> None:
        """Keep extended headers small."""
        if header.size > _SENSELESS:
            claim = f"it announces {header.size:,} bytes of names"
            raise CorruptLayerError(f"the tar header at byte {at:,} is damaged: {claim}")
        self._bytes += header.size
        if self._bytes > self._limits.header:
            raise LimitExceededError(
                f"the extended headers up to byte {at:,} have more than {self._limits.header:,} bytes",
                remedy=RaiseLimit("header"),
            )
        if header.size > _GO_EXTENSION:
            self.refuse(f"the extended header at byte {at:,} is longer than {_GO_EXTENSION:,} bytes")
        if "size" in header.gnu:
            self._disagree(f"GNU tar has another size for the extended header at byte {at:,}")

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
        gathered = self._gathered
        member = Member(
            name=header.name,
            kind=header.type,
            size=header.size,
            mode=header.mode,
            uid=header.uid,
            gid=header.gid,
            mtime_ns=header.mtime * NANO,
            link_name=header.link_name,
            uname=header.uname.decode("utf-8", "surrogateescape"),
            gname=header.gname.decode("utf-8", "surrogateescape"),
            device=header.device,
            real_size=real_size,
            runs=runs,
        )
        if gathered is not _NOTHING:
            member = self._extended(member, gathered)
            self._gathered = _NOTHING
        self._bytes = 0
        self.extended = False
        data = member.size
        if member.kind == b"\0":
            member = member._replace(kind=b"5" if member.name.endswith(b"/") else b"0")
        if data and member.kind in WITHOUT_DATA:
            member = member._replace(size=0)
        if member.size < 0:
            raise CorruptLayerError(f"a PAX header has {data} for 'size' where a number belongs")
        self._disagree(differences(member, header, gathered, data))
        if gathered.pax.foreign:
            self._disagree(foreign_attributes(gathered.pax.foreign))
        longest = max(len(member.name), len(member.link_name))
        if longest > self._limits.name:
            raise LimitExceededError(
                f"a name of {longest:,} bytes is longer than the limit of {self._limits.name:,}",
                remedy=RaiseLimit("name"),
            )
        return member

    def _extended(self, member: Member, gathered: Gathered) -> Member:
        """*member* with what *gathered* says of it: an empty value changes nothing, a GNU long name beats a record."""
        pax = gathered.pax
        changed = self._texts(pax.fields) | self._numbers(pax.fields)
        if gathered.long_name:
            changed["name"] = gathered.long_name
        if gathered.long_link:
            changed["link_name"] = gathered.long_link
        if pax.xattrs:
            changed["xattrs"] = tuple(sorted(pax.xattrs.items()))
        member = member._replace(**changed)  # type: ignore[arg-type]
        return member if member.runs is not None else self._sparse_fields(member, pax.fields)

    def _texts(self, fields: Mapping[str, bytes]) -> dict[str, object]:
        changed: dict[str, object] = {}
        for key, field in (("path", "name"), ("linkpath", "link_name")):
            if fields.get(key):
                changed[field] = text(fields[key])
        for key in ("uname", "gname"):
            if fields.get(key):
                changed[key] = text(fields[key]).decode("utf-8", "surrogateescape")
        return changed

    def _numbers(self, fields: Mapping[str, bytes]) -> dict[str, object]:
        """What the numbers in *fields* change; one that Go refuses changes nothing, but for a size."""
        changed: dict[str, object] = {}
        for key, field, read in _READ:
            value = fields.get(key)
            if not value:
                continue
            number = read(value)
            if number is None:
                self.refuse(f"a PAX header has {value[:40]!r} for {key!r} where a number belongs")
            elif field:
                changed[field] = number
                self._disagree(ignored_number(key, value, number))
        if size := fields.get("size"):
            number = pax_number(size)
            if number is None:
                raise CorruptLayerError(f"a PAX header has {size[:40]!r} for 'size' where a number belongs")
            changed["size"] = number
            self._disagree(ignored_number("size", size, number))
        return changed

    def _sparse_fields(self, member: Member, fields: Mapping[str, bytes]) -> Member:
        sparse = pax_sparse(fields)
        if sparse is None:
            return member
        if sparse.refused:
            self.refuse(sparse.refused)
        if member.kind in WITHOUT_DATA:
            self.refuse("a PAX header makes a sparse file of what has no data")
            return member
        return member._replace(
            name=text(sparse.name) if sparse.name else member.name,
            real_size=member.size if sparse.size is None else sparse.size,
            runs=sparse.runs,
            sparse_map=sparse.runs is None,
        )
