"""Symlinks on the way to a path: where files and markers land."""

from __future__ import annotations

from typing import Final

from ocianalyze.analysis.waste.waste import WasteCause
from tests.builders import directory, file, layer, opaque, symlink, whiteout
from tests.conformance.cases.case import DIR, RUNTIMES, case

SYMLINKS: Final = (
    case(
        "a file lands where its symlinked parent leads",
        layer(directory("usr/lib"), symlink("lib", "usr/lib")),
        layer(file("lib/x", 5)),
        expected={"lib": "-> usr/lib", "usr": DIR, "usr/lib": DIR, "usr/lib/x": 5},
        source=RUNTIMES,
    ),
    case(
        "a whiteout reaches through a symlinked parent",
        layer(file("usr/lib/x", 5), symlink("lib", "usr/lib")),
        layer(whiteout("lib/x")),
        expected={"lib": "-> usr/lib", "usr": DIR, "usr/lib": DIR},
        source=RUNTIMES,
        wasted={WasteCause.DELETED: 5},
    ),
    case(
        "a link that changes within a layer leads where it points at that moment",
        layer(directory("a"), directory("b"), symlink("l", "a")),
        layer(file("l/x", 5), symlink("l", "b"), file("l/y", 6)),
        expected={"a": DIR, "a/x": 5, "b": DIR, "b/y": 6, "l": "-> b"},
        source=RUNTIMES,
    ),
    case(
        "an absolute link starts at the image's own root",
        layer(directory("data"), symlink("app", "/data")),
        layer(file("app/x", 5)),
        expected={"app": "-> /data", "data": DIR, "data/x": 5},
        source=RUNTIMES,
    ),
    case(
        "an absolute link starts at the root wherever it is, and a relative one where it is",
        layer(file("srv/data/old", 1), symlink("srv/app", "/data"), symlink("srv/up", "../data")),
        layer(file("srv/app/x", 5), file("srv/up/y", 6)),
        expected={
            "data": DIR,
            "data/x": 5,
            "data/y": 6,
            "srv": DIR,
            "srv/app": "-> /data",
            "srv/data": DIR,
            "srv/data/old": 1,
            "srv/up": "-> ../data",
        },
        source=RUNTIMES,
    ),
    case(
        "a link that climbs out of the root stops there",
        layer(symlink("out", "../../../etc")),
        layer(file("out/passwd", 5)),
        expected={"etc": DIR, "etc/passwd": 5, "out": "-> ../../../etc"},
        source=RUNTIMES,
    ),
    case(
        "a loop of links is a notice",
        layer(symlink("a", "b"), symlink("b", "a")),
        layer(file("a/x", 5)),
        expected={"a": DIR, "a/x": 5, "b": "-> a"},
        source=RUNTIMES,
        notices=("symlink-loop",),
    ),
    case(
        "a link without a target is shown as it is",
        layer(symlink("a", "")),
        expected={"a": "-> "},
        source=RUNTIMES,
        notices=("link-to-nothing",),
    ),
    case(
        "what lies below a link to a file replaces that file",
        layer(file("f", 5), symlink("l", "f")),
        layer(file("l/x", 1)),
        expected={"f": DIR, "f/x": 1, "l": "-> f"},
        source=RUNTIMES,
        wasted={WasteCause.REPLACED: 5},
        notices=("entry-below-file",),
    ),
    case(
        "markers in a directory that takes the place of a link do not reach through it",
        layer(file("usr/lib/x", 5), symlink("lib", "usr/lib")),
        layer(directory("lib"), opaque("lib"), whiteout("lib/x"), file("lib/new", 1)),
        expected={"lib": DIR, "lib/new": 1, "usr": DIR, "usr/lib": DIR, "usr/lib/x": 5},
        source=RUNTIMES,
        notices=("whiteout-of-nothing",),
    ),
    case(
        "a marker hides what is below, not what a new link in its way leads to",
        layer(file("d/x", 1), file("e/x", 2)),
        layer(symlink("d", "e"), whiteout("d/x")),
        expected={"d": "-> e", "e": DIR, "e/x": 2},
        wasted={WasteCause.DELETED: 1},
    ),
)
