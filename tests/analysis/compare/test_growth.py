"""Where the bytes went: which places are named, and that naming them is quick."""

from __future__ import annotations

from ocianalyze.analysis.compare.growth import GrownPlace
from ocianalyze.analysis.compare.imagediff import DiffOptions, compare
from ocianalyze.analysis.union.analyze import analyze
from ocianalyze.model.entry import Entry
from tests.builders import build_image, file, layer
from tests.steps import lines_run


def growth(*new: Entry, old: tuple[Entry, ...] = (), rows: int = 10, max_depth: int | None = None) -> list[GrownPlace]:
    images = analyze(build_image(layer(*old))), analyze(build_image(layer(*new)))
    return list(compare(*images, DiffOptions(rows=rows, max_depth=max_depth)).growth)


def said(rows: list[GrownPlace]) -> list[tuple[str, int, bool]]:
    return [(row.path, row.delta, row.is_rest) for row in rows]


def test_a_directory_is_not_listed_beside_its_only_growing_part() -> None:
    assert said(growth(file("usr/lib/x/big", 900))) == [("usr/lib/x/big", 900, False)]


def test_a_few_parts_are_all_named() -> None:
    found = growth(file("a/b/c", 5), file("a/b/d", 7), file("e", 1))
    assert said(found) == [("a/b/d", 7, False), ("a/b/c", 5, False), ("e", 1, False)]


def test_what_stands_out_of_a_crowd_is_named_and_the_crowd_is_one_row() -> None:
    crowd = [file(f"usr/lib/{number:02}", 10) for number in range(40)]
    found = growth(*crowd, file("usr/lib/big", 5000), file("usr/share/doc", 30))
    assert said(found) == [("usr/lib/big", 5000, False), ("usr/lib", 400, True), ("usr/share/doc", 30, False)]
    assert found[1].paths == 40


def test_a_crowd_of_equals_is_one_row() -> None:
    assert said(growth(*[file(f"d/{number:02}", 10) for number in range(40)])) == [("d", 400, False)]


def test_a_swap_of_two_large_files_shows_although_nothing_grew() -> None:
    found = growth(file("new", 700), old=(file("old", 700),))
    assert said(found) == [("new", 700, False), ("old", -700, False)]


def test_deeper_directories_are_summed_up_where_that_is_asked_for() -> None:
    entries = [file("a/b/c/d", 5), file("a/b/e", 7), file("f", 1)]
    assert said(growth(*entries, max_depth=2)) == [("a/b", 12, False), ("f", 1, False)]
    assert said(growth(*entries, max_depth=1)) == [("a", 12, False), ("f", 1, False)]


def test_a_file_that_became_a_directory_keeps_what_it_lost() -> None:
    found = growth(file("x/f", 3), old=(file("x", 50),))
    assert said(found) == [("x", -50, True), ("x/f", 3, False)]


def test_rows_run_out_and_the_sum_stays() -> None:
    entries = [file(f"{name}/{number}", 10 + number) for name in "abcd" for number in range(4)]
    for rows in range(1, 20):
        found = growth(*entries, rows=rows)
        assert len(found) <= rows
        assert sum(row.delta for row in found) == sum(entry.size for entry in entries)


def test_twice_the_directories_of_one_file_take_twice_as_long() -> None:
    def cost(count: int) -> int:
        crowd = [file(f"d/p{number}/x/y", 100) for number in range(count)]
        images = analyze(build_image(layer())), analyze(build_image(layer(file("d/big", 1000 * count), *crowd)))
        found = compare(*images).growth
        assert said(list(found)) == [("d/big", 1000 * count, False), ("d", 100 * count, True)]
        return lines_run(lambda: compare(*images))

    assert cost(2000) < 2.2 * cost(1000)
