"""One member of a tar: its header together with the extended headers that came before it."""

from __future__ import annotations

from typing import NamedTuple

from ocianalyze.tar.sparse import Runs

WITHOUT_DATA = b"123456"
"""The type flags whose members have no data, whatever their size says."""


class Member(NamedTuple):
    """One member as it is meant, all extended headers applied."""

    name: bytes
    kind: bytes
    """The type flag; that of old tars, NUL, is turned into `0` or, where the name ends in a slash, `5`."""
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
