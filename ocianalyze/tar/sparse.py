"""Sparse members: where their runs are, and their content with the holes filled.

Source: GNU tar manual, Storing Sparse Files.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ocianalyze.errors import CorruptLayerError
from ocianalyze.tar.header import number
from ocianalyze.tar.pax import Pax

Runs = tuple[tuple[int, int], ...]
_ZEROS = bytes(1 << 20)


class Sink(Protocol):
    """What takes content, such as a hash object."""

    def update(self, data: bytes | memoryview, /) -> object:
        """Take the next bytes."""


def old_gnu_runs(block: bytes, at: int, *, first: bool) -> tuple[list[tuple[int, int]], bool]:
    """The runs in a header of type `S` (*first*) or an extension block of it; and whether more follow."""
    start, count, more = (386, 4, 482) if first else (0, 21, 504)
    runs = []
    for slot in range(start, start + 24 * count, 24):
        if not block[slot : slot + 12].strip(b"\0 "):
            break
        runs.append((number(block[slot : slot + 12], at), number(block[slot + 12 : slot + 24], at)))
    return runs, block[more] != 0


def old_gnu_size(block: bytes, at: int) -> int:
    """The apparent size in a header of type `S`."""
    return number(block[483:495], at)


def pax_runs(pax: Pax) -> Runs | None:
    """The runs of PAX sparse formats 0.0 and 0.1; None when *pax* describes neither."""
    if pax.runs:
        return pax.runs
    text = pax.fields.get("GNU.sparse.map")
    if text is None:
        return () if "GNU.sparse.size" in pax.fields and pax.number("GNU.sparse.numblocks") == 0 else None
    numbers = text.split(b",") if text else []
    if len(numbers) % 2 or not all(part.isdigit() and len(part) <= 20 for part in numbers):
        raise CorruptLayerError("a PAX header has a malformed sparse map")
    values = [int(part) for part in numbers]
    return tuple(zip(values[::2], values[1::2], strict=True))


def is_pax_1_0(pax: Pax) -> bool:
    """Whether the sparse map stands at the start of the member's data (PAX sparse format 1.0)."""
    return pax.number("GNU.sparse.major") == 1 and pax.number("GNU.sparse.minor") == 0


class MapReader:
    """Reads the sparse map that format 1.0 keeps at the start of the data, padded to whole blocks."""

    def __init__(self, limit: int) -> None:
        self._text = bytearray()
        self._lines = 0
        self._wanted = 1
        self._limit = limit

    def feed(self, block: bytes) -> Runs | None:
        """Take one block; the runs once the map is complete."""
        self._text += block
        self._lines += block.count(b"\n")
        if len(self._text) > self._limit:
            raise CorruptLayerError(f"a sparse map is longer than {self._limit:,} bytes")
        if self._wanted == 1 and self._lines:
            count = _count(bytes(self._text[: self._text.index(b"\n")]))
            if count * 4 > self._limit:
                raise CorruptLayerError(f"a sparse map claims {count:,} runs")
            self._wanted = 1 + 2 * count
        if self._lines < self._wanted:
            return None
        values = [_count(line) for line in bytes(self._text).split(b"\n")[1 : self._wanted]]
        return tuple(zip(values[::2], values[1::2], strict=True))


def _count(line: bytes) -> int:
    if not line.isdigit() or len(line) > 20:
        raise CorruptLayerError(f"a sparse map has {line[:40]!r} where a number belongs")
    return int(line)


def check_runs(runs: Sequence[tuple[int, int]], size: int, stored: int) -> None:
    """Runs must be in order, inside the file, and add up to what is stored."""
    if size < 0:
        raise CorruptLayerError("a sparse file has a negative size")
    end = 0
    for offset, length in runs:
        if offset < end or offset + length > size:
            raise CorruptLayerError("a sparse map has runs out of order or past the end of the file")
        end = offset + length
    if sum(length for _, length in runs) > stored:
        raise CorruptLayerError("a sparse map describes more bytes than the tar stores")


class Filler:
    """Passes stored bytes on to a sink, with zeros for the holes between the runs."""

    def __init__(self, runs: Runs, size: int, sink: Sink) -> None:
        self._runs = iter(runs)
        self._sink = sink
        self._at = 0
        self._size = size
        self._left = 0
        self._next_run()

    def update(self, data: bytes | memoryview) -> None:
        """Take the next stored bytes."""
        view = memoryview(data)
        while self._left and view:
            take = view[: self._left]
            self._sink.update(take)
            self._at += len(take)
            self._left -= len(take)
            view = view[len(take) :]
            if not self._left:
                self._next_run()

    def finish(self) -> None:
        """Fill the hole at the end."""
        self._zeros(self._size - self._at)

    def _next_run(self) -> None:
        for offset, length in self._runs:
            self._zeros(offset - self._at)
            if length:
                self._left = length
                return

    def _zeros(self, count: int) -> None:
        self._at += max(count, 0)
        while count > 0:
            self._sink.update(_ZEROS[:count])
            count -= len(_ZEROS)


def hole_bytes(runs: Runs, size: int) -> int:
    """Bytes of the file that no run stores."""
    return size - sum(length for _, length in runs)
