"""What sequences have in common: as long as can be, the same from both sides, and quick whatever an image lists."""

from __future__ import annotations

import itertools
from functools import cache

import pytest
from hypothesis import given
from hypothesis.strategies import lists, sampled_from

from ocianalyze.analysis.compare import sequences
from ocianalyze.analysis.compare.sequences import common_sequence, similar_sequence
from tests.steps import lines_run

texts = lists(sampled_from("abcde"), max_size=9)


def longest(old: tuple[str, ...], new: tuple[str, ...]) -> int:
    @cache
    def of(i: int, j: int) -> int:
        if i == len(old) or j == len(new):
            return 0
        if old[i] == new[j]:
            return 1 + of(i + 1, j + 1)
        return max(of(i + 1, j), of(i, j + 1))

    return of(0, 0)


@given(texts, texts)
def test_it_is_common_and_as_long_as_can_be(old: list[str], new: list[str]) -> None:
    found = common_sequence(old, new)
    assert all(old[i] == new[j] for i, j in found)
    assert all(one[0] < other[0] and one[1] < other[1] for one, other in itertools.pairwise(found))
    assert len(found) == longest(tuple(old), tuple(new))


@given(texts, texts)
def test_swapping_the_sides_swaps_the_pairs(old: list[str], new: list[str]) -> None:
    assert [(j, i) for i, j in common_sequence(new, old)] == common_sequence(old, new)
    assert [(j, i) for i, j in similar_sequence(new, old)] == similar_sequence(old, new)


@given(texts, texts)
def test_of_long_sequences_it_is_common_all_the_same(old: list[str], new: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sequences, "_MOST", 0)
        found = common_sequence(old, new)
        once = common_sequence(list("bacde"), list("abced"))
    assert all(old[i] == new[j] for i, j in found)
    assert all(one[0] < other[0] and one[1] < other[1] for one, other in itertools.pairwise(found))
    assert len(once) == longest(tuple("bacde"), tuple("abced"))


def test_histories_of_twice_the_steps_take_twice_as_long() -> None:
    def cost(count: int) -> int:
        old = [f"RUN {number}" for number in range(count)]
        new = ["RUN first", *old[: count // 2], "RUN between", *old[count // 2 + 1 :], "RUN last"]
        assert len(common_sequence(old, new)) == count - 1
        assert len(common_sequence(old, old[::-1])) == 1
        return lines_run(lambda: (common_sequence(old, new), common_sequence(old, old[::-1])))

    assert cost(10_000) < 2.2 * cost(5_000)


def test_edited_instructions_are_alike_and_others_are_not() -> None:
    old = ["RUN apt-get update && apt-get install -y curl", "COPY a /srv"]
    new = ["RUN pip install x", "RUN apt-get update && apt-get install -y curl wget"]
    assert similar_sequence(old, new) == [(0, 1)]
