"""What a correct replay makes of each case: layers, the merged paths, the waste, the notices, and who says so.

A row's layers are lists of entries, bottom layer first. `expected` maps each merged path to what is there: the size
of a file, `DIR`, or `-> target` for a symlink.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ocianalyze.analysis.waste import WasteCause
from ocianalyze.model.entry import Entry
from tests.builders import char_device, directory, file, hardlink, layer, opaque, symlink, whiteout

MB: Final = 1_000_000
DIR: Final = "DIR"
WHITEOUTS: Final = "image-spec, layer.md, Whiteouts"
OPAQUE: Final = "image-spec, layer.md, Opaque Whiteout"
CHANGESETS: Final = "image-spec, layer.md, Change Types"
HARDLINKS: Final = "image-spec, layer.md, Hardlinks"
RUNTIMES: Final = "what containerd, moby and umoci do"

Expected = dict[str, int | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One row."""

    name: str
    layers: tuple[tuple[Entry, ...], ...]
    expected: Expected
    source: str
    wasted: dict[WasteCause, int]
    notices: tuple[str, ...]
    changes: tuple[str, ...] | None
    """Of the last layer, as `kind path aspects`; None where the row is about something else."""


def case(
    name: str,
    *layers: tuple[Entry, ...],
    expected: Expected,
    source: str = WHITEOUTS,
    wasted: dict[WasteCause, int] | None = None,
    notices: tuple[str, ...] = (),
    changes: tuple[str, ...] | None = None,
) -> Case:
    return Case(
        name=name,
        layers=layers,
        expected=expected,
        source=source,
        wasted=wasted or {},
        notices=notices,
        changes=changes,
    )


OVERWRITTEN, METADATA_ONLY = WasteCause.OVERWRITTEN, WasteCause.METADATA_ONLY
DELETED, OPAQUE_CAUSE, REPLACED = WasteCause.DELETED, WasteCause.OPAQUE, WasteCause.REPLACED
DUPLICATE = WasteCause.DUPLICATE_ENTRY
TWICE: Final = layer(file("a", 2), file("b", 4))

CASES = (
    # Order inside a layer
    case(
        "an opaque marker that comes last spares its own layer",
        layer(file("d/old", 1)),
        layer(file("d/new", 2), opaque("d")),
        expected={"d": DIR, "d/new": 2},
        source=OPAQUE,
        wasted={OPAQUE_CAUSE: 1},
    ),
    case(
        "an opaque marker that comes first spares its own layer",
        layer(file("d/old", 1)),
        layer(opaque("d"), file("d/new", 2)),
        expected={"d": DIR, "d/new": 2},
        source=OPAQUE,
        wasted={OPAQUE_CAUSE: 1},
    ),
    case(
        "a whiteout before a file of its own layer hides the lower one only",
        layer(file("f", 1)),
        layer(whiteout("f"), file("f", 2)),
        expected={"f": 2},
        wasted={DELETED: 1},
    ),
    case(
        "a whiteout after a file of its own layer hides the lower one only",
        layer(file("f", 1)),
        layer(file("f", 2), whiteout("f")),
        expected={"f": 2},
        wasted={DELETED: 1},
    ),
    case(
        "a name that sorts before a full stop is no exception",
        layer(file("-f", 1)),
        layer(file("-f", 2), whiteout("-f")),
        expected={"-f": 2},
        wasted={DELETED: 1},
    ),
    case(
        "a directory removed and written to in one layer",
        layer(file("d/old", 1)),
        layer(whiteout("d"), file("d/new", 2)),
        expected={"d": DIR, "d/new": 2},
        wasted={DELETED: 1},
    ),
    case(
        "a whiteout inside a directory that the same layer makes opaque counts once",
        layer(file("d/a", 10), file("d/b", 5)),
        layer(opaque("d"), whiteout("d/a")),
        expected={"d": DIR},
        source=OPAQUE,
        wasted={DELETED: 10, OPAQUE_CAUSE: 5},
    ),
    case(
        "whiteouts of a directory and of what was in it count once",
        layer(file("d/x", 1), file("d/y", 2)),
        layer(whiteout("d/x"), whiteout("d"), whiteout("d/y")),
        expected={},
        wasted={DELETED: 3},
    ),
    case(
        "opaque markers in a directory and in one below it count once",
        layer(file("d/s/x", 1), file("d/s/y", 2)),
        layer(whiteout("d/s/x"), opaque("d"), opaque("d/s")),
        expected={"d": DIR},
        source=OPAQUE,
        wasted={DELETED: 1, OPAQUE_CAUSE: 2},
    ),
    # What markers hide
    case(
        "a removed directory wastes all that was in it",
        layer(file("big/a", 60 * MB), file("big/sub/b", 40 * MB)),
        layer(whiteout("big")),
        expected={},
        wasted={DELETED: 100 * MB},
        changes=("removed big", "removed big/a", "removed big/sub", "removed big/sub/b"),
    ),
    case(
        "an opaque marker wastes all that it hides",
        layer(file("d/a", 60 * MB), file("d/sub/b", 40 * MB)),
        layer(directory("d"), opaque("d")),
        expected={"d": DIR},
        source=OPAQUE,
        wasted={OPAQUE_CAUSE: 100 * MB},
    ),
    case(
        "an opaque marker at the root hides all lower layers",
        layer(file("a", 1), file("d/b", 2)),
        layer(file("c", 4)),
        layer(opaque(""), file("new", 8)),
        expected={"new": 8},
        source=OPAQUE,
        wasted={OPAQUE_CAUSE: 7},
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
        wasted={DELETED: 3},
    ),
    # Overwriting
    case(
        "an overwritten file wastes the old copy",
        layer(file("f", 10 * MB)),
        layer(file("f", b"new")),
        expected={"f": 3},
        source=CHANGESETS,
        wasted={OVERWRITTEN: 10 * MB},
        changes=("modified f content",),
    ),
    case(
        "the same bytes with another mode and owner are a change of metadata",
        layer(file("f", 900, mode=0o644)),
        layer(file("f", 900, mode=0o755, uid=7)),
        expected={"f": 900},
        source=CHANGESETS,
        wasted={METADATA_ONLY: 900},
        changes=("metadata f mode owner",),
    ),
    case(
        "the same bytes with another mtime",
        layer(file("f", 9, mtime_ns=1)),
        layer(file("f", 9, mtime_ns=2)),
        expected={"f": 9},
        source=CHANGESETS,
        wasted={METADATA_ONLY: 9},
        changes=("metadata f mtime",),
    ),
    case(
        "the same bytes and the same metadata are unchanged, and the older copy is waste",
        layer(file("f", 9)),
        layer(file("f", 9)),
        expected={"f": 9},
        source=CHANGESETS,
        wasted={METADATA_ONLY: 9},
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
        wasted={METADATA_ONLY: 9},
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
        wasted={OVERWRITTEN: 1, METADATA_ONLY: 6},
        changes=("unchanged a", "unchanged b"),
    ),
    case(
        "the last of two entries of one path in one layer counts",
        layer(file("f", 7), file("f", 9)),
        expected={"f": 9},
        source=RUNTIMES,
        wasted={DUPLICATE: 7},
        notices=("duplicate-entry",),
    ),
    # Type changes
    case(
        "a directory becomes a file",
        layer(file("x/f", 5), file("x/d/g", 6)),
        layer(file("x", 1)),
        expected={"x": 1},
        source=RUNTIMES,
        wasted={REPLACED: 11},
        changes=("replaced x kind", "removed x/d", "removed x/d/g", "removed x/f"),
    ),
    case(
        "a file becomes a directory that no entry announces",
        layer(file("x", 5)),
        layer(file("x/f", 1)),
        expected={"x": DIR, "x/f": 1},
        source=RUNTIMES,
        wasted={REPLACED: 5},
    ),
    case(
        "a directory becomes a symlink without a whiteout",
        layer(file("d/f", 5), directory("e")),
        layer(symlink("d", "e")),
        expected={"d": "-> e", "e": DIR},
        source=RUNTIMES,
        wasted={REPLACED: 5},
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
        wasted={REPLACED: 7},
        changes=("added d", "added d/sub", "added d/sub/h"),
    ),
    case(
        "a file becomes a symlink",
        layer(file("f", 5)),
        layer(symlink("f", "g")),
        expected={"f": "-> g"},
        source=CHANGESETS,
        wasted={REPLACED: 5},
        changes=("replaced f kind",),
    ),
    # Hard links
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
        wasted={DELETED: 5},
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
        wasted={OVERWRITTEN: 5},
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
    # Symlinked parents
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
        wasted={DELETED: 5},
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
        wasted={DELETED: 1},
    ),
    # What is no whiteout
    case(
        "OverlayFS's own whiteout is shown as the device that the tar says it is",
        layer(file("f", 5)),
        layer(char_device("f", 0, 0)),
        expected={"f": "char 0:0"},
        source=WHITEOUTS,
        wasted={REPLACED: 5},
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
        wasted={DELETED: 5},
    ),
    case("an image without layers is empty", expected={}, source="image-spec, config.md"),
    case("a layer without entries changes nothing", layer(file("a", 1)), layer(), expected={"a": 1}),
)
