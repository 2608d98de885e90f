"""The contents of one file in two images: a unified diff of text, a summary of anything else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from ocianalyze.report import words
from ocianalyze.report.listings.line_diff import unified

LONGEST = 16 << 20
"""Bytes up to which two files are compared line by line; of longer ones no more is held in memory."""
_MOST_LINES = 500_000
_PIECE = 1 << 20
_ROW = 16


def content_diff(path: str, old: Iterable[bytes] | None, new: Iterable[bytes] | None) -> Iterator[str]:
    """Lines, made harmless, that tell how the file *path* differs; none when it does not.

    Contents come in pieces of any length, and are read once; None is a file that is not there.
    """
    sides = _Side(old or ()), _Side(new or ())
    at, common = _common(*sides)
    before, after = (side.peek(LONGEST + 1) for side in sides)
    if (old is None) == (new is None) and not before and not after:
        return
    ours, theirs = _text(sides[0], common, before), _text(sides[1], common, after)
    if ours is not None and theirs is not None:
        shown = words.safe_name(path.strip("/"))
        yield "--- " + ("/dev/null" if old is None else f"old/{shown}")
        yield "+++ " + ("/dev/null" if new is None else f"new/{shown}")
        for line in unified(ours, theirs):
            yield line[:1] + words.safe_name(line[1:].replace("\t", "    "))
        return
    yield f"binary files differ: {words.safe_name(path)}"
    for name, given, side in (("old", old, sides[0]), ("new", new, sides[1])):
        side.drain()
        facts = f"{words.exact_size(side.size)}, sha256:{side.digest.hexdigest()}"
        yield f"{name}: {'not there' if given is None else facts}"
    if old is not None and new is not None:
        yield from _first_rows(at, common, before, after)


class _Side:
    """One of the two contents, read in pieces."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self.digest = hashlib.sha256()
        self.size = 0
        """Bytes read so far."""
        self._unused = b""

    def peek(self, count: int) -> bytes:
        """The next *count* bytes, or all that is left, which stay unused."""
        held = [self._unused]
        length = len(self._unused)
        while length < count and (piece := self._next()):
            held.append(piece)
            length += len(piece)
        self._unused = b"".join(held)
        return self._unused[:count]

    def use(self, count: int) -> None:
        """Drop the next *count* bytes, which were peeked at."""
        self._unused = self._unused[count:]

    def drain(self) -> None:
        """Read to the end, for the size and the digest."""
        while self._next():
            pass

    def _next(self) -> bytes:
        piece = next((piece for piece in self._pieces if piece), b"")
        self.digest.update(piece)
        self.size += len(piece)
        return piece


def _common(old: _Side, new: _Side) -> tuple[int, bytes]:
    """How many bytes both begin with, and the last of these, up to LONGEST and two rows. Both stand behind them."""
    at = 0
    kept: list[bytes] = []
    length = 0
    while True:
        ours, theirs = old.peek(_PIECE), new.peek(_PIECE)
        count = min(len(ours), len(theirs))
        if ours[:count] != theirs[:count]:
            count = _first_difference(ours[:count], theirs[:count])
        kept.append(ours[:count])
        at, length = at + count, length + count
        while length - len(kept[0]) > LONGEST + 2 * _ROW:
            length -= len(kept.pop(0))
        old.use(count)
        new.use(count)
        if count < _PIECE:
            return at, b"".join(kept)


def _text(side: _Side, common: bytes, rest: bytes) -> list[str] | None:
    """The lines of *side* without their ends, or None when it is no text, or too long.

    A last line that has no end says so, as diff(1) does.
    """
    if side.size > LONGEST:
        return None
    data = common + rest
    if b"\0" in data[:8192] or data.count(b"\n") > _MOST_LINES:
        return None
    try:
        lines = data.decode().split("\n")
    except UnicodeDecodeError:
        return None
    if lines[-1]:
        lines[-1] += "    (no newline at the end)"
        return lines
    return lines[:-1]


def _first_rows(at: int, common: bytes, before: bytes, after: bytes) -> Iterator[str]:
    """Where the two contents part, and the rows of bytes around that place."""
    yield f"the first difference is at byte {words.number(at)}"
    start = max(0, at - at % _ROW - _ROW)
    shared = common[len(common) - (at - start) :]
    for mark, rest in (("-", before), ("+", after)):
        data = shared + rest[: 3 * _ROW]
        for row in range(0, min(3 * _ROW, len(data)), _ROW):
            part = data[row : row + _ROW]
            text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
            yield f"{mark}{start + row:08x}  {part.hex(' '):<{3 * _ROW - 1}}  {text}"


def _first_difference(old: bytes, new: bytes) -> int:
    """Where two different byte strings part, by halving: a comparison of slices costs nothing."""
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
