"""dive's numbers on random stacks of layers, against dive's way of getting them."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from ocianalyze.analysis.waste.dive import dive_compat
from ocianalyze.model.entry import Entry, EntryKind
from tests.builders import build_image, directory, file, opaque, symlink, whiteout
from tests.properties import divetwin, stacks


def no_file_is_a_directory(layer: tuple[Entry, ...]) -> bool:
    """Whether a layer could have been written by a file system: nothing is below a file of its own."""
    files = [e.path + "/" for e in layer if e.kind is EntryKind.FILE and e.size]
    return not any(e.path.startswith(tuple(files)) for e in layer)


layers = st.lists(stacks.layers.filter(no_file_is_a_directory), min_size=1, max_size=4).map(tuple)


@given(layers)
@example(((file("a/b", b"12345"), directory("a")), (whiteout("a"), opaque("c")), (file("a", b"1"),)))
@example(
    ((directory("d"), file("d/-f", b"123")), (directory("d"), whiteout("d/-f"), file("d/-f", b"1")), (whiteout("d"),))
)
@example(((file("b", b"12"),), (file("a", b"1"), whiteout("b/x"), file("c", b"1")), (symlink("c", "a"),)))
@example(((directory("d"), file("d/f", b"123")), (file("d/g", b"1"),), (whiteout("d"),), (directory("d"),)))
@example(((file("a", b""), file("b/a", b"")), (whiteout("b"), file("b", b"")), (file("a", b"x"), whiteout("a"))))
def test_the_numbers_are_dives(stack: tuple[tuple[Entry, ...], ...]) -> None:
    compat = dive_compat(build_image(*stack).layers)
    assert (compat.efficiency_score, compat.inefficient_bytes) == divetwin.numbers(stack)
