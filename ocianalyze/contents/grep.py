"""Searching the contents of files for lines, in one pass over each layer and in bounded memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from ocianalyze.contents.contents import Contents
from ocianalyze.contents.required_text import NeedleSearch, needles_of
from ocianalyze.errors import UsageError
from ocianalyze.layers.reader import Piece
from ocianalyze.model.placed import Placed

_LONGEST = 1 << 20
"""Bytes of a line that are searched at once."""
_OVERLAP = 64 << 10
"""Bytes that two parts of a longer line share, so that a match of that many bytes is not missed between them."""
_SHOWN = 4096
"""Bytes of a line that a hit holds at most."""
_BINARY_HEAD = 32 << 10

Search = Callable[[bytes, int], tuple[int, int] | None]
"""Where the first match from some place on is."""


class Hit(NamedTuple):
    """One line that matches, or one binary file."""

    place: Placed
    line: int
    """Counted from 1; 0 for a binary file whose lines are not shown."""
    text: bytes
    """The line without its end, cut if it is very long."""


def compile_search(expression: str, *, ignore_case: bool = False, fixed: bool = False) -> Search:
    """A search for *expression*, a regular expression over bytes or with *fixed* plain text."""
    wanted = expression.encode("utf-8", "surrogateescape")
    plain = fixed or re.escape(expression) == expression
    if plain and not ignore_case:
        return lambda data, start: None if (at := data.find(wanted, start)) < 0 else (at, at + len(wanted))
    flags = re.MULTILINE | (re.IGNORECASE if ignore_case else 0)
    try:
        pattern = re.compile(re.escape(wanted) if plain else wanted, flags)
    except (re.error, RecursionError, OverflowError) as error:
        hint = "expected an expression as Python's re has them; -F searches for plain text"
        raise UsageError(f"{expression!r} is no regular expression: {error}", hint=hint) from None
    needles = (wanted,) if plain else needles_of(pattern)
    if needles:
        return NeedleSearch(pattern, needles)
    return lambda data, start: found.span() if (found := pattern.search(data, start)) else None


def grep(
    contents: Contents, files: Iterable[Placed], search: Search, *, text: bool = False, first_only: bool = False
) -> Iterator[Hit]:
    """Every line of *files* that matches, layer by layer in stored order; *first_only* ends a file at its first.

    Of a file with a NUL byte in its first 32 KiB, and without *text*, only one hit of line 0 is given.
    """
    layers: dict[int, list[Placed]] = {}
    for one in files:
        layers.setdefault(one.layer, []).append(one)
    for layer, stored in sorted(layers.items()):
        stored.sort(key=lambda one: one.entry.offset)
        passed = contents.in_order(layer, [one.entry for one in stored])
        for one, (_, pieces) in zip(stored, passed, strict=True):
            for hit in _file(one, pieces, search, text=text):
                yield hit
                if first_only or not hit.line:
                    break


def _file(one: Placed, pieces: Iterable[Piece], search: Search, *, text: bool) -> Iterator[Hit]:
    """The hits of one file. A block is whole lines, but for a last one without an end and for very long ones."""
    binary: bool | None = None
    line = 1
    skip = False  # until the line ends: it was a hit already
    rest = b""
    size = one.entry.size
    position = 0
    for at, data in pieces:
        block = rest + bytes(data) if rest else bytes(data)
        position = at + len(data)
        if binary is None:
            binary = not text and (0 in block[:_BINARY_HEAD] or at > 0)
        cut = len(block) if position >= size else block.rfind(b"\n") + 1
        is_long = not cut and len(block) > _LONGEST
        if is_long:
            cut = len(block)
        elif not cut:
            rest = block
            continue
        rest = block[cut:]
        block = block[:cut] if rest else block
        for number, found in _lines(block, search):
            if number == 0 and skip:
                continue
            yield Hit(one, 0 if binary else line + number, b"" if binary else found[:_SHOWN])
            skip = skip or (is_long and number == 0)
        if is_long:
            rest = block[-_OVERLAP:]
        else:
            skip = False
            line += block.count(b"\n")
    if rest and not skip:
        for number, found in _lines(rest, search):
            yield Hit(one, 0 if binary else line + number, b"" if binary else found[:_SHOWN])


def _lines(block: bytes, search: Search) -> Iterator[tuple[int, bytes]]:
    """(number from 0, line) of each line in *block* that matches."""
    start = counted = number = 0
    while (found := search(block, start)) is not None:
        first, last = found
        begin = block.rfind(b"\n", 0, first) + 1
        end = block.find(b"\n", last)
        end = len(block) if end < 0 else end
        if begin >= len(block) and begin:
            return  # an empty match behind the last line's end
        number += block.count(b"\n", counted, begin)
        counted = begin
        lines: Sequence[bytes] = (block[begin:end],)
        if b"\n" in lines[0]:
            # The match runs over the end of a line: only what matches within one counts.
            lines = lines[0].split(b"\n")
            yield from ((number + n, part) for n, part in enumerate(lines) if search(part, 0) is not None)
        else:
            yield number, lines[0]
        start = end + 1
        if start > len(block):
            return
