"""The members of an ar archive, as Debian packages and static libraries are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

MAGIC = b"!<arch>\n"
_HEADER = 60
_MOST_NAMES = 1 << 20
"""Bytes of the table of long names that are read."""


class ReadableFile(Protocol):
    """A file of an image, of which any part can be read."""

    @property
    def size(self) -> int:
        """The bytes of the whole file."""

    def read(self, start: int, length: int) -> bytes:
        """The bytes from *start*, as many as there are up to *length*."""


class ArMember(NamedTuple):
    """One member."""

    name: str
    mode: int
    start: int
    """Where its bytes begin in the archive."""
    size: int


def ar_members(file: ReadableFile) -> Iterator[ArMember]:
    """The members in order; OSError where a header is damaged."""
    at, names = len(MAGIC), b""
    while at + _HEADER <= file.size:
        header = file.read(at, _HEADER)
        size, mode = header[48:58].strip(), header[40:48].strip()
        if header[58:] != b"`\n" or not size.isdigit() or not (mode or b"0").isdigit():
            raise OSError(f"no header of a member at byte {at}")
        start, length = at + _HEADER, int(size)
        name = header[:16].rstrip()
        if name == b"//":
            names = file.read(start, min(length, _MOST_NAMES))
        elif name != b"/":
            yield ArMember(_name(name, names), int(mode or b"0", 8), start, length)
        at = start + length + length % 2


def _name(name: bytes, names: bytes) -> str:
    """The name as it is, or from the table of long names that it points into."""
    if name.startswith(b"/") and name[1:].isdigit():
        name = names[int(name[1:]) :].partition(b"\n")[0]
    return name.removesuffix(b"/").decode("utf-8", "surrogateescape")
