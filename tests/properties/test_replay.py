"""Replaying random stacks of layers, against a dictionary of paths."""

from __future__ import annotations

from hypothesis import example, given

from ocianalyze.analysis.union.analyze import Analysis, Replay, analyze
from ocianalyze.analysis.union.replay import apply_layer
from ocianalyze.analysis.union.tree import FileNode, UnionTree
from ocianalyze.model.entry import Entry, EntryKind
from tests.analysis.invariants import check
from tests.builders import build_image, directory, file, hardlink, opaque, symlink, whiteout
from tests.properties import twin
from tests.properties.stacks import stacks

Stack = tuple[tuple[Entry, ...], ...]
Shown = tuple[EntryKind, Entry | None, tuple[int, int] | None]


def shown(tree: UnionTree) -> dict[str, Shown]:
    return {path: (node.kind, node.entry, node.stored_at) for path, node in [("", tree.root), *tree.walk()]}


def expected(stack: Stack) -> list[dict[str, twin.Inode]]:
    """The tree after each layer, by the twin."""
    trees: list[dict[str, twin.Inode]] = [{"": twin.Inode(None, None)}]
    for index, entries in enumerate(stack):
        trees.append(twin.apply(trees[-1], index, entries))
    return trees[1:]


@given(stacks)
@example(((symlink("a", "b"),), (file("a/c", b"x"), directory("a"), opaque("a"))))
@example(((symlink("a", "b"), directory("b"), file("b/c", b"x")), (whiteout("a/c"), whiteout("a"))))
@example(((file("a", b"x"),), (hardlink("b", "a"), whiteout("a")), (file("b", b"y"),)))
def test_every_tree_is_what_a_dictionary_of_paths_gives(stack: Stack) -> None:
    analysis = analyze(build_image(*stack))
    for tree, twins in zip(analysis.trees, expected(stack), strict=True):
        assert shown(tree) == {path: (inode.kind, *inode) for path, inode in twins.items()}


@given(stacks)
def test_an_analysis_never_contradicts_itself(stack: Stack) -> None:
    check(analyze(build_image(*stack)))


@given(stacks)
def test_a_replay_that_shares_layers_with_another_gives_what_one_of_its_own_gives(stack: Stack) -> None:
    image = build_image(*stack)
    whole, kept = analyze(image), Replay(keep=True)
    for entries in stack:
        kept.add(entries)
    for shared in range(len(stack) + 1):
        replay = kept.up_to(shared)
        for entries in stack[shared:]:
            replay.add(entries)
        analysis = replay.finish(image)
        assert (analysis.waste, analysis.names) == (whole.waste, whole.names)
        assert [shown(tree) for tree in analysis.trees] == [shown(tree) for tree in whole.trees]


@given(stacks)
def test_a_tree_stays_as_it_is_when_layers_are_put_on_it(stack: Stack) -> None:
    tree, before = UnionTree(), []
    for each in build_image(*stack).layers:
        upper, changes = apply_layer(tree, each.index, each.entries)
        before.append((tree, shown(tree), changes, [node and frozen(node) for c in changes for node in c[4:]]))
        tree = upper
    for tree, seen, changes, nodes in before:
        assert shown(tree) == seen
        assert [node and frozen(node) for c in changes for node in c[4:]] == nodes


def frozen(node: FileNode) -> tuple[object, ...]:
    return node.entry, node.stored_at, None if node.children is None else dict(node.children)


@given(stacks)
def test_a_copy_dies_with_the_layer_that_leaves_it_no_name(stack: Stack) -> None:
    analysis = analyze(build_image(*stack))
    assert deaths(analysis) == expected_deaths(stack)


def deaths(analysis: Analysis) -> list[tuple[int, int, int]]:
    copies = [copy for path in analysis.waste.paths for copy in path.copies]
    return sorted((copy.written_by, copy.killed_by, copy.size) for copy in copies)


def expected_deaths(stack: Stack) -> list[tuple[int, int, int]]:
    """(layer that wrote, first layer after which no path shows it, bytes) of each file with bytes."""
    trees = [{inode.at for inode in tree.values()} for tree in expected(stack)]
    found = []
    for index, entries in enumerate(stack):
        for ordinal, entry in enumerate(entries):
            if entry.kind is EntryKind.FILE and entry.size:
                killers = [k for k in range(index, len(stack)) if (index, ordinal) not in trees[k]]
                found += [(index, killers[0], entry.size)] if killers else []
    return sorted(found)
