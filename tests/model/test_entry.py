"""One spelling of each path, and the grammar of whiteouts."""

from __future__ import annotations

import posixpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.model.entry import clean_path
from ocianalyze.model.whiteout import Marker, hidden_name, marker


@pytest.mark.parametrize(
    ("name", "path", "clamped"),
    [
        ("", "", False),
        (".", "", False),
        ("/", "", False),
        ("a/b", "a/b", False),
        ("./a//b/./", "a/b", False),
        ("/a/b/", "a/b", False),
        ("..", "", True),
        ("a/../b", "b", True),
        ("../../etc/passwd", "etc/passwd", True),
        ("a/b/../../../c", "c", True),
        ("...", "...", False),
        ("a/..b/c..", "a/..b/c..", False),
    ],
)
def test_spellings(name: str, path: str, clamped: bool) -> None:
    assert clean_path(name) == (path, clamped)


@given(st.lists(st.sampled_from(["a", "b", ".", "..", "", "..."]), max_size=12).map("/".join))
def test_a_clean_path_is_what_posix_makes_of_it_below_the_root(name: str) -> None:
    path, clamped = clean_path(name)
    assert "/" + path == posixpath.normpath("/" + name).replace("//", "/")
    assert clamped == (".." in name.split("/"))
    assert clean_path(path) == (path, False)


def test_a_million_components_are_no_depth_of_recursion() -> None:
    assert clean_path("a/" * 1_000_000).path.count("/") == 999_999


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("file", None),
        ("", None),
        (".w", None),
        (".wh", None),
        ("a.wh.b", None),
        (" .wh.b", None),
        (".WH.b", None),
        (".wh.b", Marker.WHITEOUT),
        (".wh..b", Marker.WHITEOUT),
        (".wh..wh", Marker.WHITEOUT),
        (".wh.-f", Marker.WHITEOUT),
        (".wh.", Marker.EMPTY),
        (".wh..", Marker.EMPTY),
        (".wh...", Marker.EMPTY),
        (".wh..wh..opq", Marker.OPAQUE),
        (".wh..wh..opqx", Marker.AUFS),
        (".wh..wh.plnk", Marker.AUFS),
        (".wh..wh.aufs", Marker.AUFS),
        (".wh..wh.orph", Marker.AUFS),
    ],
)
def test_markers(name: str, what: Marker | None) -> None:
    assert marker(name) is what


def test_what_a_whiteout_hides() -> None:
    assert hidden_name(".wh.etc") == "etc"
    assert hidden_name(".wh..hidden") == ".hidden"
