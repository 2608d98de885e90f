"""The bytes that an image would save if some of its neighbouring layers were one."""

from __future__ import annotations

from collections import Counter

from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.analysis.union.tree import StoredAt
from ocianalyze.errors import UsageError
from ocianalyze.model.entry import EntryKind, kind_of

_HARDLINK = EntryKind.HARDLINK


def squash_saving(analysis: Analysis, first: int, last: int) -> int:
    """The bytes that would not be stored if the layers *first* to *last* were one layer with the same result.

    A file that one of these layers writes and one of them hides is stored no more; files of lower layers stay. A hard
    link to a file of a lower layer stays a link as long as the file has a name that these layers do not touch; else
    its bytes are stored again, and the saving is less by them. The number is exact: replaying the squashed image
    gives the same.

    Raises UsageError when there are no such layers.
    """
    layers = len(analysis.image.layers)
    if not 0 <= first <= last < layers:
        raise UsageError(f"there are no layers {first} to {last}", hint=f"the layers are 0 to {layers - 1}")
    pairs = analysis.waste.by_layer_pair.items()
    gone = sum(size for (written_by, killed_by), size in pairs if written_by >= first and killed_by <= last)
    return gone - _stored_again(analysis, first, last)


def narrowest_range(analysis: Analysis, first: int, last: int) -> tuple[int, int] | None:
    """The fewest neighbouring layers out of *first* to *last* that hold at least half of the bytes wasted among those.

    None when half takes all of the layers, or is wasted by one of them alone.
    """
    written_by: dict[int, list[tuple[int, int]]] = {}
    for (written, hidden), wasted in analysis.waste.by_layer_pair.items():
        if first <= written and hidden <= last:
            written_by.setdefault(written, []).append((hidden, wasted))
    whole = sum(wasted for pairs in written_by.values() for _, wasted in pairs)
    if not whole:
        return None
    found = []
    hidden_by: Counter[int] = Counter()  # of what the layers from *start* up wrote
    end, held = last, 0
    # The further down a range begins, the further down it can end.
    for start in sorted(written_by, reverse=True):
        for hidden, wasted in written_by[start]:
            hidden_by[hidden] += wasted
            held += wasted if hidden <= end else 0
        while 2 * (held - hidden_by[end]) >= whole:
            held -= hidden_by[end]
            end -= 1
        if 2 * held >= whole:
            found.append((end - start, -held, start, end))
    _, _, start, end = min(found)
    return None if (start, end) == (first, last) or start == end else (start, end)


def _stored_again(analysis: Analysis, first: int, last: int) -> int:
    """Bytes of files from below that only names written by the squashed layers show."""
    if first == 0:
        return 0
    squashed = analysis.image.layers[first : last + 1]
    # Only hard links show files of lower layers, and few layers have any.
    linking = [layer.index for layer in squashed if _HARDLINK in map(kind_of, layer.entries)]
    leading_below = {
        path
        for layer in linking
        for _, path, _, _, _, after in analysis.changes[layer]
        if after is not None and after.stored_at is not None and after.stored_at[0] < first
    }
    tree, below = analysis.trees[last], analysis.trees[first - 1]
    needed: dict[StoredAt, int] = {}
    for path in leading_below:
        node = tree.get(path)
        if node is None or node.kind is not EntryKind.FILE or node.stored_at is None:
            continue
        if node.stored_at.layer < first:
            needed[node.stored_at] = node.size
    if not needed:
        return 0
    touched = {change.path for layer in squashed for change in analysis.changes[layer.index]}
    untouched = {
        node.stored_at
        for path, node in below.walk()
        if node.stored_at in needed and path not in touched and _shows(tree.get(path), node.stored_at)
    }
    return sum(size for stored_at, size in needed.items() if stored_at not in untouched)


def _shows(node: object, stored_at: StoredAt | None) -> bool:
    return node is not None and getattr(node, "stored_at", None) == stored_at
