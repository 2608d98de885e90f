"""Paths that are written again, with other content, metadata or type; and layers of nothing."""

from __future__ import annotations

from typing import Final

from ocianalyze.analysis.waste.waste import WasteCause
from tests.builders import char_device, directory, file, layer, symlink
from tests.conformance.cases.case import CHANGESETS, DIR, MB, RUNTIMES, case

TWICE: Final = layer(file("a", 2), file("b", 4))

CHANGES: Final = (
    # Overwriting
    case(
        "an overwritten file wastes the old copy",
        layer(file("f", 10 * MB)),
        layer(file("f", b"new")),
        expected={"f": 3},
        source=CHANGESETS,
        wasted={WasteCause.OVERWRITTEN: 10 * MB},
        changes=("modified f content",),
    ),
    case(
        "the same bytes with another mode and owner are a change of metadata",
        layer(file("f", 900, mode=0o644)),
        layer(file("f", 900, mode=0o755, uid=7)),
        expected={"f": 900},
        source=CHANGESETS,
        wasted={WasteCause.METADATA_ONLY: 900},
        changes=("metadata f mode owner",),
    ),
    case(
        "the same bytes with another mtime",
        layer(file("f", 9, mtime_ns=1)),
        layer(file("f", 9, mtime_ns=2)),
        expected={"f": 9},
        source=CHANGESETS,
        wasted={WasteCause.METADATA_ONLY: 9},
        changes=("metadata f mtime",),
    ),
    case(
        "the same bytes and the same metadata are unchanged, and the older copy is waste",
        layer(file("f", 9)),
        layer(file("f", 9)),
        expected={"f": 9},
        source=CHANGESETS,
        wasted={WasteCause.METADATA_ONLY: 9},
        changes=("unchanged f",),
    ),
    case(
        "an empty file needs no digest to be unchanged",
        layer(file("f")._replace(content=None, gid=1)),
        layer(file("f")._replace(content=None, gid=2)),
        expected={"f": 0},
        source=CHANGESETS,
        changes=("metadata f owner",),
    ),
    case(
        "other extended attributes",
        layer(file("f", 9)),
        layer(file("f", 9, xattrs=(("security.capability", b"x"),))),
        expected={"f": 9},
        source=CHANGESETS,
        wasted={WasteCause.METADATA_ONLY: 9},
        changes=("metadata f xattrs",),
    ),
    case(
        "a symlink to somewhere else",
        layer(symlink("l", "a")),
        layer(symlink("l", "b")),
        expected={"l": "-> b"},
        source=CHANGESETS,
        changes=("modified l link",),
    ),
    case(
        "the mode of a symlink means nothing, and its owner does",
        layer(symlink("l", "a"), symlink("m", "a")),
        layer(symlink("l", "a")._replace(mode=0o755), symlink("m", "a")._replace(mode=0o755, uid=7)),
        expected={"l": "-> a", "m": "-> a"},
        source=CHANGESETS,
        changes=("unchanged l", "metadata m owner"),
    ),
    case(
        "a directory written again with another mode keeps its children",
        layer(directory("d"), file("d/f", 1)),
        layer(directory("d", mode=0o700)),
        expected={"d": DIR, "d/f": 1},
        source=CHANGESETS,
        changes=("metadata d mode",),
    ),
    case(
        "a directory written again for its children's sake has another mtime and owner",
        layer(directory("d"), file("d/f", 1)),
        layer(directory("d", mtime_ns=1, uid=3), file("d/g", 2)),
        expected={"d": DIR, "d/f": 1, "d/g": 2},
        source=CHANGESETS,
        changes=("metadata d owner mtime", "added d/g"),
    ),
    case(
        "a device with another number",
        layer(char_device("null", 1, 3)),
        layer(char_device("null", 1, 5)),
        expected={"null": "char 1:5"},
        source=CHANGESETS,
        changes=("modified null content",),
    ),
    case(
        "a layer listed twice is replayed twice",
        layer(file("a", 1)),
        TWICE,
        TWICE,
        expected={"a": 2, "b": 4},
        source="image-spec, manifest.md, layers",
        wasted={WasteCause.OVERWRITTEN: 1, WasteCause.METADATA_ONLY: 6},
        changes=("unchanged a", "unchanged b"),
    ),
    case(
        "the last of two entries of one path in one layer counts",
        layer(file("f", 7), file("f", 9)),
        expected={"f": 9},
        source=RUNTIMES,
        wasted={WasteCause.DUPLICATE_ENTRY: 7},
        notices=("duplicate-entry",),
    ),
    # Type changes
    case(
        "a directory becomes a file",
        layer(file("x/f", 5), file("x/d/g", 6)),
        layer(file("x", 1)),
        expected={"x": 1},
        source=RUNTIMES,
        wasted={WasteCause.REPLACED: 11},
        changes=("replaced x kind", "removed x/d", "removed x/d/g", "removed x/f"),
    ),
    case(
        "a file becomes a directory that no entry announces",
        layer(file("x", 5)),
        layer(file("x/f", 1)),
        expected={"x": DIR, "x/f": 1},
        source=RUNTIMES,
        wasted={WasteCause.REPLACED: 5},
        notices=("entry-below-file",),
    ),
    case(
        "a directory becomes a symlink without a whiteout",
        layer(file("d/f", 5), directory("e")),
        layer(symlink("d", "e")),
        expected={"d": "-> e", "e": DIR},
        source=RUNTIMES,
        wasted={WasteCause.REPLACED: 5},
    ),
    case(
        "a symlink becomes a directory without a whiteout",
        layer(symlink("d", "e"), file("e/f", 5)),
        layer(directory("d")),
        expected={"d": DIR, "e": DIR, "e/f": 5},
        source=RUNTIMES,
    ),
    case(
        "a directory that is a file for a moment keeps nothing of what was in it",
        layer(file("d/f", 1), file("d/sub/g", 2), file("d", 4), file("d/sub/h", 8)),
        expected={"d": DIR, "d/sub": DIR, "d/sub/h": 8},
        source=RUNTIMES,
        wasted={WasteCause.REPLACED: 7},
        notices=("entry-below-file",),
        changes=("added d", "added d/sub", "added d/sub/h"),
    ),
    case(
        "a file becomes a symlink",
        layer(file("f", 5)),
        layer(symlink("f", "g")),
        expected={"f": "-> g"},
        source=CHANGESETS,
        wasted={WasteCause.REPLACED: 5},
        changes=("replaced f kind",),
    ),
    # Nothing
    case("an image without layers is empty", expected={}, source="image-spec, config.md"),
    case("a layer without entries changes nothing", layer(file("a", 1)), layer(), expected={"a": 1}),
)
