"""Paths are found as a process inside the image would find them."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocianalyze.analysis.query.glob import path_expression
from ocianalyze.analysis.query.matching import matching
from ocianalyze.analysis.union.analyze import analyze
from ocianalyze.analysis.union.lookup import listing, lookup
from ocianalyze.analysis.union.tree import UnionTree
from ocianalyze.errors import UsageError
from ocianalyze.model.entry import EntryKind
from tests.builders import build_image, directory, file, hardlink, layer, symlink
from tests.report.samples import webapp


def tree() -> UnionTree:
    entries = layer(
        directory("usr/bin"),
        file("usr/bin/env", 5),
        symlink("bin", "usr/bin"),
        symlink("usr/sbin", "/bin"),
        symlink("out", "../../../usr"),
        symlink("loop", "loop"),
        file("etc/passwd", 3),
        hardlink("etc/passwd-", "etc/passwd"),
    )
    return analyze(build_image(entries)).tree


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", ""),
        ("/", ""),
        ("..", ""),
        ("/usr/bin/env", "usr/bin/env"),
        ("usr//bin/./env", "usr/bin/env"),
        ("bin/env", "usr/bin/env"),
        ("usr/sbin/env", "usr/bin/env"),
        ("out/bin/env", "usr/bin/env"),
        ("bin/../../etc/passwd", "etc/passwd"),
        ("bin", "bin"),
        ("bin/", "usr/bin"),
        ("loop", "loop"),
    ],
)
def test_links_on_the_way_are_followed_and_the_last_is_not(path: str, expected: str) -> None:
    assert lookup(tree(), path).path == expected


@pytest.mark.parametrize(
    ("path", "message", "hint"),
    [
        ("/etc/paswd", "no such path in the image: /etc/paswd", "did you mean /etc/passwd or /etc/passwd-?"),
        ("etc/zzz", "no such path in the image: /etc/zzz", "/etc has no zzz"),
        ("etc/passwd/x", "no such path in the image: /etc/passwd/x", "/etc/passwd is not a directory"),
        ("loop/x", "/loop/x: too many levels of symbolic links", None),
    ],
)
def test_what_is_not_there_is_said_with_what_is_near(path: str, message: str, hint: str | None) -> None:
    with pytest.raises(UsageError) as caught:
        lookup(tree(), path)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_a_directory_lists_its_children_and_a_file_itself() -> None:
    assert [listed.path for listed in listing(tree(), "bin/", recursive=False)] == ["usr/bin/env"]
    assert [listed.path for listed in listing(tree(), "bin", recursive=True)] == ["bin"]
    assert [listed.path for listed in listing(tree(), "usr", recursive=False)] == ["usr/bin", "usr/sbin"]
    assert [listed.path for listed in listing(tree(), "usr", recursive=True)] == ["usr/bin", "usr/bin/env", "usr/sbin"]


def test_links_are_counted_over_the_whole_tree() -> None:
    counts = {listed.path: listed.nlink for listed in listing(tree(), "etc", recursive=False)}
    assert counts == {"etc/passwd": 2, "etc/passwd-": 2}


PARTS = st.lists(st.sampled_from(["a", "b", "a*", "?", "**", "[ab]", "[", "."]), max_size=4)


@settings(deadline=None)
@given(st.sets(st.lists(st.sampled_from("ab"), min_size=1, max_size=4).map("/".join)), PARTS)
def test_a_pattern_finds_what_a_walk_through_everything_finds(names: set[str], parts: list[str]) -> None:
    tree = analyze(build_image(layer(*(file(name, 1) for name in sorted(names))))).tree
    pattern = "/" + "/".join(parts)
    expected = [path for path, _ in tree.walk() if path_expression(pattern).fullmatch(path)]
    assert [path for path, _ in matching(tree, pattern)] == expected


def fits(names: list[str], parts: list[str]) -> bool:
    """Whether *names* match the glob *parts*, by trying everything."""
    if not parts:
        return not names
    if parts[0] == "**":
        if len(parts) == 1:
            return bool(names)
        return any(fits(names[count:], parts[1:]) for count in range(len(names)))
    return bool(names) and fits_name(names[0], parts[0]) and fits(names[1:], parts[1:])


def fits_name(name: str, part: str) -> bool:
    if not part:
        return not name
    if part[0] == "*":
        return any(fits_name(name[count:], part[1:]) for count in range(len(name) + 1))
    return bool(name) and part[0] in ("?", name[0]) and fits_name(name[1:], part[1:])


@settings(max_examples=500, deadline=None)
@given(
    st.lists(st.text("ab", min_size=1, max_size=5), min_size=1, max_size=5),
    st.lists(st.one_of(st.just("**"), st.text("ab*?", min_size=1, max_size=5)), min_size=1, max_size=5),
)
def test_a_glob_is_what_trying_everything_gives(names: list[str], parts: list[str]) -> None:
    # Three stars or more in a name are one there, and two alone are directories.
    parts = [part if part == "**" else re.sub(r"\*+", "*", part) for part in parts]
    assert bool(path_expression("/".join(parts)).fullmatch("/".join(names))) == fits(names, parts)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 60 + "b", "a"),
        ("a*" * 60 + "b", "a"),
        ("/**/a" * 30 + "/b", "a/"),
        ("/**/*a*a*b" * 10, "aaaaaaaa/"),
    ],
)
def test_a_path_of_eight_times_the_length_takes_eight_times_as_long(pattern: str, path: str) -> None:
    def seconds(length: int) -> float:
        text = path * (length // len(path)) + "c"
        tries = []
        for _ in range(3):
            started = time.process_time()
            assert path_expression(pattern).fullmatch(text) is None
            tries.append(time.process_time() - started)
        return min(tries)

    assert seconds(80_000) < 24 * seconds(10_000)  # the square would be 64 times as long


def test_every_file_is_among_the_files() -> None:
    tree = webapp().tree
    expected = [path for path, node in tree.walk() if node.kind is EntryKind.FILE]
    assert sorted(prefix + name for prefix, name, _ in tree.files()) == sorted(expected)
