"""A Report holds what its Analysis says, each number once."""

from __future__ import annotations

from collections import Counter

import pytest

from ocianalyze.analysis.union.analyze import analyze
from ocianalyze.analysis.union.changes import ChangeKind
from ocianalyze.analysis.union.tree import StoredAt
from ocianalyze.analysis.waste.waste import WasteCause
from ocianalyze.report.compose.report import compose
from ocianalyze.report.compose.rows import change_rows
from ocianalyze.report.values.report import ChangeTotal
from tests.builders import build_image, char_device, directory, file, hardlink, layer, symlink, whiteout
from tests.report.samples import webapp


def test_sizes_of_the_image_are_the_sums_of_its_layers() -> None:
    report = compose(webapp())
    assert report.image.blob_size == sum(layer.blob_size for layer in report.layers)
    assert report.image.tar_size == sum(layer.tar_size for layer in report.layers)
    assert report.image.size == sum(layer.size for layer in report.layers) == report.waste.stored
    assert report.image.merged.size == report.waste.live


def test_waste_adds_up_by_path_pair_cause_and_layer() -> None:
    report = compose(webapp())
    waste = report.waste
    assert waste.stored == waste.live + waste.wasted
    assert waste.wasted > 0
    assert sum(row.wasted for row in waste.paths) == waste.wasted
    assert sum(row.wasted for row in waste.by_layer_pair) == waste.wasted
    assert sum(waste.by_cause.values()) == waste.wasted
    assert sum(layer.wasted for layer in report.layers) == waste.wasted
    assert set(waste.by_cause) == set(WasteCause)
    assert all(waste.by_cause.values()), "the sample shows every cause"


def test_a_layers_waste_is_what_it_wrote_and_no_more() -> None:
    wrote, overwrote = layer(file("a", 10), file("b", 20)), layer(file("a", 1), file("c", 4))
    report = compose(analyze(build_image(wrote, overwrote, layer(whiteout("b"), whiteout("c")))))
    assert [one.wasted for one in report.layers] == [30, 4, 0]
    assert all(one.wasted <= one.size for one in compose(webapp()).layers)


def test_a_path_with_several_dead_copies_is_told_by_the_largest_and_the_latest_of_equals() -> None:
    def told(*sizes: int) -> tuple[int, int, int]:
        stack = [layer(file("f", bytes([number]) * size)) for number, size in enumerate(sizes)]
        [row] = compose(analyze(build_image(*stack, layer(whiteout("f"))))).waste.paths
        return row.copies, row.written_by, row.killed_by

    assert told(5, 9, 7) == (3, 1, 2)
    assert told(9, 5, 9) == (3, 2, 3)
    assert told(9, 9, 5) == (3, 1, 2)


def test_paths_are_sorted_most_wasted_first_and_cut_only_by_top() -> None:
    everything = compose(webapp()).waste
    assert everything.paths == sorted(everything.paths, key=lambda row: (-row.wasted, row.path))
    assert everything.paths_total == len(everything.paths)
    few = compose(webapp(), top=2).waste
    assert few.paths == everything.paths[:2]
    assert few.paths_total == everything.paths_total
    assert compose(webapp(), top=0).waste.paths == []


def test_the_pairs_are_sorted_by_layer() -> None:
    pairs = [(row.written_by, row.killed_by) for row in compose(webapp()).waste.by_layer_pair]
    assert pairs == sorted(pairs)


def test_change_counts_are_those_of_the_analysis() -> None:
    analysis = webapp()
    for row, changes in zip(compose(analysis).layers, analysis.changes, strict=True):
        for kind in ChangeKind:
            total: ChangeTotal = getattr(row.changes, kind.value)
            assert total.count == sum(change.kind is kind for change in changes)


def test_bytes_of_changes_count_a_hard_linked_file_once() -> None:
    first = layer(file("a", 100), hardlink("b", "a"), directory("d"))
    report = compose(analyze(build_image(first, layer(whiteout("a"), whiteout("b")))))
    assert report.layers[0].changes.added == ChangeTotal(count=3, bytes=100)
    assert report.layers[1].changes.removed == ChangeTotal(count=2, bytes=100)


def test_the_merged_view_is_counted_by_kind() -> None:
    entries = layer(directory("d"), file("d/f", 3), hardlink("g", "d/f"), symlink("s", "d"), char_device("c", 1, 3))
    merged = compose(analyze(build_image(entries))).image.merged
    assert (merged.entries, merged.files, merged.directories, merged.symlinks, merged.other) == (5, 2, 1, 1, 1)
    assert merged.size == 3


def test_history_keeps_the_steps_without_a_layer() -> None:
    report = compose(webapp())
    assert [step.layer for step in report.history] == [0, None, 1, 2, 3, 4, 5]
    assert report.history[1].instruction == 'CMD ["sh"]'
    assert report.layers[3].instruction == "RUN rm -rf /var/cache/apt"


@pytest.mark.parametrize("top", [None, 1, 5, 3000])
def test_the_largest_files_are_those_of_a_full_sort(top: int | None) -> None:
    entries = [file(f"d{i % 7}/f{i}", (i * 7919) % 1000) for i in range(2500)]
    entries += [hardlink("zz", "d0/f0"), hardlink("a-first", "d3/f871")]
    analysis = analyze(build_image(layer(*entries)))
    rows = [(row.size, row.path, row.names) for row in compose(analysis, top=top).largest_files]
    seen: dict[StoredAt | None, tuple[int, str]] = {}
    names = Counter(node.stored_at for _, node in analysis.tree.walk())
    for path, node in analysis.tree.walk():
        if node.size:
            seen[node.stored_at] = min(seen.get(node.stored_at, (-node.size, path)), (-node.size, path))
    expected = sorted((*found, names[at]) for at, found in seen.items())[: 20 if top is None else top]
    assert rows == [(-negative, path, count) for negative, path, count in expected]


def test_an_image_without_layers_has_a_report() -> None:
    report = compose(analyze(build_image()))
    assert report.layers == []
    assert report.waste.efficiency == 1.0
    assert report.image.merged.entries == 0


def test_aspects_are_named_in_a_fixed_order() -> None:
    old, new = file("f", b"old"), file("f", b"newer", mode=0o600, uid=7, mtime_ns=1)
    analysis = analyze(build_image(layer(old), layer(new)))
    row = next(iter(change_rows(analysis.changes[1])))
    assert row.aspects == ["content", "mode", "owner", "mtime"]
    assert (row.layer, row.path, row.size_before, row.size_after) == (1, "f", 3, 5)
