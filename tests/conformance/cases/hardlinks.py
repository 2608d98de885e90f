"""Hard links: names of one inode, in one layer and over several."""

from __future__ import annotations

from typing import Final

from ocianalyze.analysis.waste.waste import WasteCause
from tests.builders import directory, file, hardlink, layer, opaque, symlink, whiteout
from tests.conformance.cases.case import DIR, HARDLINKS, RUNTIMES, case

HARD_LINKS: Final = (
    case(
        "a hard link shows the bytes of its inode",
        layer(file("a", 5), hardlink("b", "a")),
        expected={"a": 5, "b": 5},
        source=HARDLINKS,
    ),
    case(
        "removing one name of two wastes nothing",
        layer(file("a", 5), hardlink("b", "a")),
        layer(whiteout("a")),
        expected={"b": 5},
        source=HARDLINKS,
    ),
    case(
        "removing the last name wastes the bytes",
        layer(file("a", 5), hardlink("b", "a")),
        layer(whiteout("a")),
        layer(whiteout("b")),
        expected={},
        source=HARDLINKS,
        wasted={WasteCause.DELETED: 5},
    ),
    case(
        "a hard link to a file of a lower layer shares its bytes",
        layer(file("a", 5)),
        layer(hardlink("b", "a")),
        expected={"a": 5, "b": 5},
        source=HARDLINKS,
        changes=("added b",),
    ),
    case(
        "a hard link made before its lower target is overwritten keeps the old content",
        layer(file("a", 5)),
        layer(hardlink("b", "a"), file("a", 7)),
        expected={"a": 7, "b": 5},
        source=HARDLINKS,
        changes=("modified a content", "added b"),
    ),
    case(
        "a hard link made after its lower target is overwritten has the new content",
        layer(file("a", 5)),
        layer(file("a", 7), hardlink("b", "a")),
        expected={"a": 7, "b": 7},
        source=HARDLINKS,
        wasted={WasteCause.OVERWRITTEN: 5},
    ),
    case(
        "a name that becomes a link to what it was is unchanged, and wastes nothing",
        layer(file("a", 5), hardlink("b", "a")),
        layer(hardlink("b", "a")),
        expected={"a": 5, "b": 5},
        source=HARDLINKS,
        changes=("unchanged b",),
    ),
    case(
        "overwriting one name leaves the old content under the other",
        layer(file("a", 5), hardlink("b", "a")),
        layer(file("a", 7)),
        expected={"a": 7, "b": 5},
        source=HARDLINKS,
    ),
    case(
        "a chain of hard links ends at the first inode",
        layer(file("a", 5), hardlink("b", "a"), hardlink("c", "b")),
        layer(whiteout("a"), whiteout("b")),
        expected={"c": 5},
        source=HARDLINKS,
    ),
    case(
        "a hard link to a symlink is that symlink",
        layer(symlink("l", "somewhere"), hardlink("h", "l")),
        expected={"l": "-> somewhere", "h": "-> somewhere"},
        source=HARDLINKS,
    ),
    case(
        "a hard link keeps a file that its own layer hides",
        layer(file("a", 5)),
        layer(whiteout("a"), hardlink("b", "a")),
        expected={"b": 5},
        source=HARDLINKS,
        notices=("hard-link-to-removed",),
    ),
    case(
        "a hard link keeps a file that its own layer hides afterwards",
        layer(file("a", 5)),
        layer(hardlink("b", "a"), whiteout("a")),
        expected={"b": 5},
        source=HARDLINKS,
    ),
    case(
        "a hard link keeps a file whose directory its own layer hides or makes opaque",
        layer(file("d/a", 5), file("e/a", 7)),
        layer(opaque("d"), whiteout("e"), hardlink("b", "d/a"), hardlink("c", "e/a")),
        expected={"b": 5, "c": 7, "d": DIR},
        source=HARDLINKS,
        notices=("hard-link-to-removed", "hard-link-to-removed"),
    ),
    case(
        "a hard link keeps a file that its own layer replaced",
        layer(file("d/a", 5)),
        layer(file("d", 1), hardlink("b", "d/a")),
        expected={"b": 5, "d": 1},
        source=HARDLINKS,
        notices=("hard-link-to-removed",),
    ),
    case(
        "a hard link to itself changes nothing",
        layer(file("a", 5), hardlink("a", "a")),
        layer(hardlink("a", "a")),
        expected={"a": 5},
        source=HARDLINKS,
        notices=("hard-link-to-itself", "duplicate-entry", "hard-link-to-itself"),
    ),
    case(
        "a hard link keeps a file in the directory that it replaces",
        layer(file("d/a", 5)),
        layer(hardlink("d", "d/a")),
        expected={"d": 5},
        source=HARDLINKS,
        notices=("hard-link-to-itself",),
    ),
    case(
        "a hard link is found through a symlinked parent",
        layer(file("usr/lib/x", 5), symlink("lib", "usr/lib")),
        layer(hardlink("y", "lib/x")),
        expected={"lib": "-> usr/lib", "usr": DIR, "usr/lib": DIR, "usr/lib/x": 5, "y": 5},
        source=RUNTIMES,
    ),
    case(
        "a hard link to a directory is an empty file",
        layer(directory("d"), hardlink("b", "d")),
        expected={"b": 0, "d": DIR},
        source=HARDLINKS,
        notices=("hard-link-to-nothing",),
    ),
    case(
        "a hard link to nothing is an empty file",
        layer(hardlink("b", "missing")),
        expected={"b": 0},
        source=HARDLINKS,
        notices=("hard-link-to-nothing",),
    ),
)
