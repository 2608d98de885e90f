"""Comparing random pairs of images: the changes lead from one to the other, and say the same from both sides."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis.strategies import booleans, integers

from ocianalyze.analysis.compare.imagediff import DiffOptions, compare
from ocianalyze.analysis.compare.layerdiff import LayerStatus
from ocianalyze.analysis.compare.treediff import DiffKind, PathDiff
from ocianalyze.analysis.union.analyze import Analysis, analyze
from ocianalyze.analysis.union.changes import Aspect
from ocianalyze.model.entry import Entry, EntryKind
from tests.builders import build_image
from tests.properties.stacks import stacks

Stack = tuple[tuple[Entry, ...], ...]
MIRRORED = {LayerStatus.INSERTED: LayerStatus.DROPPED, LayerStatus.DROPPED: LayerStatus.INSERTED}
OPPOSITE = {DiffKind.ADDED: DiffKind.REMOVED, DiffKind.REMOVED: DiffKind.ADDED}


@given(stacks, stacks, booleans())
@settings(max_examples=150)
def test_the_changes_turn_the_old_listing_into_the_new_one(old: Stack, new: Stack, mtime: bool) -> None:
    before, after = analyze(build_image(*old)), analyze(build_image(*new))
    difference = compare(before, after, DiffOptions(mtime=mtime))
    listing = dict(before.tree.walk())
    for change in difference.changes:
        if change.kind is not DiffKind.ADDED:
            assert listing.pop(change.moved_from or change.path) is change.old
    for change in difference.changes:
        if change.new is not None:
            assert change.path not in listing
            listing[change.path] = change.new
    expected = dict(after.tree.walk())
    assert listing.keys() == expected.keys()
    for path, node in listing.items():
        assert _without_place(node.entry, mtime) == _without_place(expected[path].entry, mtime)


@given(stacks)
def test_an_image_does_not_differ_from_itself(stack: Stack) -> None:
    one, same = analyze(build_image(*stack)), analyze(build_image(*stack))
    difference = compare(one, same, DiffOptions(mtime=True))
    assert difference.is_empty
    assert (*difference.changes, *difference.config, *difference.history, *difference.growth) == ()
    assert difference.size_delta == difference.pull_cost == 0
    assert {pair.status for pair in difference.layers} == {LayerStatus.SHARED}


@given(stacks, stacks)
@settings(max_examples=150)
def test_swapping_the_sides_mirrors_the_result(old: Stack, new: Stack) -> None:
    before, after = analyze(build_image(*old)), analyze(build_image(*new))
    there, back = compare(before, after), compare(after, before)
    assert sorted(map(_mirrored, there.changes)) == sorted(map(_plain, back.changes))
    assert there.size_delta == -back.size_delta
    assert {(row.path, row.lost, row.gained) for row in there.growth} == {
        (row.path, row.gained, row.lost) for row in back.growth
    }
    assert {(row.old, row.new, row.status) for row in there.layers} == {
        (row.new, row.old, MIRRORED.get(row.status, row.status)) for row in back.layers
    }
    assert {(row.field, row.key, row.old, row.new) for row in there.config} == {
        (row.field, row.key, row.new, row.old) for row in back.config
    }


@given(stacks, stacks, integers(1, 12))
@settings(max_examples=150)
def test_growth_adds_up_to_what_the_image_grew(old: Stack, new: Stack, rows: int) -> None:
    before, after = analyze(build_image(*old)), analyze(build_image(*new))
    difference = compare(before, after, DiffOptions(rows=rows))
    assert len(difference.growth) <= rows
    assert sum(row.delta for row in difference.growth) == difference.size_delta == _size(after) - _size(before)
    assert len({row.path for row in difference.growth}) == len(difference.growth)


def _size(analysis: Analysis) -> int:
    return sum({node.stored_at: node.size for _, node in analysis.tree.walk()}.values())


def _without_place(entry: Entry | None, mtime: bool) -> Entry | None:
    """What a comparison looks at: nothing that says where in an archive the entry is stored, or by which name."""
    if entry is not None and not mtime:
        entry = entry._replace(mtime_ns=0)
    if entry is None or entry.mode < 0:
        return None
    mode = 0 if entry.kind is EntryKind.SYMLINK else entry.mode
    content = entry.content if entry.size else None
    implied = (entry.kind.value, mode, entry.uid, entry.gid) == ("dir", 0o755, 0, 0)
    return None if implied else entry._replace(path="", offset=0, mode=mode, content=content)


def _plain(change: PathDiff) -> tuple[str, str, str, int]:
    return change.path, change.kind.value, change.moved_from, Aspect(change.aspects).value


def _mirrored(change: PathDiff) -> tuple[str, str, str, int]:
    kind = OPPOSITE.get(change.kind, change.kind)
    path, moved_from = (change.moved_from, change.path) if change.moved_from else (change.path, "")
    return path, kind.value, moved_from, Aspect(change.aspects).value
