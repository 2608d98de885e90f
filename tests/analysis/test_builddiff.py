"""Two builds of the same thing: each way in which they can differ, and the option that forgives it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ocianalyze.analysis.builddiff import BuildOptions, compare_builds
from ocianalyze.model.digest import Digest
from ocianalyze.model.entry import Entry
from ocianalyze.model.image import Image
from tests.builders import build_image, file, layer, symlink, whiteout

BASE = layer(file("a", b"1"), file("b", b"2"), symlink("l", "a"), whiteout("gone"))
FILE = file("a", b"1")


def build(*entries: Entry, **more: object) -> Image:
    return replace(build_image(layer(*(entries or BASE))), **more)  # type: ignore[arg-type]


def kinds(new: Image, **options: bool) -> list[str]:
    return [one.what for one in compare_builds(build(), new, BuildOptions(**options))]


def test_the_same_build_differs_in_nothing() -> None:
    assert kinds(build()) == []


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        (FILE._replace(mode=0o600), "mode"),
        (FILE._replace(uid=7), "owner"),
        (FILE._replace(uname="root"), "owner name"),
        (FILE._replace(mtime_ns=5), "timestamp"),
        (FILE._replace(xattrs=(("user.a", b"b"),)), "xattrs"),
        (FILE._replace(sparse=((0, 1),)), "sparse"),
        (FILE._replace(content=b"other"), "content"),
    ],
)
def test_a_field_of_an_entry(changed: Entry, what: str) -> None:
    other = build(changed, *BASE[1:])
    [found] = compare_builds(build(), other)
    assert (found.what, found.layer, found.path) == (what, 0, "a")
    forgiving = {"owner": "ignore_owners", "owner name": "ignore_owners", "timestamp": "ignore_timestamps"}
    if what in forgiving:
        assert kinds(other, **{forgiving[what]: True}) == []


def test_the_order_in_the_tar() -> None:
    other = build(BASE[1], BASE[0], *BASE[2:])
    assert kinds(other) == ["order"]
    assert kinds(other, ignore_file_order=True) == []


def test_an_entry_that_only_one_build_has() -> None:
    [found] = compare_builds(build(), build(*BASE[:3]))
    assert (found.what, found.path, found.old, found.new) == ("entry", "gone", "whiteout", None)


def test_headers_that_no_field_shows() -> None:
    old = build()
    other = replace(old, layers=(replace(old.layers[0], diff_id=build(FILE).layers[0].diff_id),))
    assert kinds(other) == ["tar-format"]
    assert kinds(other, ignore_tar_format=True) == []


def test_another_compression() -> None:
    old = build()
    other = replace(old, layers=(replace(old.layers[0], digest=Digest.of(b"smaller")),))
    assert kinds(other) == ["compression"]
    assert kinds(other, ignore_tar_format=True) == []


def test_names_times_history_and_the_number_of_layers() -> None:
    old = build()
    assert kinds(replace(old, names=("other",))) == ["name"]
    assert kinds(replace(old, names=("other",)), ignore_image_name=True) == []
    later = build_image(BASE, created_by=["RUN other"])
    assert kinds(later) == ["history"]
    assert kinds(later, ignore_history=True) == []
    assert "layer-count" in kinds(build_image(BASE, BASE), ignore_history=True)
