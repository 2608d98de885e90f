"""The bytes of what a layer changed, against a look at every change."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from ocianalyze.analysis.union.analyze import Analysis, analyze
from ocianalyze.analysis.union.changes import ChangeKind
from ocianalyze.analysis.union.tree import FileNode
from ocianalyze.model.entry import Entry
from ocianalyze.report.compose.totals import change_totals
from tests.builders import build_image, directory, file, hardlink, whiteout
from tests.properties import stacks


def looked_at(analysis: Analysis, layer: int, kind: ChangeKind) -> tuple[int, int]:
    nodes: list[FileNode] = []
    count = 0
    for change in analysis.changes[layer]:
        if change.kind is kind:
            count += 1
            node = change.after or change.before
            assert node is not None
            if not any(node is known for known in nodes):
                nodes.append(node)
    return count, sum(node.size for node in nodes)


@given(st.lists(stacks.layers, min_size=1, max_size=4).map(tuple))
@example(((file("a", b"12"), file("a", b"345")), (file("a/b", b"1"), file("c", b"22"))))
@example(((file("a", b"123"), hardlink("b", "a")), (hardlink("c", "a"), file("d", b"1")), (whiteout("a"),)))
@example(((file("", b"123"), file("a", b"1"), file("a/b", b"55")), (directory("a"), file("a/b", b"55"))))
@example(((file("a", b"123"),), (whiteout("a"), file("a", b"123"), file("b", b"1"))))
def test_the_totals_are_those_of_all_changes(stack: tuple[tuple[Entry, ...], ...]) -> None:
    analysis = analyze(build_image(*stack))
    for layer in analysis.image.layers:
        totals = change_totals(analysis, layer)
        for kind in ChangeKind:
            total = getattr(totals, kind.value)
            assert (total.count, total.bytes) == looked_at(analysis, layer.index, kind)
