"""Two builds of the same thing: each way in which they can differ, and the option that forgives it."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from ocianalyze.analysis.compare.builddiff import BuildOptions, compare_builds
from ocianalyze.model.digest import Digest
from ocianalyze.model.entry import Entry
from ocianalyze.model.image import Image
from tests.builders import build_image, file, layer, symlink, whiteout

replace_config = msgspec.structs.replace
BASE = layer(file("a", b"1"), file("b", b"2"), symlink("l", "a"), whiteout("gone"))
FILE = file("a", b"1")
ALLOWED = BuildOptions(ignore_history=True, ignore_tar_format=True)


def build(*entries: Entry, **more: object) -> Image:
    return replace(build_image(layer(*(entries or BASE))), **more)  # type: ignore[arg-type]


def stack(*layers: tuple[Entry, ...], created_by: tuple[str, ...] = ()) -> Image:
    """An image whose layers are known by what they hold, wherever they are."""
    image = build_image(*layers, created_by=created_by)
    alone = [build_image(entries).layers[0].diff_id for entries in layers]
    made = zip(image.layers, alone, strict=True)
    return replace(image, layers=tuple(replace(one, diff_id=diff_id) for one, diff_id in made))


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
    assert kinds(later) == ["history", "history"]
    said = [(one.old, one.new) for one in compare_builds(build(), later)]
    assert said == [("RUN step 0", None), (None, "RUN other")]
    spelled = build_image(BASE, created_by=["RUN /bin/sh -c step 0 # buildkit"])
    assert [(one.what, one.new) for one in compare_builds(build(), spelled)] == [
        ("history", "RUN /bin/sh -c step 0 # buildkit")
    ]
    assert kinds(later, ignore_history=True) == []
    assert kinds(replace(old, config=replace_config(old.config, author="me"))) == ["author"]


def test_a_layer_that_only_one_build_has_shifts_nothing() -> None:
    first, second, third = layer(file("x", 1)), BASE, layer(file("y", 2))
    old, new = stack(second, third), stack(first, second, third, created_by=("RUN first",))
    [found] = compare_builds(old, new, ALLOWED)
    assert (found.what, found.layer, found.old, found.new) == ("layer", 0, None, "RUN first")
    [found] = compare_builds(new, old, ALLOWED)
    assert (found.what, found.layer, found.old, found.new) == ("layer", 0, "RUN first", None)


def test_the_order_of_layers() -> None:
    one, two = layer(file("x", 1)), layer(file("y", 2))
    old, new = stack(one, two), stack(two, one)
    [found] = compare_builds(old, new, ALLOWED)
    assert found.what == "layer-order"
    assert compare_builds(old, new, replace(ALLOWED, ignore_layer_order=True)) == ()


def test_layers_in_another_order_are_compared_by_what_made_them() -> None:
    one, two, late = layer(file("x", 1)), layer(file("y", 2)), layer(file("x", 1, mtime_ns=9))
    old = stack(one, two, created_by=("RUN one", "COPY two"))
    new = stack(two, late, created_by=("COPY two", "RUN one"))
    assert [found.what for found in compare_builds(old, new, ALLOWED)] == ["layer-order", "timestamp"]


def test_headers_show_whatever_else_is_ignored() -> None:
    old = build()
    layers = (replace(old.layers[0], diff_id=build(FILE).layers[0].diff_id),)
    assert kinds(replace(old, layers=layers), ignore_timestamps=True, ignore_owners=True) == ["tar-format"]
    # An ignored difference explains another diff ID; there is no telling whether the headers differ too.
    later = build(FILE._replace(mtime_ns=5), *BASE[1:])
    assert kinds(later, ignore_timestamps=True) == []


def test_a_config_that_is_spelled_in_another_way() -> None:
    old = build()
    other = replace(old, config_digest=Digest.of(b"{}  "))
    assert kinds(other) == ["config-format"]
    assert kinds(other, ignore_tar_format=True) == []
    assert kinds(replace(other, config=replace_config(old.config, author="me"))) == ["author"]
