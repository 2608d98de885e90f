"""Two builds of the same thing, compared strictly: whatever differs makes a build not reproducible.

Unlike a comparison of merged file systems this one looks at the layers as they are stored, one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from ocianalyze.analysis.compare.configdiff import compare_configs
from ocianalyze.analysis.compare.layerdiff import align_layers
from ocianalyze.analysis.compare.sequences import common_sequence
from ocianalyze.model.documents import History
from ocianalyze.model.entry import Entry
from ocianalyze.model.image import HistoryStep, Image, Layer
from ocianalyze.model.instruction import instruction


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """Differences of two builds that count as none."""

    ignore_timestamps: bool = False
    """Of files, of history steps and of the image."""
    ignore_history: bool = False
    ignore_layer_order: bool = False
    ignore_file_order: bool = False
    ignore_owners: bool = False
    ignore_tar_format: bool = False
    """Differences that no field shows: headers, padding, compression, the spelling of the config."""
    ignore_image_name: bool = False

    @property
    def ignored(self) -> frozenset[str]:
        """`BuildDifference.what` of every difference that counts as none."""
        return frozenset(chain.from_iterable(what for option, what in _WHAT.items() if getattr(self, option)))


_WHAT = {
    "ignore_timestamps": ("timestamp", "history timestamp"),
    "ignore_history": ("history", "history timestamp"),
    "ignore_layer_order": ("layer-order",),
    "ignore_file_order": ("order",),
    "ignore_owners": ("owner", "owner name"),
    "ignore_tar_format": ("tar-format", "sparse", "compression", "config-format"),
    "ignore_image_name": ("name",),
}


class BuildDifference(NamedTuple):
    """One difference of two builds; a side is None where that build lacks the thing."""

    what: str
    """`layer`, `layer-order`, `entry`, `order`, `timestamp`, `owner`, `mode`, `content`, `tar-format`, ..."""
    layer: int | None
    """Index in the old build; of a layer that only the new build has, in the new one."""
    path: str | None
    old: str | None
    new: str | None


def compare_builds(old: Image, new: Image, options: BuildOptions | None = None) -> tuple[BuildDifference, ...]:
    """Every difference that is not ignored: of the images, their configs, their histories, their layers bottom first.

    Layers that are alike are compared with each other wherever they are. A difference is one of the format only where
    no field explains it.
    """
    ignored = (options or BuildOptions()).ignored
    found = [*_images(old, new), *_histories(old, new)]
    if not found and old.diff_ids == new.diff_ids and old.config_digest != new.config_digest:
        digests = (str(digest) if digest else None for digest in (old.config_digest, new.config_digest))
        found.append(BuildDifference("config-format", None, None, *digests))
    found += _names(old, new)
    for pair in _pairs(old, new):
        found += _layers(pair)
    return tuple(one for one in found if one.what not in ignored)


def _names(old: Image, new: Image) -> Iterator[BuildDifference]:
    if old.names != new.names:
        yield BuildDifference("name", None, None, ", ".join(old.names), ", ".join(new.names))


def _images(old: Image, new: Image) -> Iterator[BuildDifference]:
    if old.config.created != new.config.created:
        yield BuildDifference("timestamp", None, None, old.config.created, new.config.created)
    if old.config.author != new.config.author:
        yield BuildDifference("author", None, None, old.config.author, new.config.author)
    for change in compare_configs(old, new):
        yield BuildDifference(f"config {change.field} {change.key}".rstrip(), None, None, change.old, change.new)


def _histories(old: Image, new: Image) -> Iterator[BuildDifference]:
    """Steps that only one build has, and the differences of the others: one more step shifts nothing."""
    texts = [[instruction(step.history) for step in image.history] for image in (old, new)]
    at_old = at_new = 0
    for next_old, next_new in [*common_sequence(*texts), (len(old.history), len(new.history))]:
        for number in range(at_old, next_old):
            yield BuildDifference("history", old.history[number].layer, None, texts[0][number], None)
        for number in range(at_new, next_new):
            yield BuildDifference("history", new.history[number].layer, None, None, texts[1][number])
        if next_old < len(old.history):
            yield from _steps(old.history[next_old], new.history[next_new])
        at_old, at_new = next_old + 1, next_new + 1


def _steps(old: HistoryStep, new: HistoryStep) -> Iterator[BuildDifference]:
    """The differences of two steps that people read alike."""
    ours, theirs = old.history, new.history
    if _texts_of(ours) != _texts_of(theirs):
        yield BuildDifference("history", old.layer, None, ours.created_by, theirs.created_by)
    elif ours.created != theirs.created:
        yield BuildDifference("history timestamp", old.layer, None, ours.created, theirs.created)


def _texts_of(step: History) -> tuple[object, ...]:
    return step.created_by, step.author, step.comment, bool(step.empty_layer)


class _ComparedLayers(NamedTuple):
    """Two layers to compare, or one that has no counterpart."""

    old: Layer | None
    new: Layer | None
    is_elsewhere: bool = False
    """Whether other layers stand between them in one of the builds."""


def _pairs(old: Image, new: Image) -> list[_ComparedLayers]:
    """The aligned layers, then the layers that stand elsewhere; the lowest of the old build first."""
    rows = [
        _ComparedLayers(
            None if row.old is None else old.layers[row.old],
            None if row.new is None else new.layers[row.new],
        )
        for row in align_layers(old, new)
    ]
    pairs = [row for row in rows if row.old and row.new]
    gone, come = [row.old for row in rows if not row.new], [row.new for row in rows if not row.old]
    for key in (_diff_id, _instruction):
        there: dict[str, list[Layer]] = {}
        for layer in reversed(come):
            if layer and key(layer):
                there.setdefault(key(layer), []).append(layer)
        there_too = [layer for layer in gone if layer and there.get(key(layer))]
        moved = [_ComparedLayers(layer, there[key(layer)].pop(), True) for layer in there_too if there[key(layer)]]
        pairs += moved
        gone = [layer for layer in gone if not any(layer is pair.old for pair in moved)]
        come = [layer for layer in come if not any(layer is pair.new for pair in moved)]
    pairs += [_ComparedLayers(layer, None) for layer in gone]
    pairs.sort(key=lambda pair: pair.old.index if pair.old else 0)
    return pairs + [_ComparedLayers(None, layer) for layer in come]


def _diff_id(layer: Layer) -> str:
    return layer.diff_id


def _instruction(layer: Layer) -> str:
    return instruction(layer.history)


def _layers(pair: _ComparedLayers) -> Iterator[BuildDifference]:
    old, new = pair.old, pair.new
    if old is None or new is None:
        index = next(layer.index for layer in (old, new) if layer)
        sides = [None if layer is None else _instruction(layer) or layer.diff_id for layer in (old, new)]
        yield BuildDifference("layer", index, None, *sides)
        return
    if pair.is_elsewhere:
        yield BuildDifference("layer-order", old.index, None, str(old.index), str(new.index))
    if old.diff_id == new.diff_id:
        if old.digest and new.digest and old.digest != new.digest:
            yield BuildDifference("compression", old.index, None, old.digest, new.digest)
        return
    found = list(_entries(old, new))
    yield from found
    if not found:
        # No field differs: the same entries are written in another way.
        yield BuildDifference("tar-format", old.index, None, old.diff_id, new.diff_id)


def _entries(old: Layer, new: Layer) -> Iterator[BuildDifference]:
    before, after = _by_place(old.entries), _by_place(new.entries)
    for place in sorted(before.keys() | after.keys()):
        ours, theirs = before.get(place), after.get(place)
        if ours is None or theirs is None:
            sides = (ours and ours.kind.value, theirs and theirs.kind.value)
            yield BuildDifference("entry", old.index, place[0], *sides)
        else:
            yield from _fields(old.index, ours, theirs)
    if before.keys() != after.keys():
        return
    for ours_at, theirs_at in zip(before, after, strict=True):
        if ours_at != theirs_at:
            yield BuildDifference("order", old.index, ours_at[0], ours_at[0], theirs_at[0])
            return  # every entry behind this one is out of step too


def _by_place(entries: Sequence[Entry]) -> dict[tuple[str, str, int], Entry]:
    """Entries by path, group of markers, and number among those of the same path; in tar order."""
    result: dict[tuple[str, str, int], Entry] = {}
    counts: dict[tuple[str, str], int] = {}
    for entry in entries:
        group = entry.kind.value if entry.kind.value in ("whiteout", "opaque") else ""
        number = counts[entry.path, group] = counts.get((entry.path, group), -1) + 1
        result[entry.path, group, number] = entry
    return result


def _fields(layer: int, old: Entry, new: Entry) -> Iterator[BuildDifference]:
    rows: list[tuple[str, object, object]] = [
        ("type", old.kind.value, new.kind.value),
        ("size", old.size, new.size),
        ("mode", old.octal_mode, new.octal_mode),
        ("link", old.link_target, new.link_target),
        ("content", old.content and old.content.hex(), new.content and new.content.hex()),
        ("device", old.device, new.device),
        ("xattrs", old.xattrs, new.xattrs),
        ("owner", f"{old.uid}:{old.gid}", f"{new.uid}:{new.gid}"),
        ("owner name", f"{old.uname}:{old.gname}", f"{new.uname}:{new.gname}"),
        ("timestamp", _seconds(old.mtime_ns), _seconds(new.mtime_ns)),
        ("sparse", old.sparse, new.sparse),
    ]
    for what, ours, theirs in rows:
        if ours != theirs:
            yield BuildDifference(what, layer, old.path, str(ours), str(theirs))


def _seconds(nanoseconds: int) -> str:
    whole, rest = divmod(nanoseconds, 1_000_000_000)
    return f"{whole}.{rest:09}".rstrip("0").rstrip(".")
