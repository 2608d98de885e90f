"""Sparse members: where their runs are, and their content with the holes filled.

Source: GNU tar manual, Storing Sparse Files; of what it leaves open, the rules of Go's archive/tar.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from ocianalyze.errors import CorruptLayerError
from ocianalyze.tar.numbers import header_number, pax_number

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
        if not block[slot]:
            break
        runs.append((_header_number(block[slot : slot + 12], at), _header_number(block[slot + 12 : slot + 24], at)))
    return runs, block[more] != 0


def old_gnu_size(block: bytes, at: int) -> int:
    """The apparent size in a header of type `S`."""
    return _header_number(block[483:495], at)


class PaxSparse(NamedTuple):
    """What PAX records say of a sparse member."""

    name: bytes | None
    size: int | None
    """The apparent size; None where they do not say it."""
    runs: Runs | None
    """None when the map stands at the start of the data (format 1.0)."""
    refused: str = ""
    """Why Go refuses them, which are read all the same."""


def pax_sparse(fields: Mapping[str, bytes]) -> PaxSparse | None:
    """The sparse member that *fields* describe in format 0.0, 0.1 or 1.0; None when they describe none."""
    version = fields.get("GNU.sparse.major"), fields.get("GNU.sparse.minor")
    if version not in ((b"0", b"0"), (b"0", b"1"), (b"1", b"0")) and (any(version) or not fields.get("GNU.sparse.map")):
        return None
    name = fields.get("GNU.sparse.name") or None
    size_text = fields.get("GNU.sparse.size") or fields.get("GNU.sparse.realsize")
    size = pax_number(size_text) if size_text else None
    if size_text and size is None:
        raise CorruptLayerError(f"a PAX header has {size_text[:40]!r} where the size of a sparse file belongs")
    refused = "a PAX header has a NUL in the name of a sparse file" if name and b"\0" in name else ""
    if version == (b"1", b"0"):
        return PaxSparse(name, size, None, refused)
    text = fields.get("GNU.sparse.map")
    numbers = [pax_number(part) for part in text.split(b",")] if text else []
    values = [number for number in numbers if number is not None]
    if len(values) % 2 or len(values) < len(numbers):
        raise CorruptLayerError("a PAX header has a malformed sparse map")
    runs = tuple(zip(values[::2], values[1::2], strict=True))
    if pax_number(fields.get("GNU.sparse.numblocks", b"")) != len(runs):
        refused = refused or "a PAX header does not count the runs of a sparse file right"
    return PaxSparse(name, size, runs, refused)


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
    number = pax_number(line)
    if number is None or number < 0:
        raise CorruptLayerError(f"a sparse map has {line[:40]!r} where a number belongs")
    return number


def _header_number(field: bytes, at: int) -> int:
    number = header_number(field)
    if number is None:
        raise CorruptLayerError(f"the sparse map at byte {at:,} has {field!r} where a number belongs")
    return number


def check_runs(runs: Sequence[tuple[int, int]], size: int, stored: int) -> bool:
    """Whether *runs* tell where all of the *stored* bytes belong, as Go demands.

    CorruptLayerError when they are out of order, reach past the *size* of the file, or need more than is stored.
    """
    if size < 0:
        raise CorruptLayerError("a sparse file has a negative size")
    end = 0
    for offset, length in runs:
        if offset < end or length < 0 or offset + length > size:
            raise CorruptLayerError("a sparse map has runs out of order or past the end of the file")
        end = offset + length
    used = sum(length for _, length in runs)
    if used > stored:
        raise CorruptLayerError("a sparse map describes more bytes than the tar stores")
    return used == stored


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
