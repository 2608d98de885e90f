"""Maps of sizes: every byte is in them, named or summed up, whatever the paths and however little room there is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.analysis.query.usage import usage
from ocianalyze.analysis.union.analyze import analyze
from ocianalyze.analysis.waste.waste import WasteCause
from ocianalyze.report.compose.sizemap import NODES, Leaf, merged_map, size_map, waste_map
from ocianalyze.report.values.sizemap import SizeMap
from tests.builders import build_image, file, hardlink, layer, whiteout
from tests.report.samples import hostile, webapp


def paths(found: SizeMap) -> dict[str, tuple[int, int]]:
    """Path -> (bytes, files) of all that is named."""
    full: list[str] = []
    for parent, name in zip(found.parent, found.name, strict=True):
        full.append((full[parent] if parent >= 0 else "") + name)
    return dict(zip(full, zip(found.size, found.files, strict=True), strict=True))


def check(found: SizeMap) -> None:
    """What holds for every map."""
    left, files_left = list(found.size), list(found.files)
    for place, parent in enumerate(found.parent):
        assert parent < place
        if parent >= 0:
            left[parent] -= found.size[place]
            files_left[parent] -= found.files[place]
            assert found.name[parent].endswith("/")
            assert found.size[place] <= found.size[parent]
    assert all(rest >= 0 for rest in (*left, *files_left))
    assert found.size == sorted(found.size, reverse=True)


def test_the_merged_view_is_what_usage_says() -> None:
    analysis = webapp()
    found = merged_map(analysis)
    check(found)
    expected = {one.path: one.size for one in usage(analysis.tree) if one.size}
    assert {path.strip("/"): size for path, (size, _) in paths(found).items()} == expected
    assert found.size[0] == analysis.waste.live


def test_waste_has_its_layers_and_its_cause() -> None:
    analysis = webapp()
    found = waste_map(analysis)
    check(found)
    assert found.size[0] == analysis.waste.wasted
    named = paths(found)
    for path in analysis.waste.paths:
        place = list(named).index("/" + path.path)
        copy = path.main_copy
        assert (found.size[place], found.layer[place], found.killed_by[place]) == (
            path.wasted,
            copy.written_by,
            copy.killed_by,
        )
        assert list(WasteCause)[found.cause[place]] is copy.cause


NAMES = st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map("/".join)


@given(st.dictionaries(NAMES, st.integers(1, 50), min_size=1), st.integers(1, 12))
def test_what_is_left_out_is_the_smallest(sizes: dict[str, int], nodes: int) -> None:
    leaves = [Leaf(path, size, 0) for path, size in sizes.items()]
    whole, part = size_map(leaves), size_map(leaves, nodes=nodes)
    for found in (whole, part):
        check(found)
        assert (found.size[0], found.files[0]) == (sum(sizes.values()), len(sizes))
    assert len(part.name) == min(nodes, len(whole.name))
    assert part.size == whole.size[: len(part.size)]


def test_a_directory_is_of_the_layer_that_stores_most_of_it() -> None:
    leaves = [Leaf("a/b/x", 5, 0), Leaf("a/b/y", 4, 1), Leaf("a/c", 2, 1), Leaf("d", 1, 2)]
    found = size_map(leaves)
    layers = dict(zip(paths(found), found.layer, strict=True))
    assert layers == {"/": 1, "/a/": 1, "/a/b/": 0, "/a/b/x": 0, "/a/b/y": 1, "/a/c": 1, "/d": 2}
    assert found.parts == [(1, 6), (0, 5), (2, 1)]
    assert found.named_files == 4
    waste = size_map([Leaf("a/x", 5, 0, 1, 3), Leaf("a/y", 6, 2, 3, 4)], is_waste=True)
    assert (waste.cause, waste.layer, waste.parts) == ([4, 4, 4, 3], [-1, -1, 2, 0], [(4, 6), (3, 5)])


def test_thousands_of_layers_in_thousands_of_directories_take_no_time() -> None:
    path = "/".join(["d"] * 2000)
    found = size_map([Leaf(f"{path}/{n}", 1000 + n, n) for n in range(2000)])
    check(found)
    assert found.parts[0] == (1999, 2999)
    assert len(found.parts) == 20


def test_a_path_can_be_a_file_and_a_directory() -> None:
    found = size_map([Leaf("a", 5, 0), Leaf("a/b", 3, 1)])
    assert paths(found) == {"/": (8, 2), "/a": (5, 1), "/a/": (3, 1), "/a/b": (3, 1)}


def test_a_hard_linked_file_is_there_once() -> None:
    image = build_image(layer(file("b/x", 5), hardlink("a", "b/x"), file("empty", 0)))
    assert paths(merged_map(analyze(image))) == {"/": (5, 1), "/a": (5, 1)}


@pytest.mark.parametrize("name", ["<" * 250, "\u202e" * 250, "\U0001f600" * 60, "\udcff" * 250])
def test_long_names_do_not_outgrow_the_budget(name: str) -> None:
    found = size_map([Leaf(f"{n}{name}", 1 + n, 0) for n in range(500)], budget=20_000)
    check(found)
    assert 20 < len(found.name) < 500
    assert found.files[0] == 500
    assert sum(len(one.encode()) for one in found.name) < 21_000


def test_a_very_deep_path_is_no_trouble() -> None:
    deep = "/".join(["d"] * 50_000)
    found = size_map([Leaf(deep, 1, 0)])
    assert len(found.name) == NODES


def test_nothing_and_hostile_names() -> None:
    empty = merged_map(analyze(build_image()))
    assert (empty.name, empty.size) == (["/"], [0])
    assert waste_map(analyze(build_image(layer(file("a", 1)), layer(whiteout("a"))))).size == [1, 1]
    for found in (merged_map(hostile()), waste_map(hostile())):
        check(found)
        assert all(name.isprintable() for name in found.name)
