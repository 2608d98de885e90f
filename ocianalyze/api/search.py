"""Looking for files and in them: `find_files` by what is known of a file, `grep_files` by its content."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ocianalyze.analysis.query import predicates as by
from ocianalyze.analysis.query.find import Match, find, find_changed, find_deleted
from ocianalyze.analysis.query.predicates import Predicate, any_of, by_layer
from ocianalyze.analysis.query.select import pruned
from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.analysis.union.changes import ChangeKind
from ocianalyze.api.opened import OpenedImage
from ocianalyze.api.places import find_paths, placed_in
from ocianalyze.api.views import view
from ocianalyze.contents.grep import Hit, Search, compile_search, grep
from ocianalyze.errors import UsageError
from ocianalyze.model.entry import EntryKind, clean_path
from ocianalyze.model.placed import Placed

__all__ = [
    "ALTERNATIVES",
    "CONDITIONS",
    "Hit",
    "Predicate",
    "Scope",
    "any_of",
    "by_layer",
    "compile_search",
    "find_files",
    "grep_files",
]

CONDITIONS: Mapping[str, Callable[[str], Predicate]] = {
    "name": by.by_name,
    "path": by.by_path,
    "size": by.by_size,
    "regex": by.by_regex,
    "type": by.by_kind,
    "owner": by.by_owner,
    "mode": by.by_mode,
    "newer": by.by_newer,
}
"""What can be asked of a file -> what makes a predicate of a text; UsageError for a text that says nothing."""
ALTERNATIVES = ("name", "path")
"""Of these, any of several texts will do; of the others, all must hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which contents are searched: those that a view shows, or stored copies."""

    paths: tuple[str, ...] = ()
    """At or below these; none: everywhere."""
    layer: int | None = None
    """The view after this layer; None for the last."""
    all_layers: bool = False
    """Instead of a view, every copy that a layer stores, deleted and overwritten ones too."""
    stored_by: int | None = None
    """The same of one layer."""


def grep_files(
    opened: OpenedImage, search: Search, scope: Scope = Scope(), *, text: bool = False, first_only: bool = False
) -> Iterator[tuple[Hit, bool]]:
    """Each line that *search* finds, and whether the final view shows that copy of the file."""
    analysis, paths = opened.analysis, scope.paths
    if scope.all_layers or scope.stored_by is not None:
        if scope.layer is not None:
            raise UsageError("the view after one layer, and all copies, exclude each other")
        files = _stored_copies(analysis, [clean_path(path).path for path in paths], scope.stored_by)
    else:
        tree = view(analysis, scope.layer)
        files = placed_in(pruned(tree, find_paths(analysis, paths, layer=scope.layer)) if paths else tree)
        files = [one for one in files if one.entry.kind is EntryKind.FILE]
    distinct = {one.stored_at: one for one in reversed(files)}
    live = {node.stored_at for _, node in analysis.tree.walk()}
    hits = grep(opened.contents, list(distinct.values()), search, text=text, first_only=first_only)
    return ((hit, hit.place.stored_at in live) for hit in hits)


def _stored_copies(analysis: Analysis, paths: Sequence[str], layer: int | None) -> list[Placed]:
    """Every file that layers store at or below *paths*."""
    if layer is not None:
        view(analysis, layer)  # complains if there is no such layer
    return [
        Placed(entry.path, entry, (one.index, ordinal))
        for one in analysis.image.layers
        if layer in (None, one.index)
        for ordinal, entry in enumerate(one.entries)
        if entry.kind is EntryKind.FILE
        and (not paths or any(not path or entry.path == path or entry.path.startswith(path + "/") for path in paths))
    ]


def find_files(
    analysis: Analysis,
    path: str,
    predicates: Sequence[Predicate],
    *,
    layer: int | None = None,
    kinds: Sequence[str] = (),
    deleted: bool = False,
) -> list[Match]:
    """What is at or below *path*, which may be a pattern, and meets all *predicates*.

    In the view after *layer*; or, with *kinds*, each change of such a kind; or, with *deleted*, what is gone.
    """
    below = clean_path(path).path
    if kinds:
        known = {kind.value: kind for kind in ChangeKind}
        if unknown := [kind for kind in kinds if kind not in known]:
            raise UsageError(f"there is no kind of change {unknown[0]!r}", hint=f"expected one of {', '.join(known)}")
        return list(find_changed(analysis, [known[kind] for kind in kinds], predicates, below=below))
    if deleted:
        return list(find_deleted(analysis, predicates, below=below))
    return list(find(find_paths(analysis, [path], layer=layer), predicates))
