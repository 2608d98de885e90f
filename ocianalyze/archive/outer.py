"""One pass over the outer tar, hopping from header to header: member name -> where its data is."""

from __future__ import annotations

import os
from typing import NamedTuple

from ocianalyze.archive.limits import EntryBudget, ReadLimits
from ocianalyze.archive.member import Member, MemberReader
from ocianalyze.archive.tarheader import BLOCK, ZERO_BLOCK
from ocianalyze.errors import ArchiveError, CorruptLayerError, LimitExceededError
from ocianalyze.model.entry import clean_path

_NOT_A_TAR = (
    "expected a docker-save or OCI image archive (docker save, podman save, skopeo copy, buildx --output type=oci)"
)


class OuterMember(NamedTuple):
    """Where one member of the archive is."""

    offset: int
    size: int
    link: str | None = None
    """The target, for a link."""
    hard: bool = False
    """Whether the link is a hard one, whose target is spelled from the root."""


def index_members(fd: int, size: int, source: str, limits: ReadLimits) -> tuple[dict[str, OuterMember], bool]:
    """All members that are files or links, the last of a name winning; and whether the tar ends early."""
    members: dict[str, OuterMember] = {}
    reader = MemberReader(limits)
    budget = EntryBudget(limits.entries)
    position = 0
    try:
        while position + BLOCK <= size:
            block = os.pread(fd, BLOCK, position)
            if len(block) < BLOCK or (block == ZERO_BLOCK and not reader.awaiting):
                return members, False
            header = reader.header(block, position)
            position += BLOCK
            if header is None:
                continue
            budget.spend(1)
            if isinstance(header, Member):
                _add(members, header, position)
            else:
                reader.extension(header, os.pread(fd, header.size, position))
            position += header.size + (-header.size % BLOCK)
    except CorruptLayerError as error:
        raise _damaged(source, position, bool(members), error) from error
    except LimitExceededError as error:
        raise LimitExceededError(f"{source}: {error.message}", hint=error.hint) from error
    return members, True


def _add(members: dict[str, OuterMember], member: Member, data_at: int) -> None:
    path = clean_path(_decode(member.name)).path
    if member.kind in b"12":
        members[path] = OuterMember(data_at, 0, _decode(member.link_name), member.kind == b"1")
    elif member.kind in b"0\x007":
        members[path] = OuterMember(data_at, member.size)


def _damaged(source: str, position: int, had_members: bool, error: CorruptLayerError) -> ArchiveError:
    if position == 0 or not had_members:
        return ArchiveError(f"{source} is not a tar archive", hint=_NOT_A_TAR)
    return ArchiveError(f"{source} is damaged: {error.message}", hint="copy or save the archive again")


def _decode(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")
