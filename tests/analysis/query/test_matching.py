"""Many globs in one walk: what they cost, counted in steps."""

from __future__ import annotations

import pytest

from ocianalyze.analysis.query.matching import GlobSet, Steps, match_all, match_names, matching
from ocianalyze.analysis.union.analyze import analyze
from ocianalyze.analysis.union.tree import UnionTree
from ocianalyze.errors import LimitExceededError, UsageError
from tests.builders import build_image, file, layer, symlink


def wide(count: int) -> UnionTree:
    """A tree of *count* files, ten in each directory."""
    return analyze(build_image(layer(*(file(f"d{n // 10}/f{n}.so", 1) for n in range(count))))).tree


FORMS = ["/d{n}/f1.so", "/**/f{n}.so", "/**/*.{n}", "/d{n}/**", "/d{n}*/*", "/*/f{n}*.so", "/f{n}", "/**/a/**/b{n}"]


@pytest.mark.parametrize("form", FORMS)
def test_more_globs_cost_no_more_for_a_name(form: str) -> None:
    tree = wide(200)

    def cost(count: int) -> int:
        steps = Steps()
        match_all(tree, [form.format(n=n) for n in range(count)], steps)
        return steps.spent

    # Beside the walk there are the glob's own names, and the paths that it finds.
    assert cost(800) <= 2 * cost(100) + 8 * 800


@pytest.mark.parametrize("form", [*FORMS, "/**/*f{n}*", "/[d]*/[f]{n}*"])
def test_twice_the_names_cost_twice_as_much(form: str) -> None:
    def cost(count: int) -> int:
        steps = Steps()
        match_all(wide(count), [form.format(n=n) for n in range(20)], steps)
        return steps.spent

    assert cost(1600) <= 2.6 * cost(800)


def test_a_walk_goes_no_further_than_the_globs_lead() -> None:
    steps = Steps()
    found = match_all(wide(1000), ["/d7/*", "/d8/x/**", "/d9/f90.so"], steps)
    assert [len(one) for one in found] == [10, 0, 1]
    assert steps.spent < 50


def test_each_glob_finds_what_it_finds_alone() -> None:
    tree = wide(100)
    globs = ["/**", "/d1/*", "/**/*1*", "/d[12]/f1?.so", "/**/d1/**", "/d1/**", "/**/f5.so", "/nothing/*", "/d3"]
    assert match_all(tree, globs) == [list(matching(tree, glob)) for glob in globs]


def test_names_that_come_again_below_two_stars_are_found_once() -> None:
    tree = analyze(build_image(layer(file("a/a/a/b", 1)))).tree
    assert [path for path, _ in matching(tree, "/**/a/**/b")] == ["a/a/a/b"]
    assert [path for path, _ in matching(tree, "/**/a/**/a/**")] == ["a/a/a", "a/a/a/b"]


def test_links_before_the_first_glob_are_followed() -> None:
    tree = analyze(build_image(layer(symlink("bin", "usr/bin"), file("usr/bin/sh", 1), file("usr/bin/nc", 1)))).tree
    assert [[path for path, _ in one] for one in match_all(tree, ["/bin/*", "/bin/nc", "/bi[n]/*"])] == [
        ["usr/bin/nc", "usr/bin/sh"],
        ["usr/bin/nc"],
        [],
    ]


def test_globs_that_ask_too_much_are_stopped() -> None:
    globs = [f"/**/*a*{n}*" for n in range(100)]
    with pytest.raises(LimitExceededError, match="more than 10,000 comparisons") as caught:
        match_all(wide(1000), globs, Steps(10_000))
    assert caught.value.hint
    with pytest.raises(LimitExceededError):
        match_all(wide(1000), ["/**"] * 100, Steps(10_000))
    with pytest.raises(LimitExceededError):
        match_names(["x"] * 1000, globs, Steps(10_000))


def test_a_long_glob_is_refused_before_anything_is_made_of_it() -> None:
    for glob in ("a" * 600_000, "*a" * 300_000, "[a]" * 200_000, "/**/a" * 100_000):
        with pytest.raises(UsageError, match=r"(600|500),000"):
            matching(wide(10), glob).__next__()
        with pytest.raises(UsageError):
            GlobSet([glob])
