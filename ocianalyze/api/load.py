"""Opening images: one, or two to compare. A layer is replayed as soon as it is read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING, Self

from ocianalyze.analysis.union.analyze import Analysis, Replay, no_garbage_collection
from ocianalyze.api.opened import OpenedImage, closing_on_error
from ocianalyze.errors import Choose, OcianalyzeError, Side, UsageError
from ocianalyze.loading.choosing import claimed_layers
from ocianalyze.loading.layer_cache import MemoryCache
from ocianalyze.loading.load import LoadedImage, load, open_for
from ocianalyze.loading.options import LoadOptions
from ocianalyze.loading.progress import Progress
from ocianalyze.model.digest import UNKNOWN, DiffID
from ocianalyze.model.entry import Entry
from ocianalyze.model.finding import Finding
from ocianalyze.model.image import Image
from ocianalyze.sources.source import Source

if TYPE_CHECKING:
    from ocianalyze.analysis.compare.imagediff import DiffOptions, ImageDiff


def open_image(
    name: str,
    *,
    options: LoadOptions | None = None,
    base_layers: int = 1,
    base: str | None = None,
    progress: Progress | None = None,
) -> OpenedImage:
    """Open the image that the user names, read it and replay it. Close the result, or use it in a `with`.

    *name* is a path, `-` for standard input, or a source by its prefix, such as `oci:DIR:TAG`. The base image is the
    layers that it has in common with the image *base*, or else the lowest *base_layers*. Raises OcianalyzeError for
    whatever the image is at fault for.
    """
    if base == "-" == name:
        raise UsageError("only one of the image and its base can come from standard input")
    options = options or LoadOptions()
    with closing_on_error(open_for(name, options, progress)) as source, no_garbage_collection():
        loaded, replay = _load_and_replay(source, name, options, progress)
        image = loaded.image
        if base is None:
            return OpenedImage(source, loaded, replay.finish(image, base_layers=base_layers), options)
        shared = _in_common(image, _layers_of_base(base, options))
        analysis = replay.finish(image, base_layers=shared)
        if not shared and image.layers and image.diff_ids[0] != UNKNOWN:
            notice = Finding(code="not-the-base", message=f"the image has no layer in common with {base}")
            analysis = replace(analysis, notices=(*analysis.notices, notice))
        return OpenedImage(source, loaded, analysis, options)


def analyze_file(
    name: str,
    *,
    options: LoadOptions | None = None,
    base_layers: int = 1,
    base: str | None = None,
    progress: Progress | None = None,
) -> Analysis:
    """The Analysis of the image *name*, for those who need no content of its files. See `open_image`."""
    with open_image(name, options=options, base_layers=base_layers, base=base, progress=progress) as opened:
        return opened.analysis


class OpenedPair:
    """Two images that are open, and how they differ. Close it, or use it in a `with`."""

    def __init__(self, difference: ImageDiff, old: OpenedImage, new: OpenedImage) -> None:
        """Take over both images; `open_pair` makes one of these."""
        self.difference = difference
        self.old = old
        self.new = new

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close both sources."""
        self.old.close()
        self.new.close()


def open_pair(
    old: str,
    new: str,
    *,
    old_options: LoadOptions | None = None,
    new_options: LoadOptions | None = None,
    options: DiffOptions | None = None,
    progress: Progress | None = None,
) -> OpenedPair:
    """Open the images *old* and *new*, replay and compare them. Close the result, or use it in a `with`.

    Layers that both have are scanned once, and replayed once where they are the lowest of both. The options of
    both must ask for the same content digest. Raises OcianalyzeError.
    """
    from ocianalyze.analysis.compare.imagediff import compare

    old_options, new_options = old_options or LoadOptions(), new_options or LoadOptions()
    if old == new == "-":
        raise UsageError("only one of the two images can come from standard input")
    if old_options.content_algorithm != new_options.content_algorithm:
        raise UsageError("two images can only be compared by the same content digest")
    memory = MemoryCache()
    with contextlib.ExitStack() as undo, no_garbage_collection():
        with _one_of_two("old", old):
            old_source = undo.enter_context(closing_on_error(open_for(old, old_options, progress)))
            old_loaded, old_replay = _load_and_replay(old_source, old, old_options, progress, memory=memory, keep=True)
        with _one_of_two("new", new):
            new_source = undo.enter_context(closing_on_error(open_for(new, new_options, progress)))
            new_loaded = load(new_source, new, options=new_options, progress=progress, memory=memory)
            shared = _replayed_alike(old_loaded.image, new_loaded.image)
            new_replay = old_replay.up_to(shared)
            for layer in new_loaded.image.layers[shared:]:
                new_replay.add(layer.entries)
        old_analysis, new_analysis = old_replay.finish(old_loaded.image), new_replay.finish(new_loaded.image)
        return OpenedPair(
            compare(old_analysis, new_analysis, options),
            OpenedImage(old_source, old_loaded, old_analysis, old_options),
            OpenedImage(new_source, new_loaded, new_analysis, new_options),
        )


def _load_and_replay(
    source: Source,
    name: str,
    options: LoadOptions,
    progress: Progress | None,
    *,
    memory: MemoryCache | None = None,
    keep: bool = False,
) -> tuple[LoadedImage, Replay]:
    """Replay each layer as soon as it is read, while those above it are still being decompressed."""
    replay = Replay(keep=keep, limit=options.limits.entries)
    replayed: list[tuple[Entry, ...]] = []

    def on_layer(entries: tuple[Entry, ...]) -> None:
        replay.add(entries)
        replayed.append(entries)

    loaded = load(source, name, options=options, progress=progress, on_layer=on_layer, memory=memory)
    layers = loaded.image.layers
    if any(layer.entries is not entries for layer, entries in zip(layers, replayed, strict=True)):
        replay = Replay(keep=keep, limit=options.limits.entries)  # the manifest had them out of order
        for layer in layers:
            replay.add(layer.entries)
    return loaded, replay


@contextlib.contextmanager
def _one_of_two(side: Side, source: str) -> Iterator[None]:
    """Say which of two images an error is about, and which of its options would help."""
    try:
        yield
    except OcianalyzeError as error:
        _name(error, side, source)
        if isinstance(error.remedy, Choose):
            error.remedy = replace(error.remedy, side=side)
        raise


@contextlib.contextmanager
def _the_base(source: str) -> Iterator[None]:
    """Say that an error is about the base image, which no option chooses among several."""
    try:
        yield
    except OcianalyzeError as error:
        _name(error, "base", source)
        if isinstance(error.remedy, Choose):
            error.remedy = replace(error.remedy, side="base")
        raise


def _name(error: OcianalyzeError, role: str, source: str) -> None:
    """Say which image *error* is about, unless it does."""
    if not error.message.startswith((f"{source}:", f"{source} ")):
        named = f"the {role} image ({'standard input' if source == '-' else source})"
        error.where = f"{named}, {error.where}" if error.where else named


def _replayed_alike(old: Image, new: Image) -> int:
    """How many of the lowest layers are the very same entries."""
    pairs = zip(old.layers, new.layers, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0].entries is pair[1].entries, pairs))


def _in_common(image: Image, base: Sequence[DiffID]) -> int:
    """How many of the lowest layers the two images share."""
    pairs = zip(image.diff_ids, base, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _layers_of_base(base: str, options: LoadOptions) -> tuple[DiffID, ...]:
    """The layers of the image *base*, read only where its config does not name them."""
    options = replace(options, image=None, rootfs=False)
    with _the_base(base), contextlib.closing(open_for(base, options)) as source:
        return claimed_layers(source, options) or load(source, base, options=options).image.diff_ids
