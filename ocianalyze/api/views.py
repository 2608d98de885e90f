"""What an Analysis shows: the merged view after a layer, what is in a directory of it, what each layer changed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from ocianalyze.analysis.query.duplicates import Duplicate, duplicates
from ocianalyze.analysis.query.pathhistory import Event, path_history, perhaps_deleted
from ocianalyze.analysis.query.select import list_matches
from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.analysis.union.changes import Change
from ocianalyze.analysis.union.lookup import Listed, lookup
from ocianalyze.analysis.union.tree import UnionTree
from ocianalyze.errors import UsageError


def view(analysis: Analysis, layer: int | None = None) -> UnionTree:
    """The merged view after *layer*; None means the last. UsageError when there is no such layer."""
    return analysis.tree if layer is None else analysis.trees[_checked(analysis, layer)]


def list_tree(
    analysis: Analysis,
    path: str = "",
    *,
    layer: int | None = None,
    recursive: bool = False,
    by_size: bool = False,
) -> list[Listed]:
    """What is in the directory *path* of the merged view after *layer* (None: the last), or *path* itself.

    Parents first and siblings by name, or with *by_size* the largest first. The error for what is not there says which
    layer still had it.
    """
    tree = view(analysis, layer)
    try:
        found = list_matches(tree, path, recursive=recursive)
    except UsageError as error:
        raise perhaps_deleted(analysis, path, error, layer) from error
    return sorted(found, key=lambda listed: (-listed.node.size, listed.path)) if by_size else found


def changes_of(analysis: Analysis, layer: int | None = None) -> Iterator[Change]:
    """What *layer* did, or every layer in turn."""
    if layer is None:
        return chain.from_iterable(analysis.changes)
    return iter(analysis.changes[_checked(analysis, layer)])


def history_of(analysis: Analysis, path: str) -> tuple[str, list[Event]]:
    """*path* without links in its directories, and what each layer did to it, lowest first.

    UsageError when no layer has anything there.
    """
    return path_history(analysis, path)


def duplicates_in(analysis: Analysis, *, layer: int | None = None, least: int = 1) -> list[Duplicate]:
    """Every content of at least *least* bytes that the view after *layer* shows in two stored copies or more."""
    return duplicates(view(analysis, layer), least=least)


def names_in(analysis: Analysis, directory: str, *, layer: int | None = None) -> list[tuple[str, bool]]:
    """The names in *directory* of the view after *layer*, sorted, each with whether it is a directory.

    UsageError when there is no such directory.
    """
    children = lookup(view(analysis, layer), directory + "/").node.children or {}
    return sorted((name, node.children is not None) for name, node in children.items())


def _checked(analysis: Analysis, layer: int) -> int:
    count = len(analysis.image.layers)
    if 0 <= layer < count:
        return layer
    has = f"its layers are 0 to {count - 1}" if count else "it has none"
    raise UsageError(f"the image has no layer {layer}", hint=has)
