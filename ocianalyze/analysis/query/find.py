"""Finding files in a merged view, among the changes of layers, or among the files that are deleted."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ocianalyze.analysis.query.predicates import Predicate
from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.analysis.union.changes import Change, ChangeKind
from ocianalyze.analysis.union.lookup import Found
from ocianalyze.analysis.union.tree import FileNode, UnionTree


class Match(NamedTuple):
    """One path that was found."""

    path: str
    node: FileNode
    """The node that the view shows; for a removed path, the last that it showed."""
    change: Change | None = None
    """The change that was asked for, or the removal of a deleted path."""


def find(places: Iterable[Found], predicates: Sequence[Predicate]) -> Iterator[Match]:
    """Each path at or below *places* that meets all *predicates*, in the order of `UnionTree.walk`."""
    for place in places:
        if place.path:
            yield from _kept(((place.path, place.node),), predicates)
        if place.node.children:
            prefix = place.path + "/" if place.path else ""
            inside = ((prefix + path, node) for path, node in UnionTree(place.node).walk())
            yield from _kept(inside, predicates)


def find_changed(
    analysis: Analysis, kinds: Iterable[ChangeKind], predicates: Sequence[Predicate], *, below: str = ""
) -> Iterator[Match]:
    """Each change of one of *kinds* at the path *below* or under it, lowest layer first."""
    wanted = frozenset(kinds)
    for change in itertools.chain.from_iterable(analysis.changes):
        node = change.after or change.before
        if change.kind not in wanted or node is None or not _is_below(change.path, below):
            continue
        if all(test(change.path, node) for test in predicates):
            yield Match(change.path, node, change)


def find_deleted(analysis: Analysis, predicates: Sequence[Predicate], *, below: str = "") -> Iterator[Match]:
    """Each path that a layer removed and the final view lacks, sorted; with the node that it showed last."""
    gone: dict[str, Change] = {}
    for change in itertools.chain.from_iterable(analysis.changes):
        if change.kind is ChangeKind.REMOVED and _is_below(change.path, below):
            gone[change.path] = change
    for path, change in sorted(gone.items()):
        node = change.before
        if node is not None and analysis.tree.get(path) is None and all(test(path, node) for test in predicates):
            yield Match(path, node, change)


def _kept(nodes: Iterable[tuple[str, FileNode]], predicates: Sequence[Predicate]) -> Iterator[Match]:
    for path, node in nodes:
        if all(test(path, node) for test in predicates):
            yield Match(path, node)


def _is_below(path: str, top: str) -> bool:
    return not top or path == top or path.startswith(top + "/")
