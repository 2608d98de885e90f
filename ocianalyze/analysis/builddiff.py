"""Two builds of the same thing, compared strictly: whatever differs makes a build not reproducible.

Unlike a comparison of merged file systems this one looks at the layers as they are stored, one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

from ocianalyze.analysis.configdiff import compare_configs
from ocianalyze.model.documents import History
from ocianalyze.model.entry import Entry
from ocianalyze.model.image import Image, Layer
from ocianalyze.model.instruction import instruction


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """What two builds may differ in."""

    ignore_timestamps: bool = False
    """Of files, of history steps and of the image."""
    ignore_history: bool = False
    ignore_file_order: bool = False
    ignore_owners: bool = False
    ignore_tar_format: bool = False
    """Headers that no field shows, padding, and compression."""
    ignore_image_name: bool = False


class BuildDifference(NamedTuple):
    """One thing that differs; None where a build does not have it."""

    what: str
    """`layer-count`, `entry`, `order`, `timestamp`, `owner`, `mode`, `content`, `tar-format`, ..."""
    layer: int | None
    path: str | None
    old: str | None
    new: str | None


def compare_builds(old: Image, new: Image, options: BuildOptions | None = None) -> tuple[BuildDifference, ...]:
    """Everything that differs and is not ignored: the image, its config, its history, its layers bottom first."""
    options = options or BuildOptions()
    found = [*_images(old, new, options), *_histories(old, new, options)]
    if len(old.layers) != len(new.layers):
        found.append(BuildDifference("layer-count", None, None, str(len(old.layers)), str(len(new.layers))))
    for ours, theirs in zip(old.layers, new.layers, strict=False):
        found += _layers(ours, theirs, options)
    return tuple(found)


def _images(old: Image, new: Image, options: BuildOptions) -> Iterator[BuildDifference]:
    if not options.ignore_image_name and old.names != new.names:
        yield BuildDifference("name", None, None, ", ".join(old.names), ", ".join(new.names))
    if not options.ignore_timestamps and old.config.created != new.config.created:
        yield BuildDifference("timestamp", None, None, old.config.created, new.config.created)
    for change in compare_configs(old, new):
        yield BuildDifference(f"config {change.field} {change.key}".rstrip(), None, None, change.old, change.new)


def _histories(old: Image, new: Image, options: BuildOptions) -> Iterator[BuildDifference]:
    if options.ignore_history:
        return
    for before, after in zip_longest(old.history, new.history):
        layer = next((step.layer for step in (before, after) if step), None)
        ours, theirs = before.history if before else None, after.history if after else None
        if _said(ours) != _said(theirs):
            yield BuildDifference("history", layer, None, instruction(ours), instruction(theirs))
        elif not options.ignore_timestamps and ours and theirs and ours.created != theirs.created:
            yield BuildDifference("history timestamp", layer, None, ours.created, theirs.created)


def _said(step: History | None) -> tuple[object, ...] | None:
    return (step.created_by, step.author, step.comment, bool(step.empty_layer)) if step else None


def _layers(old: Layer, new: Layer, options: BuildOptions) -> Iterator[BuildDifference]:
    if old.diff_id == new.diff_id:
        if not options.ignore_tar_format and old.digest and new.digest and old.digest != new.digest:
            yield BuildDifference("compression", old.index, None, old.digest, new.digest)
        return
    found = list(_entries(old, new, options))
    yield from found
    if found or options.ignore_tar_format or options != BuildOptions(ignore_image_name=options.ignore_image_name):
        return
    # The entries are the same in all that a field shows; then it is the way in which they are written.
    yield BuildDifference("tar-format", old.index, None, old.diff_id, new.diff_id)


def _entries(old: Layer, new: Layer, options: BuildOptions) -> Iterator[BuildDifference]:
    before, after = _by_place(old.entries), _by_place(new.entries)
    for place in sorted(before.keys() | after.keys()):
        ours, theirs = before.get(place), after.get(place)
        if ours is None or theirs is None:
            sides = (ours and ours.kind.value, theirs and theirs.kind.value)
            yield BuildDifference("entry", old.index, place[0], *sides)
        else:
            yield from _fields(old.index, ours, theirs, options)
    if options.ignore_file_order or before.keys() != after.keys():
        return
    for ours_at, theirs_at in zip(before, after, strict=True):
        if ours_at != theirs_at:
            yield BuildDifference("order", old.index, ours_at[0], ours_at[0], theirs_at[0])
            return  # everything behind it is out of step too


def _by_place(entries: Sequence[Entry]) -> dict[tuple[str, str, int], Entry]:
    """Entries by path, whether they are markers, and which of several they are; in tar order."""
    result: dict[tuple[str, str, int], Entry] = {}
    counts: dict[tuple[str, str], int] = {}
    for entry in entries:
        group = entry.kind.value if entry.kind.value in ("whiteout", "opaque") else ""
        number = counts[entry.path, group] = counts.get((entry.path, group), -1) + 1
        result[entry.path, group, number] = entry
    return result


def _fields(layer: int, old: Entry, new: Entry, options: BuildOptions) -> Iterator[BuildDifference]:
    rows: list[tuple[str, object, object]] = [
        ("type", old.kind.value, new.kind.value),
        ("size", old.size, new.size),
        ("mode", f"{old.mode:04o}", f"{new.mode:04o}"),
        ("link", old.link_target, new.link_target),
        ("content", old.content and old.content.hex(), new.content and new.content.hex()),
        ("device", old.device, new.device),
        ("xattrs", old.xattrs, new.xattrs),
    ]
    if not options.ignore_owners:
        rows += [
            ("owner", f"{old.uid}:{old.gid}", f"{new.uid}:{new.gid}"),
            ("owner name", f"{old.uname}:{old.gname}", f"{new.uname}:{new.gname}"),
        ]
    if not options.ignore_timestamps:
        rows.append(("timestamp", _seconds(old.mtime_ns), _seconds(new.mtime_ns)))
    if not options.ignore_tar_format:
        rows.append(("sparse", old.sparse, new.sparse))
    for what, ours, theirs in rows:
        if ours != theirs:
            yield BuildDifference(what, layer, old.path, str(ours), str(theirs))


def _seconds(nanoseconds: int) -> str:
    whole, rest = divmod(nanoseconds, 1_000_000_000)
    return f"{whole}.{rest:09}".rstrip("0").rstrip(".")
