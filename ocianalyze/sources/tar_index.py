"""One pass over the outer tar, hopping from header to header: member name -> where its data is."""

from __future__ import annotations

from typing import NamedTuple

from ocianalyze.blobs.blob import OpenFile
from ocianalyze.errors import ArchiveError, CorruptLayerError, LimitExceededError
from ocianalyze.model.entry import clean_path
from ocianalyze.model.finding import Finding
from ocianalyze.model.limits import ReadLimits
from ocianalyze.model.notices import Notices
from ocianalyze.tar.budget import Budget
from ocianalyze.tar.header import BLOCK, ZERO_BLOCK, is_header
from ocianalyze.tar.member import Member
from ocianalyze.tar.member_reader import MemberReader

_NOT_A_TAR = (
    "expected a docker-save or OCI image archive (docker save, podman save, skopeo copy, buildx --output type=oci)"
)


_PADDING = 64 << 10
"""Zeros end an archive. As many bytes after the first are looked at: a block lost in the middle is no end."""


class OuterMember(NamedTuple):
    """Where one member of the archive is."""

    offset: int
    size: int
    link: str | None = None
    """The target, for a link."""
    hard: bool = False
    """Whether the link is a hard one, whose target is spelled from the root."""
    sparse: bool = False
    """Whether what is stored has holes left out."""


class OuterIndex(NamedTuple):
    """What the archive holds."""

    members: dict[str, OuterMember]
    """All members that are files or links, the last of a name winning."""
    truncated: bool
    """Whether the tar ends before its end."""
    notices: tuple[Finding, ...]
    """What is odd about its headers."""


def index_members(file: OpenFile, size: int, source: str, limits: ReadLimits) -> OuterIndex:
    """What the archive in *file* holds."""
    members: dict[str, OuterMember] = {}
    notices = Notices()
    reader = MemberReader(limits)
    budget = Budget(limits.members, "members", "the archive has more than {} members")
    position = 0
    try:
        while position + BLOCK <= size:
            block = file.read(BLOCK, position, source)
            if len(block) < BLOCK or (block == ZERO_BLOCK and not reader.awaiting):
                truncated = bool(file.read(_PADDING, position, source).strip(b"\0"))
                return OuterIndex(members, truncated, notices.freeze())
            header = reader.header(block, position)
            position += BLOCK
            if header is None:
                continue
            if isinstance(header, Member):
                for remark in reader.remarks:
                    notices.take(remark.finding("the archive", clean_path(_decode(header.name)).path))
                reader.remarks.clear()
                budget.spend(1 + (len(header.name) + len(header.link_name) >> 8) + len(header.xattrs))
                _add(members, header, position)
            else:
                reader.extension(header, file.read(header.size, position, source))
            position += header.size + (-header.size % BLOCK)
    except CorruptLayerError as error:
        raise _damaged(source, position, bool(members), error) from error
    except LimitExceededError as error:
        raise LimitExceededError(f"{source}: {error.message}", hint=error.hint, remedy=error.remedy) from error
    if position == 0:
        raise not_a_tar(source)
    return OuterIndex(members, truncated=True, notices=notices.freeze())


def _add(members: dict[str, OuterMember], member: Member, data_at: int) -> None:
    path = clean_path(_decode(member.name)).path
    if member.kind in b"12":
        members[path] = OuterMember(data_at, 0, _decode(member.link_name), member.kind == b"1")
    elif member.kind in b"07S":
        sparse = member.runs is not None or member.sparse_map
        members[path] = OuterMember(data_at, member.size, sparse=sparse)


def _damaged(source: str, position: int, had_members: bool, error: CorruptLayerError) -> ArchiveError:
    if position == 0 or not had_members:
        return not_a_tar(source)
    return ArchiveError(f"{source} is damaged: {error.message}", hint="copy or save the archive again")


def begins_like_a_tar(head: bytes) -> bool:
    """Whether *head*, the start of a file, is a header or the end of a tar without members."""
    return len(head) >= BLOCK and (is_header(head) or head.startswith(ZERO_BLOCK))


def not_a_tar(source: str) -> ArchiveError:
    """The complaint about something that is no archive at all."""
    return ArchiveError(f"{source} is not a tar archive", hint=_NOT_A_TAR)


def _decode(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")
