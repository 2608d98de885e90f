"""Layers made to cost more than they weigh."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from ocianalyze.analysis.union.allowance import ENTRY, Allowance
from ocianalyze.analysis.union.analyze import Replay, analyze
from ocianalyze.errors import LimitExceededError, RaiseLimit
from ocianalyze.model.entry import Entry
from tests.analysis.invariants import check, check_waste
from tests.builders import build_image, directory, file, layer, opaque, symlink, whiteout

DEPTH = 5_000
DEEP = "/".join("d" * DEPTH)


def test_a_path_of_5_000_names_is_replayed_listed_and_removed() -> None:
    analysis = analyze(build_image(layer(file(f"{DEEP}/f", 5)), layer(whiteout("d"))))
    check_waste(analysis)
    node = analysis.trees[0].get(f"{DEEP}/f")
    assert node is not None
    assert node.size == 5
    assert sum(1 for _ in analysis.trees[0].walk()) == len(analysis.changes[0]) == DEPTH + 1
    assert analysis.waste.wasted == 5
    assert analysis.dive.efficiency_score == 1.0
    assert list(analysis.tree.walk()) == []


def test_directories_that_no_entry_stores_are_not_free() -> None:
    replay = Replay(limit=200_000)
    replay.add(layer(file("a", 1)))
    with pytest.raises(LimitExceededError, match=r"^layer 1: ") as caught:
        replay.add([file(f"{number}/{DEEP}/f", 5) for number in range(5)])
    assert caught.value.remedy == RaiseLimit("entries")


def test_what_a_replay_may_cost_can_be_raised() -> None:
    entries = [file(f"{number}/{'/'.join('d' * 100)}/f", 5) for number in range(10)]
    with pytest.raises(LimitExceededError):
        Replay(limit=1000).add(entries)
    Replay(limit=2000).add(entries)


def test_a_wide_directory_that_many_layers_touch_is_not_free() -> None:
    replay = Replay(limit=13_000)
    replay.add([file(f"d/{number}", 1) for number in range(10_000)])
    replay.add(layer(file("d/a", 1)))
    replay.add(layer(whiteout("d/1")))
    replay.add(layer(directory("d")))
    with pytest.raises(LimitExceededError):
        replay.add(layer(opaque("d")))


def test_links_through_links_are_not_free() -> None:
    there_and_back = "/".join(["b", ".."] * 2000 + ["b"])
    replay = Replay(limit=1000)
    replay.add(layer(symlink("a", there_and_back), directory("b/c")))
    with pytest.raises(LimitExceededError):
        replay.add([file(f"a/{number}/d/f", 1) for number in range(10)])


def test_what_is_left_of_the_allowance_goes_on_in_a_replay_that_shares_layers() -> None:
    replay = Replay(keep=True, limit=100)
    replay.add(layer(file("/".join("a" * 60), 1)))
    with pytest.raises(LimitExceededError):
        replay.up_to(1).add(layer(file("/".join("b" * 60), 1)))
    replay.up_to(0).add(layer(file("/".join("b" * 60), 1)))


def test_a_chain_of_100_000_links_is_a_loop_and_not_a_recursion() -> None:
    links = [symlink(f"l{number}", f"l{number + 1}") for number in range(100_000)]
    analysis = analyze(build_image(links, layer(file("l0/f", 1))))
    assert [notice.code for notice in analysis.notices] == ["symlink-loop"]
    assert analysis.tree.get("l0/f")


def test_every_oddity_is_counted_and_only_some_are_listed() -> None:
    analysis = analyze(build_image([whiteout(f"missing/{number}") for number in range(100_000)]))
    assert len(analysis.notices) < 100
    assert "more of this kind" in analysis.notices[-1].message
    check(analysis)


def test_an_image_of_real_size_does_not_come_near_the_limit() -> None:
    allowance = Allowance()
    allowance.entries(300_000)
    for _ in range(60):
        allowance.copied(10_000)
        allowance.directory("usr/share/doc/package")
    assert allowance.spent < allowance.limit * ENTRY / 2


def test_a_chain_of_directories_that_many_layers_touch_is_not_free() -> None:
    chain = "/".join("d" * 1000)
    replay = Replay(limit=7500)
    for number in range(5):
        replay.add([file(f"{chain}/{number}", 1)])
    with pytest.raises(LimitExceededError):
        replay.add([file(f"{chain}/5", 1)])


def flat(count: int) -> list[Sequence[Entry]]:
    """A base of *count* files in one directory, as many in many, and layers that change and remove them all."""
    wide = [file(f"wide/f{number}", 1) for number in range(count)]
    many = [file(f"many/d{number}/f", 1) for number in range(count)]
    return [
        wide + many,
        [file(f"wide/f{number}", 2) for number in range(count)],
        [whiteout(f"wide/f{number}") for number in range(count // 2)],
        [whiteout(f"many/d{number}/f") for number in range(count // 2)],
        [whiteout(f"many/d{number}") for number in range(count)],
        layer(opaque("wide")),
    ]


@pytest.mark.perf
def test_time_is_linear_in_the_entries_and_whiteouts_cost_no_more_than_files() -> None:
    seconds = []
    for count in (5_000, 40_000):
        image = build_image(*flat(count))
        start = time.process_time()
        analysis = analyze(image)
        assert analysis.dive.user_size_bytes
        seconds.append(time.process_time() - start)
        assert analysis.waste.live == 0
    print(f"8 times the entries took {seconds[1] / seconds[0]:.1f} times as long: {seconds[1]:.2f} s")
    assert seconds[1] / seconds[0] < 16
