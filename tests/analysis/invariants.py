"""What is true of every analysis. `check(analysis)` counts it all again, in the dumbest way there is."""

from __future__ import annotations

from collections import Counter

from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.analysis.union.changes import Aspect, Change, ChangeKind
from ocianalyze.analysis.union.tree import StoredAt, UnionTree
from ocianalyze.model.entry import EntryKind


def check(analysis: Analysis) -> None:
    """Fail if *analysis* contradicts itself or its image."""
    check_waste(analysis)
    lower: dict[str, int] = {}
    for index, (tree, changes) in enumerate(zip(analysis.trees, analysis.changes, strict=True)):
        upper = listing(tree)
        check_changes(index, lower, changes, upper)
        lower = upper
    for notice in analysis.notices:
        assert notice.code
        assert notice.message


def listing(tree: UnionTree) -> dict[str, int]:
    """The identity of the node at each path."""
    nodes = dict(tree.walk())
    assert all(tree.get(path) is node for path, node in nodes.items())
    return {path: id(node) for path, node in nodes.items()}


def check_waste(analysis: Analysis) -> None:
    """`stored == live + wasted`, each counted on its own."""
    waste, layers = analysis.waste, analysis.image.layers
    stored = {
        StoredAt(layer.index, ordinal): entry.size
        for layer in layers
        for ordinal, entry in enumerate(layer.entries)
        if entry.kind is EntryKind.FILE
    }
    reached = {node.stored_at for _, node in analysis.tree.walk() if node.kind is EntryKind.FILE}
    live = {at for at in stored if at in reached}
    copies = [copy for path in waste.paths for copy in path.copies]
    names = Counter(node.stored_at for _, node in analysis.tree.walk() if node.kind is EntryKind.FILE)
    assert analysis.names == {at: count for at, count in names.items() if count > 1}
    assert waste.stored == sum(stored.values())
    assert waste.live == sum(stored[at] for at in live)
    assert waste.wasted == sum(copy.size for copy in copies) == sum(path.wasted for path in waste.paths)
    assert waste.stored == waste.live + waste.wasted
    assert sorted(copy.size for copy in copies) == sorted(
        size for at, size in stored.items() if size and at not in live
    )
    assert sum(waste.by_cause.values()) == sum(waste.by_layer_pair.values()) == waste.wasted
    assert 0.0 <= waste.efficiency <= 1.0
    assert 0.0 <= waste.user_wasted_ratio <= 1.0
    assert 0 <= waste.user_wasted <= waste.wasted
    written = {(at.layer, size) for at, size in stored.items()}
    for path in waste.paths:
        assert path.wasted == sum(copy.size for copy in path.copies) > 0
        for copy in path.copies:
            assert copy.path == path.path
            assert copy.written_by <= copy.killed_by < len(layers)
            assert (copy.written_by, copy.size) in written


def check_changes(index: int, lower: dict[str, int], changes: tuple[Change, ...], upper: dict[str, int]) -> None:
    """The changes turn the listing *lower* into the listing *upper*, and say so truly."""
    paths = [change.path for change in changes]
    assert paths == sorted(set(paths))
    replayed = dict(lower)
    for change in changes:
        assert change.layer == index
        assert (change.before is None) == (change.kind is ChangeKind.ADDED)
        assert (change.after is None) == (change.kind is ChangeKind.REMOVED)
        if change.path:
            assert replayed.pop(change.path, None) == (id(change.before) if change.before else None)
            if change.after is not None:
                replayed[change.path] = id(change.after)
        check_aspects(change)
    # A directory that only got other children is a new node and no change.
    assert replayed.keys() == upper.keys()
    assert all(upper[path] == replayed[path] for path in paths if path in upper)


def check_aspects(change: Change) -> None:
    content = Aspect.CONTENT | Aspect.LINK
    expected = {
        ChangeKind.ADDED: not change.aspects,
        ChangeKind.REMOVED: not change.aspects,
        ChangeKind.UNCHANGED: not change.aspects,
        ChangeKind.REPLACED: change.aspects == Aspect.KIND,
        ChangeKind.MODIFIED: bool(change.aspects & content) and Aspect.KIND not in change.aspects,
        ChangeKind.METADATA: bool(change.aspects) and not change.aspects & (content | Aspect.KIND),
    }
    assert expected[change.kind], change
    if change.before is not None and change.after is not None:
        assert (change.before.kind is not change.after.kind) == (change.kind is ChangeKind.REPLACED)
