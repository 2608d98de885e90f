from __future__ import annotations

import gc

import pytest

from ocianalyze.analysis.union.analyze import Replay, analyze
from tests.analysis.invariants import check
from tests.builders import build_image, directory, file, hardlink, layer, opaque, symlink, whiteout


def test_an_image_without_layers_is_empty_and_wastes_nothing() -> None:
    analysis = analyze(build_image())
    assert not analysis.trees
    assert not analysis.changes
    assert list(analysis.tree.walk()) == []
    assert analysis.waste.efficiency == 1.0
    assert analysis.waste.user_wasted_ratio == 0.0
    check(analysis)


def test_every_layer_has_its_tree_and_its_changes() -> None:
    analysis = analyze(
        build_image(
            layer(directory("d"), file("d/old", 10), hardlink("h", "d/old")),
            layer(file("d/new", 3), opaque("d")),
            layer(whiteout("h"), file("d/new", 3, mode=0o600)),
        )
    )
    check(analysis)
    assert [[path for path, _ in tree.walk()] for tree in analysis.trees] == [
        ["d", "d/old", "h"],
        ["d", "d/new", "h"],
        ["d", "d/new"],
    ]
    assert [[(c.kind.value, c.path) for c in changes] for changes in analysis.changes] == [
        [("added", "d"), ("added", "d/old"), ("added", "h")],
        [("added", "d/new"), ("removed", "d/old")],
        [("metadata", "d/new"), ("removed", "h")],
    ]


def test_layers_added_one_by_one_give_the_analysis_of_the_image() -> None:
    image = build_image(layer(file("a", 1), symlink("l", "a")), layer(whiteout("a"), whiteout("b")))
    replay = Replay()
    for each in image.layers:
        replay.add(each.entries)
    step_by_step, at_once = replay.finish(image), analyze(image)
    assert step_by_step.waste == at_once.waste
    assert step_by_step.dive == at_once.dive
    assert step_by_step.notices == at_once.notices
    assert [len(changes) for changes in step_by_step.changes] == [2, 1]


def test_the_root_has_a_header_once_a_layer_stores_one() -> None:
    analysis = analyze(
        build_image(
            layer(file("a", 1)), layer(directory("", mode=0o700)), layer(directory("", mode=0o755)), layer(file("", 9))
        )
    )
    check(analysis)
    assert [tree.root.entry and tree.root.entry.mode for tree in analysis.trees] == [None, 0o700, 0o755, 0o755]
    assert [[(c.kind.value, c.path) for c in changes] for changes in analysis.changes[1:]] == [
        [("added", "")],
        [("metadata", "")],
        [],
    ]
    assert [(notice.code, notice.layer) for notice in analysis.notices] == [("root-not-a-directory", 3)]
    assert analysis.waste.wasted == 9


@pytest.mark.parametrize("enabled", [True, False])
def test_a_replay_leaves_the_garbage_collector_as_it_was(enabled: bool) -> None:
    broken = [None]
    (gc.enable if enabled else gc.disable)()
    try:
        analyze(build_image(layer(file("a", 1))))
        assert gc.isenabled() == enabled
        with pytest.raises(TypeError):
            Replay().add(broken)  # type: ignore[arg-type]
        assert gc.isenabled() == enabled
    finally:
        gc.enable()


@pytest.mark.parametrize(("base_layers", "wasted", "stored"), [(0, 30, 35), (1, 30, 25), (2, 20, 5), (3, 0, 0)])
def test_the_users_waste_is_what_layers_above_the_base_wrote_or_killed(
    base_layers: int, wasted: int, stored: int
) -> None:
    image = build_image(layer(file("a", 10)), layer(file("b", 20), whiteout("a")), layer(file("c", 5), whiteout("b")))
    waste = analyze(image, base_layers=base_layers).waste
    assert (waste.user_wasted, waste.user_stored) == (wasted, stored)
