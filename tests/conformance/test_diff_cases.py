"""What a comparison says of each kind of difference: a row each."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ocianalyze.analysis.compare.imagediff import DiffOptions, compare
from ocianalyze.analysis.union.analyze import analyze
from ocianalyze.model.entry import Entry
from tests.builders import build_image, char_device, directory, file, hardlink, layer, symlink, whiteout

Layers = tuple[tuple[Entry, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Two images, and what differs, as `kind path aspects` or `moved from -> to`."""

    name: str
    old: Layers
    new: Layers
    expected: tuple[str, ...]
    size_delta: int = 0
    mtime: bool = False


CASES = (
    Case(name="a file more", old=(layer(),), new=(layer(file("a", 5)),), expected=("added a",), size_delta=5),
    Case(
        name="a directory less, with all below it",
        old=(layer(file("d/e/f", 5)),),
        new=(layer(),),
        expected=("removed d", "removed d/e", "removed d/e/f"),
        size_delta=-5,
    ),
    Case(
        name="other content",
        old=(layer(file("a", b"old")),),
        new=(layer(file("a", b"newer")),),
        expected=("content a content",),
        size_delta=2,
    ),
    Case(
        name="another target of a link",
        old=(layer(symlink("l", "a")),),
        new=(layer(symlink("l", "b")),),
        expected=("content l link",),
    ),
    Case(
        name="another number of a device",
        old=(layer(char_device("d", 1, 3)),),
        new=(layer(char_device("d", 1, 5)),),
        expected=("content d content",),
    ),
    Case(
        name="metadata only, and which",
        old=(layer(file("a", 5), directory("d")),),
        new=(layer(file("a", 5, mode=0o600, uid=7, xattrs=(("user.x", b"y"),)), directory("d", mode=0o700)),),
        expected=("metadata a mode owner xattrs", "metadata d mode"),
    ),
    Case(
        name="times do not count",
        old=(layer(file("a", 5, mtime_ns=1)),),
        new=(layer(file("a", 5, mtime_ns=2)),),
        expected=(),
    ),
    Case(
        name="times count where they are asked for",
        old=(layer(file("a", 5, mtime_ns=1)),),
        new=(layer(file("a", 5, mtime_ns=2)),),
        expected=("metadata a mtime",),
        mtime=True,
    ),
    Case(
        name="another type, and what goes with it",
        old=(layer(file("x/f", 5)),),
        new=(layer(file("x", 1)),),
        expected=("replaced x kind", "removed x/f"),
        size_delta=-4,
    ),
    Case(
        name="a file in another place",
        old=(layer(file("a/f", b"same")),),
        new=(layer(file("b/f", b"same")),),
        expected=("removed a", "added b", "moved a/f -> b/f"),
    ),
    Case(
        name="a file in another place with another mode",
        old=(layer(file("a", b"same")),),
        new=(layer(file("b", b"same", mode=0o755)),),
        expected=("moved a -> b mode",),
    ),
    Case(
        name="of several with one content, those of the same name belong together",
        old=(layer(file("a/x", b"same"), file("a/y", b"same")),),
        new=(layer(file("b/y", b"same"), file("b/z", b"same")),),
        expected=("removed a", "added b", "moved a/y -> b/y", "moved a/x -> b/z"),
    ),
    Case(
        name="empty files do not move",
        old=(layer(file("a", b"")),),
        new=(layer(file("b", b"")),),
        expected=("removed a", "added b"),
    ),
    Case(
        name="one more name of a file weighs nothing",
        old=(layer(file("a", 5)),),
        new=(layer(file("a", 5), hardlink("b", "a")),),
        expected=("added b",),
    ),
    Case(
        name="one more name of a file is not a move of another file that is gone",
        old=(layer(file("a", b"same"), file("c", b"same")),),
        new=(layer(file("a", b"same"), hardlink("b", "a")),),
        expected=("added b", "removed c"),
        size_delta=-4,
    ),
    Case(
        name="nor does a name go elsewhere whose file keeps another",
        old=(layer(file("a", b"same"), hardlink("b", "a")),),
        new=(layer(file("a", b"same"), file("c", b"same")),),
        expected=("removed b", "added c"),
        size_delta=4,
    ),
    Case(
        name="a file moves with all its names",
        old=(layer(file("d/a", b"same"), hardlink("d/b", "d/a")),),
        new=(layer(file("e/a", b"same"), hardlink("e/b", "e/a")),),
        expected=("removed d", "added e", "moved d/a -> e/a", "moved d/b -> e/b"),
    ),
    Case(
        name="how the layers are cut does not matter",
        old=(layer(file("a", 5), file("gone", 9)), layer(whiteout("gone"), file("b", 1))),
        new=(layer(file("b", 1), file("a", 5)),),
        expected=(),
    ),
    Case(name="an image without layers", old=(), new=(layer(file("a", 5)),), expected=("added a",), size_delta=5),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_difference_is_told_as_what_it_is(case: Case) -> None:
    difference = compare(
        analyze(build_image(*case.old)), analyze(build_image(*case.new)), DiffOptions(mtime=case.mtime)
    )
    said = tuple(
        " ".join(
            [
                change.kind.value,
                f"{change.moved_from} -> {change.path}" if change.moved_from else change.path,
                *(aspect.name.lower() for aspect in change.aspects if aspect.name),
            ]
        )
        for change in difference.changes
    )
    assert said == case.expected
    assert difference.size_delta == case.size_delta
    assert sum(map(difference.delta, difference.changes)) == case.size_delta
    assert sum(row.delta for row in difference.growth) == case.size_delta


def test_of_the_names_of_a_file_one_that_both_images_have_weighs_what_it_does() -> None:
    old = build_image(layer(file("b", 5)))
    new = build_image(layer(file("a", 9), hardlink("b", "a"), hardlink("c", "a")))
    difference = compare(analyze(old), analyze(new))
    assert {change.path: difference.delta(change) for change in difference.changes} == {"a": 0, "b": 4, "c": 0}
    assert [(row.path, row.delta) for row in difference.growth] == [("b", 4)]
