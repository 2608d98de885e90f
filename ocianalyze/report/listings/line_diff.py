"""A unified diff of lines in bounded time: difflib where lines are few, and between lines that occur only once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import Match, SequenceMatcher

from ocianalyze.analysis.compare.sequences import once_in_both

_SMALL = 1_000_000
"""Pairs of lines up to which difflib compares: a tenth of a second at the worst."""
_BUDGET = 50 * _SMALL
"""Pairs in all. What is left then counts as replaced."""
_ROUNDS = 16
"""How often a stretch is divided at lines that are in it only once."""
_CONTEXT = 3


def unified(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    """The hunks that lead from *old* to *new*, in the form of `diff -u` without its first two lines."""
    for group in _Blocks(old, new).get_grouped_opcodes(_CONTEXT):
        first, last = group[0], group[-1]
        yield f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@"
        for tag, old_from, old_to, new_from, new_to in group:
            if tag == "equal":
                yield from (f" {line}" for line in old[old_from:old_to])
                continue
            yield from (f"-{line}" for line in old[old_from:old_to])
            yield from (f"+{line}" for line in new[new_from:new_to])


def _range(start: int, stop: int) -> str:
    """Where a hunk is, as diff counts: from 1, and an empty one stands behind the line before it."""
    length = stop - start
    return f"{start + 1}" if length == 1 else f"{start + 1 if length else start},{length}"


class _Blocks(SequenceMatcher[str]):
    """The matcher's way of grouping, over blocks that were found in another way."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        super().__init__()
        self.a, self.b = old, new
        self.opcodes = None
        self.matching_blocks = [*_joined(sorted(_matches(old, new))), Match(len(old), len(new), 0)]

    def get_matching_blocks(self) -> list[Match]:
        """See SequenceMatcher."""
        return self.matching_blocks


def _joined(found: Sequence[tuple[int, int, int]]) -> Iterator[Match]:
    """*found*, with blocks that follow each other as one."""
    at_old = at_new = size = 0
    for old, new, length in found:
        if size and (at_old + size, at_new + size) == (old, new):
            size += length
            continue
        if size:
            yield Match(at_old, at_new, size)
        at_old, at_new, size = old, new, length
    if size:
        yield Match(at_old, at_new, size)


def _matches(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Equal stretches: where they are in *old* and in *new*, and how many lines they have."""
    budget = _BUDGET
    pending = [(0, len(old), 0, len(new), _ROUNDS)]
    while pending:
        a, a_end, b, b_end, rounds = pending.pop()
        start = a
        while a < a_end and b < b_end and old[a] == new[b]:
            a, b = a + 1, b + 1
        yield start, b - (a - start), a - start
        stop = a_end
        while a < a_end and b < b_end and old[a_end - 1] == new[b_end - 1]:
            a_end, b_end = a_end - 1, b_end - 1
        yield a_end, b_end, stop - a_end
        pairs = (a_end - a) * (b_end - b)
        if pairs <= min(_SMALL, budget):
            budget -= pairs
            for block in SequenceMatcher(None, old[a:a_end], new[b:b_end]).get_matching_blocks():
                yield a + block.a, b + block.b, block.size
        elif rounds:
            anchors = [(a + i, b + j) for i, j in once_in_both(old[a:a_end], new[b:b_end])]
            ends = [*anchors, (a_end, b_end)] if anchors else []
            for (i, j), (i_end, j_end) in zip([(a, b), *anchors], ends, strict=False):
                pending.append((i, i_end, j, j_end, rounds - 1))
