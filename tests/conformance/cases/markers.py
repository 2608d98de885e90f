"""Whiteouts and opaque markers: their order inside a layer, what they hide, and what is no whiteout."""

from __future__ import annotations

from typing import Final

from ocianalyze.analysis.waste.waste import WasteCause
from tests.builders import char_device, directory, file, layer, opaque, whiteout
from tests.conformance.cases.case import DIR, MB, OPAQUE, WHITEOUTS, case

MARKERS: Final = (
    # Order inside a layer
    case(
        "an opaque marker that comes last spares its own layer",
        layer(file("d/old", 1)),
        layer(file("d/new", 2), opaque("d")),
        expected={"d": DIR, "d/new": 2},
        source=OPAQUE,
        wasted={WasteCause.OPAQUE: 1},
    ),
    case(
        "an opaque marker that comes first spares its own layer",
        layer(file("d/old", 1)),
        layer(opaque("d"), file("d/new", 2)),
        expected={"d": DIR, "d/new": 2},
        source=OPAQUE,
        wasted={WasteCause.OPAQUE: 1},
    ),
    case(
        "a whiteout before a file of its own layer hides the lower one only",
        layer(file("f", 1)),
        layer(whiteout("f"), file("f", 2)),
        expected={"f": 2},
        wasted={WasteCause.DELETED: 1},
    ),
    case(
        "a whiteout after a file of its own layer hides the lower one only",
        layer(file("f", 1)),
        layer(file("f", 2), whiteout("f")),
        expected={"f": 2},
        wasted={WasteCause.DELETED: 1},
    ),
    case(
        "a name that sorts before a full stop is no exception",
        layer(file("-f", 1)),
        layer(file("-f", 2), whiteout("-f")),
        expected={"-f": 2},
        wasted={WasteCause.DELETED: 1},
    ),
    case(
        "a directory removed and written to in one layer",
        layer(file("d/old", 1)),
        layer(whiteout("d"), file("d/new", 2)),
        expected={"d": DIR, "d/new": 2},
        wasted={WasteCause.DELETED: 1},
    ),
    case(
        "a whiteout inside a directory that the same layer makes opaque counts once",
        layer(file("d/a", 10), file("d/b", 5)),
        layer(opaque("d"), whiteout("d/a")),
        expected={"d": DIR},
        source=OPAQUE,
        wasted={WasteCause.DELETED: 10, WasteCause.OPAQUE: 5},
    ),
    case(
        "whiteouts of a directory and of what was in it count once",
        layer(file("d/x", 1), file("d/y", 2)),
        layer(whiteout("d/x"), whiteout("d"), whiteout("d/y")),
        expected={},
        wasted={WasteCause.DELETED: 3},
    ),
    case(
        "opaque markers in a directory and in one below it count once",
        layer(file("d/s/x", 1), file("d/s/y", 2)),
        layer(whiteout("d/s/x"), opaque("d"), opaque("d/s")),
        expected={"d": DIR},
        source=OPAQUE,
        wasted={WasteCause.DELETED: 1, WasteCause.OPAQUE: 2},
    ),
    # What they hide
    case(
        "a removed directory wastes all that was in it",
        layer(file("big/a", 60 * MB), file("big/sub/b", 40 * MB)),
        layer(whiteout("big")),
        expected={},
        wasted={WasteCause.DELETED: 100 * MB},
        changes=("removed big", "removed big/a", "removed big/sub", "removed big/sub/b"),
    ),
    case(
        "an opaque marker wastes all that it hides",
        layer(file("d/a", 60 * MB), file("d/sub/b", 40 * MB)),
        layer(directory("d"), opaque("d")),
        expected={"d": DIR},
        source=OPAQUE,
        wasted={WasteCause.OPAQUE: 100 * MB},
    ),
    case(
        "an opaque marker at the root hides all lower layers",
        layer(file("a", 1), file("d/b", 2)),
        layer(file("c", 4)),
        layer(opaque(""), file("new", 8)),
        expected={"new": 8},
        source=OPAQUE,
        wasted={WasteCause.OPAQUE: 7},
    ),
    case(
        "an opaque marker in a directory that is new hides nothing",
        layer(file("a", 1)),
        layer(opaque("d"), file("d/new", 2)),
        expected={"a": 1, "d": DIR, "d/new": 2},
        source=OPAQUE,
    ),
    case(
        "a whiteout of nothing changes nothing else",
        layer(file("a", 1)),
        layer(whiteout("missing"), file("b", 2)),
        expected={"a": 1, "b": 2},
        notices=("whiteout-of-nothing",),
    ),
    case(
        "each copy of a path that comes and goes counts once",
        layer(file("f", 1)),
        layer(whiteout("f")),
        layer(file("f", 2)),
        layer(whiteout("f")),
        expected={},
        wasted={WasteCause.DELETED: 3},
    ),
    # What is no whiteout
    case(
        "OverlayFS's own whiteout is shown as the device that the tar says it is",
        layer(file("f", 5)),
        layer(char_device("f", 0, 0)),
        expected={"f": "char 0:0"},
        source=WHITEOUTS,
        wasted={WasteCause.REPLACED: 5},
        notices=("device-whiteout",),
    ),
    case(
        "the prefix counts only at the start of a base name",
        layer(file("a", 1), file("a.wh.b", 2)),
        layer(file("c.wh.a", 3)),
        expected={"a": 1, "a.wh.b": 2, "c.wh.a": 3},
    ),
    case(
        "Windows layers are shown as they are",
        layer(file("Files/Windows/x.dll", 5), file("Hives/DefaultUser_Delta", 6)),
        layer(whiteout("Files/Windows/x.dll")),
        expected={"Files": DIR, "Files/Windows": DIR, "Hives": DIR, "Hives/DefaultUser_Delta": 6},
        wasted={WasteCause.DELETED: 5},
    ),
)
