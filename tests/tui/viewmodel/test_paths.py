"""The columns against something dumber: walking the trees."""

from __future__ import annotations

import random

import pytest

from ocianalyze.analysis.union.analyze import Analysis, analyze
from ocianalyze.analysis.union.changes import ChangeKind
from ocianalyze.analysis.union.tree import FileNode, StoredAt
from ocianalyze.model.entry import Entry, EntryKind
from ocianalyze.tui.viewmodel.paths import ABSENT, ADDED, METADATA, MODIFIED, PLAIN, REMOVED, ROOT, STATE_OF, PathIndex
from ocianalyze.tui.viewmodel.timeline import Timeline
from ocianalyze.tui.viewmodel.view import Mode, View, Views
from tests.builders import build_image, directory, file, hardlink, layer, opaque, symlink, whiteout
from tests.tui.sample import sample


def views(analysis: Analysis, base: int = 1) -> Views:
    index = PathIndex(analysis)
    return Views(index, Timeline(index), base)


def random_image(seed: int) -> Analysis:
    """Stacks of files, links, whiteouts and opaque markers over few names, so that they collide."""
    rng = random.Random(seed)
    names = ["a", "b", "b-c", "c", "d"]

    def path() -> str:
        return "/".join(rng.choice(names) for _ in range(rng.randint(1, 4)))

    def entry() -> Entry:
        kind = rng.randrange(9)
        if kind < 4:
            return file(path(), rng.randrange(1, 50), mode=rng.choice([0o644, 0o755]))
        if kind == 4:
            return directory(path())
        if kind == 5:
            return hardlink(path(), path())
        if kind == 6:
            return opaque(path())
        return whiteout(path()) if kind == 7 else symlink(path(), rng.choice(["a", "/b", "../c"]))

    return analyze(build_image(*(layer(*(entry() for _ in range(12))) for _ in range(5))))


def size_of(node: FileNode) -> int:
    """Bytes below *node*, every inode once."""
    seen: dict[StoredAt, int] = {}
    pending = [node]
    while pending:
        at = pending.pop()
        pending.extend((at.children or {}).values())
        if at.stored_at is not None and at.kind is EntryKind.FILE:
            seen[at.stored_at] = at.size
    return sum(seen.values())


@pytest.mark.parametrize("seed", range(60))
def test_a_view_shows_what_the_tree_holds_with_sizes_that_count_an_inode_once(seed: int) -> None:
    analysis = random_image(seed)
    all_views = views(analysis)
    index = all_views.index
    for number, tree in enumerate(analysis.trees):
        view = all_views.get(number, Mode.LAYER)
        there = dict(tree.walk())
        shown = {index.paths[i] for i, state in enumerate(view.states) if i and state not in (ABSENT, REMOVED)}
        assert shown == set(there)
        for path, node in there.items():
            i = index.number(path)
            assert i is not None
            assert view.size(i) == size_of(node)
            assert view.node(i) is node
        assert view.size(ROOT) == size_of(tree.root)


@pytest.mark.parametrize("seed", range(30))
def test_marks_of_a_layer_are_its_changes(seed: int) -> None:
    analysis = random_image(seed)
    all_views = views(analysis)
    for number, changes in enumerate(analysis.changes):
        view = all_views.get(number, Mode.LAYER)
        marked = {all_views.index.paths[i]: state for i, state in enumerate(view.states) if state > PLAIN}
        assert marked == {change.path: STATE_OF[change.kind] for change in changes}


@pytest.mark.parametrize("seed", range(30))
def test_aggregated_marks_agree_with_the_two_trees_they_compare(seed: int) -> None:
    analysis = random_image(seed)
    all_views = views(analysis, base=2)
    before = dict(analysis.trees[1].walk())
    view = all_views.get(4, Mode.AGGREGATED)
    after = dict(analysis.trees[4].walk())
    for i, path in enumerate(all_views.index.paths[1:], start=1):
        if path in after:
            assert (view.states[i] == ADDED) == (path not in before), path
            assert view.states[i] != REMOVED
        elif path in before:
            assert view.states[i] == REMOVED, path


def test_numbers_keep_each_subtree_together() -> None:
    analysis = analyze(
        build_image(layer(file("a", 1), file("a-b", 1), file("b/c", 1), file("b-/c", 1), file("b/c-", 2)))
    )
    index = PathIndex(analysis)
    assert index.paths == ["", "a", "a-b", "b", "b/c", "b/c-", "b-", "b-/c"]
    assert [index.number(path) for path in index.paths] == list(range(8))
    assert list(index.ends) == [8, 2, 3, 6, 5, 6, 8, 8]
    assert index.number("b/x") is None


def test_names_with_the_lowest_characters_do_not_tear_a_subtree_apart() -> None:
    hostile = ["x/a", "x\x00/b", "x\x01/c", "x\x00\x01", "x/\x00", "x"]
    analysis = analyze(build_image(layer(*(file(path, 1) for path in hostile if path != "x"))))
    index = PathIndex(analysis)
    for i, path in enumerate(index.paths):
        below = [j for j, other in enumerate(index.paths) if j != i and other.startswith(path + "/" if path else "")]
        assert below == list(range(i + 1, index.ends[i]))


def test_removed_paths_keep_their_last_size_and_node() -> None:
    all_views = views(sample())
    index = all_views.index
    view = all_views.get(3, Mode.LAYER)
    cache, deb = index.number("var/cache/apt"), index.number("var/cache/apt/pkg3.deb")
    assert cache is not None
    assert deb is not None
    assert view.states[deb] == REMOVED
    assert view.size(deb) == 100_003
    assert view.size(cache) == 500_010
    node = view.node(deb)
    assert node is not None
    assert node.stored_at == StoredAt(1, 3)


def test_aggregated_shows_what_was_added_and_removed_since_the_base() -> None:
    image = build_image(
        layer(file("keep", 1), file("again", 2), file("touched", 3)),
        layer(file("brief", 4), whiteout("again")),
        layer(whiteout("brief"), file("again", 9), file("touched", 3, mode=0o600)),
    )
    all_views = views(analyze(image))
    view = all_views.get(2, Mode.AGGREGATED)
    states = {path: view.states[i] for i, path in enumerate(all_views.index.paths)}
    assert states == {"": PLAIN, "keep": PLAIN, "again": MODIFIED, "brief": REMOVED, "touched": METADATA}
    brief = all_views.index.number("brief")
    assert brief is not None
    assert view.size(brief) == 4


def test_history_tells_what_each_layer_did_to_a_path() -> None:
    index = PathIndex(sample())
    assert [(c.layer, c.kind) for c in index.history("etc/passwd")] == [(0, ChangeKind.ADDED), (1, ChangeKind.MODIFIED)]
    assert index.history("no/such") == []


def test_waste_adds_up_over_directories() -> None:
    index = PathIndex(sample())
    cache = index.number("var/cache")
    assert cache is not None
    assert index.wasted_below(cache) == 500_010
    assert index.wasted_below(ROOT) == sample().waste.wasted


def test_moments_are_the_same_whether_made_in_order_or_not() -> None:
    index = PathIndex(sample())
    forward, backward = Timeline(index), Timeline(index)
    forward.warm()
    for number in reversed(range(4)):
        assert backward.at(number) == forward.at(number)


def view_of(analysis: Analysis, number: int) -> View:
    return views(analysis).get(number, Mode.LAYER)
