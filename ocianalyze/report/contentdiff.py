"""The contents of one file in two images: a unified diff of text, a summary of anything else."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator

from ocianalyze.report import words

LONGEST = 16 << 20
"""Bytes up to which two files are compared line by line."""
_ROW = 16


def content_diff(path: str, old: bytes | None, new: bytes | None) -> Iterator[str]:
    """Lines, made harmless, that tell how the file *path* differs; none when it does not. None: it is not there."""
    if old == new:
        return
    before, after = old or b"", new or b""
    if not _is_text(before) or not _is_text(after) or max(len(before), len(after)) > LONGEST:
        yield from _summary(path, old, new)
        return
    shown = words.safe_name(path.strip("/"))
    names = ("/dev/null" if old is None else f"old/{shown}", "/dev/null" if new is None else f"new/{shown}")
    for line in difflib.unified_diff(_lines(before), _lines(after), *names, lineterm=""):
        yield line[:1] + words.safe_name(line[1:].replace("\t", "    "))


def _is_text(data: bytes) -> bool:
    if b"\0" in data[:8192]:
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _lines(data: bytes) -> list[str]:
    """Lines without their ends; a last line that has none says so, as diff(1) does."""
    lines = data.decode().split("\n")
    if lines[-1]:
        lines[-1] += "    (no newline at the end)"
        return lines
    return lines[:-1]


def _summary(path: str, old: bytes | None, new: bytes | None) -> Iterator[str]:
    yield f"binary files differ: {words.safe_name(path)}"
    for name, data in (("old", old), ("new", new)):
        if data is None:
            yield f"{name}: not there"
        else:
            yield f"{name}: {words.exact_size(len(data))}, sha256:{hashlib.sha256(data).hexdigest()}"
    if old is None or new is None:
        return
    at = _first_difference(old, new)
    start = max(0, at - at % _ROW - _ROW)
    yield f"the first difference is at byte {words.number(at)}"
    for mark, data in (("-", old), ("+", new)):
        for row in range(start, min(start + 3 * _ROW, len(data)), _ROW):
            part = data[row : row + _ROW]
            text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
            yield f"{mark}{row:08x}  {part.hex(' '):<{3 * _ROW - 1}}  {text}"


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
