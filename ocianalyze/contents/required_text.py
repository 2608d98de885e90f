"""Searching for a regular expression by way of text that every match must contain.

`bytes.find` goes through a gigabyte in a fraction of a second, and `re` takes 5 to 7 seconds for it, measured. So
only lines that have one of those texts are given to the expression.
"""

from __future__ import annotations

import re
from typing import Any

_LEAST = 3
"""Bytes of a text that is rare enough to be looked for."""
_MOST = 8
"""Texts to look for: each is a pass of its own."""


class NeedleSearch:
    """Finds the first match that lies in one line, from some place on. One of *needles* is in every match."""

    def __init__(self, pattern: re.Pattern[bytes], needles: tuple[bytes, ...]) -> None:
        self._pattern = pattern
        self._fold = bool(pattern.flags & re.IGNORECASE)
        self._needles = tuple(needle.lower() for needle in needles) if self._fold else needles
        self._seen: tuple[bytes, bytes] = (b"", b"")
        self._next: list[int] = []

    def __call__(self, data: bytes, start: int) -> tuple[int, int] | None:
        """Where it is."""
        if self._seen[0] is not data:
            self._seen = data, data.lower() if self._fold else data
            self._next = [0] * len(self._needles)
        while (at := self._first(start)) >= 0:
            begin = max(start, data.rfind(b"\n", 0, at) + 1)
            end = data.find(b"\n", at)
            found = self._pattern.search(data, begin, len(data) if end < 0 else end)
            if found:
                return found.span()
            if end < 0:
                break
            start = end + 1
        return None

    def _first(self, start: int) -> int:
        """Where the first of the needles is; what is known of the others is kept, as each may be far away."""
        text = self._seen[1]
        for index, needle in enumerate(self._needles):
            if 0 <= self._next[index] <= start:
                self._next[index] = text.find(needle, start)
        return min((at for at in self._next if at >= 0), default=-1)


def needles_of(pattern: re.Pattern[bytes]) -> tuple[bytes, ...]:
    """Texts one of which is in every match of *pattern*; none when there are no such texts, or they are too short."""
    try:
        from re import _parser as parser  # type: ignore[attr-defined]

        found = _required(parser.parse(pattern.pattern, pattern.flags), parser)
    except (ImportError, AttributeError, ValueError, TypeError):
        return ()  # a Python whose parser is another: slower, and as right
    if found is None or len(found) > _MOST or min(map(len, found)) < _LEAST:
        return ()
    return found


def _required(parsed: Any, parser: Any) -> tuple[bytes, ...] | None:
    """The best that one sequence offers: runs of literals, or what its groups and alternatives need."""
    best: tuple[bytes, ...] | None = None
    run = bytearray()
    for operation, argument in [*parsed, (None, None)]:
        if operation is parser.LITERAL:
            run.append(argument)
            continue
        best = _better(best, (bytes(run),) if run else None)
        run.clear()
        inner: tuple[bytes, ...] | None = None
        if operation is parser.SUBPATTERN:
            inner = None if argument[1] or argument[2] else _required(argument[3], parser)  # with flags of its own
        elif operation is parser.MAX_REPEAT and argument[0] > 0:
            inner = _required(argument[2], parser)
        elif operation is parser.BRANCH:
            branches = [_required(branch, parser) for branch in argument[1]]
            if all(branches):
                inner = tuple(needle for needles in branches for needle in needles or ())
        best = _better(best, inner)
    return best


def _better(one: tuple[bytes, ...] | None, other: tuple[bytes, ...] | None) -> tuple[bytes, ...] | None:
    """Whichever has the longer shortest text."""
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda needles: min(map(len, needles)))
