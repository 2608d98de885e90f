"""Common parts of two sequences of layers or steps, in the same order. Swapping the sequences swaps the result."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence

_MOST = 1_000_000
"""Pairs that are compared one by one, in 0.3 s; real images have some hundred layers and steps at most."""
_WORDS = 200
"""Words of an instruction that its likeness to another is measured by."""
_LIKE = 0.5


def common_sequence(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Positions of a longest common subsequence of *old* and *new*.

    In very long sequences only texts that are in each once count: the time then does not grow with the product of
    the lengths.
    """
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    middle_old, middle_new = old[start : len(old) - end], new[start : len(new) - end]
    if len(middle_old) * len(middle_new) <= _MOST:
        found = _heaviest(middle_old, middle_new, lambda one, other: float(one == other))
    else:
        found = once_in_both(middle_old, middle_new)
    return [
        *((at, at) for at in range(start)),
        *((start + i, start + j) for i, j in found),
        *((len(old) - end + at, len(new) - end + at) for at in range(end)),
    ]


def similar_sequence(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Positions of texts that have more than half of their words in common, in the same order, as alike as can be."""
    if len(old) * len(new) > _MOST // 100:
        return []
    words = {text: Counter(text.split(None, _WORDS)[:_WORDS]) for text in (*old, *new)}

    def likeness(one: str, other: str) -> float:
        ours, theirs = words[one], words[other]
        share = 2 * (ours & theirs).total() / ((ours.total() + theirs.total()) or 1)
        return share if share > _LIKE else 0.0

    return _heaviest(old, new, likeness)


def _heaviest(old: Sequence[str], new: Sequence[str], weight: Callable[[str, str], float]) -> list[tuple[int, int]]:
    """The pairs, in the same order on both sides, whose weights add up to the most.

    Of several such choices the texts decide, not the sides: swapping the sides swaps the pairs.
    """
    totals = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        row, below = totals[i], totals[i + 1]
        for j in range(len(new) - 1, -1, -1):
            paired = weight(old[i], new[j])
            row[j] = max(below[j], row[j + 1], below[j + 1] + paired if paired else 0.0)
    found = []
    i = j = 0
    while i < len(old) and j < len(new):
        paired = weight(old[i], new[j])
        skip_old, skip_new = totals[i + 1][j], totals[i][j + 1]
        if paired and totals[i + 1][j + 1] + paired >= max(skip_old, skip_new):
            found.append((i, j))
            i, j = i + 1, j + 1
        elif skip_old > skip_new or (skip_old == skip_new and old[i] < new[j]):
            i += 1
        else:
            j += 1
    return found


def once_in_both(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """A longest common sequence of texts that are in each once, found by patience sorting."""
    ours, theirs = Counter(old), Counter(new)
    places = {text: at for at, text in enumerate(new) if theirs[text] == 1}
    pairs = [(at, places[text]) for at, text in enumerate(old) if ours[text] == 1 and text in places]
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1], last[length : length + 1] = [place], [number]
    found = []
    at = last[-1] if last else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]
