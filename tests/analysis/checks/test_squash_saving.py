"""The saving from squashing layers is what replaying the squashed image gives."""

from __future__ import annotations

from itertools import combinations_with_replacement

import pytest
from hypothesis import assume, given, settings

from ocianalyze.analysis.checks.squash_saving import narrowest_range, squash_saving
from ocianalyze.analysis.union.analyze import Analysis, analyze
from ocianalyze.analysis.union.tree import StoredAt, UnionTree
from ocianalyze.errors import UsageError
from ocianalyze.model.entry import Entry, EntryKind
from ocianalyze.report.compose.advice import advice_rows
from tests.builders import build_image, file, hardlink, layer, opaque, whiteout
from tests.properties.stacks import stacks

Stack = tuple[tuple[Entry, ...], ...]


def squashed(analysis: Analysis, first: int, last: int) -> Stack:
    """The image with the layers as one, written the dumb way: what is gone, then all that differs."""
    below = dict(analysis.trees[first - 1].walk()) if first else {}
    after = dict(analysis.trees[last].walk())
    touched = {change.path for number in range(first, last + 1) for change in analysis.changes[number]} - {""}
    kept = {path for path, node in after.items() if path in below and path not in touched}
    names: dict[StoredAt, str] = {}
    for path in sorted(kept):
        node = after[path]
        if node.stored_at and node.children is None:
            names.setdefault(node.stored_at, path)
    entries: list[Entry] = [
        Entry(path, EntryKind.WHITEOUT, 0, 0, 0, 0, 0) for path in sorted(below) if path not in kept and path in touched
    ]
    links: list[Entry] = []
    for path in sorted(touched & after.keys()):
        node = after[path]
        if node.entry is None:
            entries.append(Entry(path, EntryKind.DIRECTORY, 0, 0o755, 0, 0, 0))
        elif node.stored_at in names and node.children is None:
            links.append(hardlink(path, names[node.stored_at]))
        else:
            entries.append(node.entry._replace(path=path))
            if node.stored_at and node.children is None:
                names[node.stored_at] = path
    merged = tuple(entries + links)
    layers = [one.entries for one in analysis.image.layers]
    return (*layers[:first], merged, *layers[last + 1 :])


def sizes(tree: UnionTree) -> dict[str, int]:
    return {path: node.size for path, node in tree.walk()}


@settings(deadline=None)
@given(stacks)
def test_the_saving_is_what_replaying_the_squashed_image_gives(stack: Stack) -> None:
    analysis = analyze(build_image(*stack))
    # The dumb merge keeps a whiteout's directory only where no entry of its own layer has to come back.
    assume(not any(entry.kind is EntryKind.OPAQUE for entries in stack for entry in entries))
    for first, last in combinations_with_replacement(range(len(stack)), 2):
        merged = analyze(build_image(*squashed(analysis, first, last)))
        assume(sizes(merged.tree) == sizes(analysis.tree))
        assert squash_saving(analysis, first, last) == analysis.waste.stored - merged.waste.stored


def test_what_the_layers_write_and_hide_is_saved() -> None:
    analysis = analyze(build_image(layer(file("a", 100)), layer(file("b", 10)), layer(whiteout("a"), whiteout("b"))))
    assert squash_saving(analysis, 0, 2) == 110
    assert squash_saving(analysis, 1, 2) == 10
    assert squash_saving(analysis, 0, 1) == 0


def test_the_narrowest_range_holds_half_of_it() -> None:
    stack = [layer(file("base", 9))] + [layer() for _ in range(7)]
    stack[1], stack[7] = layer(file("small", 40)), layer(whiteout("small"))
    stack[3], stack[5] = layer(file("big", 60)), layer(whiteout("big"))
    analysis = analyze(build_image(*stack))
    assert narrowest_range(analysis, 1, 7) == (3, 5)
    assert squash_saving(analysis, 3, 5) == 60
    assert narrowest_range(analysis, 3, 5) is None  # that is all of them
    assert narrowest_range(analysis, 1, 4) is None  # nothing is wasted between them
    rows = [(row.code, row.saving, row.written_by, row.killed_by) for row in advice_rows(analysis)]
    assert rows[-2:] == [("squash", 60, 3, 5), ("squash", 100, 1, 7)]


@settings(deadline=None)
@given(stacks)
def test_no_narrower_range_holds_as_much(stack: Stack) -> None:
    analysis = analyze(build_image(*stack))
    last = len(stack) - 1
    held = {
        (start, end): sum(size for (w, k), size in analysis.waste.by_layer_pair.items() if start <= w and k <= end)
        for start, end in combinations_with_replacement(range(len(stack)), 2)
    }
    enough = [end - start for (start, end), size in held.items() if size and 2 * size >= held[0, last]]
    found = narrowest_range(analysis, 0, last)
    if found:
        assert 2 * held[found] >= held[0, last]
        assert found[1] - found[0] == min(enough)
    else:
        assert not enough or min(enough) in (0, last)


def test_what_an_opaque_marker_hides_in_the_range_is_saved() -> None:
    analysis = analyze(build_image(layer(file("d/a", 100)), layer(opaque("d"))))
    assert squash_saving(analysis, 0, 1) == 100
    assert squash_saving(analysis, 1, 1) == 0


def test_a_link_whose_file_goes_has_to_be_stored_again() -> None:
    analysis = analyze(
        build_image(layer(file("a", 100)), layer(hardlink("b", "a"), file("c", 5)), layer(whiteout("a")))
    )
    assert squash_saving(analysis, 1, 2) == -100


def test_layers_that_are_not_there() -> None:
    with pytest.raises(UsageError, match="there are no layers 1 to 3"):
        squash_saving(analyze(build_image(layer(), layer())), 1, 3)
