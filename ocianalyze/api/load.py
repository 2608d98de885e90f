"""What the tool does, as functions: the one door for the command line, the TUI and other programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, takewhile
from typing import TYPE_CHECKING

from ocianalyze.analysis.query.pathhistory import perhaps_deleted
from ocianalyze.analysis.query.select import list_matches
from ocianalyze.analysis.union.analyze import Analysis, Replay, no_garbage_collection
from ocianalyze.analysis.union.changes import Change
from ocianalyze.analysis.union.lookup import Listed
from ocianalyze.analysis.union.tree import UnionTree
from ocianalyze.errors import Choose, OcianalyzeError, Side, UsageError
from ocianalyze.loading.layer_cache import LayerCache
from ocianalyze.loading.load import LoadOptions, claimed_layers, load_image
from ocianalyze.loading.progress import Progress
from ocianalyze.model.digest import DiffID
from ocianalyze.model.entry import Entry
from ocianalyze.model.image import Image, Notice

if TYPE_CHECKING:
    from ocianalyze.analysis.compare.imagediff import DiffOptions, ImageDiff


def analyze_file(
    source: str,
    *,
    options: LoadOptions | None = None,
    base_layers: int = 1,
    base: str | None = None,
    progress: Progress | None = None,
) -> Analysis:
    """Load the image in *source* (a path, or `-` for standard input) and replay it.

    The base image is the layers that it has in common with the archive *base*, or else the lowest
    *base_layers*. Raises OcianalyzeError for whatever the image is at fault for.
    """
    if base == "-" == source:
        raise UsageError("only one of the image and its base can come from standard input")
    with no_garbage_collection():
        image, replay = _load_and_replay(source, options, progress)
        if base is None:
            return replay.finish(image, base_layers=base_layers)
        shared = _in_common(image, _layers_of_base(base, options))
        analysis = replay.finish(image, base_layers=shared)
    if shared or not image.layers:
        return analysis
    notice = Notice(code="not-the-base", message=f"the image has no layer in common with {base}")
    return replace(analysis, notices=(*analysis.notices, notice))


def _load_and_replay(
    source: str,
    options: LoadOptions | None,
    progress: Progress | None,
    *,
    cache: LayerCache | None = None,
    keep: bool = False,
) -> tuple[Image, Replay]:
    """Replay each layer as soon as it is read, while those above it are still being decompressed."""
    limit = (options or LoadOptions()).limits.entries
    replay = Replay(keep=keep, limit=limit)
    replayed: list[tuple[Entry, ...]] = []

    def on_layer(entries: tuple[Entry, ...]) -> None:
        replay.add(entries)
        replayed.append(entries)

    image = load_image(source, options=options, progress=progress, on_layer=on_layer, cache=cache)
    if any(layer.entries is not entries for layer, entries in zip(image.layers, replayed, strict=True)):
        replay = Replay(keep=keep, limit=limit)  # the manifest had them out of order
        for layer in image.layers:
            replay.add(layer.entries)
    return image, replay


def compare_files(
    old: str,
    new: str,
    *,
    old_options: LoadOptions | None = None,
    new_options: LoadOptions | None = None,
    options: DiffOptions | None = None,
    progress: Progress | None = None,
) -> ImageDiff:
    """Load the images in *old* and *new*, replay and compare them.

    Layers that both have are scanned once, and replayed once where they are the lowest of both. The options of
    both must ask for the same content digest. Raises OcianalyzeError.
    """
    from ocianalyze.analysis.compare.imagediff import compare

    if old == new == "-":
        raise UsageError("only one of the two images can come from standard input")
    if len({(given or LoadOptions()).content_algorithm for given in (old_options, new_options)}) > 1:
        raise UsageError("two images can only be compared by the same content digest")
    with no_garbage_collection():
        cache = LayerCache()
        with _one_of_two("old", old):
            old_image, old_replay = _load_and_replay(old, old_options, progress, cache=cache, keep=True)
        with _one_of_two("new", new):
            new_image = load_image(new, options=new_options, progress=progress, cache=cache)
            shared = _replayed_alike(old_image, new_image)
            new_replay = old_replay.up_to(shared)
            for layer in new_image.layers[shared:]:
                new_replay.add(layer.entries)
        return compare(old_replay.finish(old_image), new_replay.finish(new_image), options)


@contextmanager
def _one_of_two(side: Side, source: str) -> Iterator[None]:
    """Say which of two images an error is about, and which of its options would help."""
    try:
        yield
    except OcianalyzeError as error:
        _name(error, side, source)
        if isinstance(error.remedy, Choose):
            error.remedy = replace(error.remedy, side=side)
        raise


@contextmanager
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


def view(analysis: Analysis, layer: int | None = None) -> UnionTree:
    """The merged view after *layer*; None means the last. UsageError when there is no such layer."""
    return analysis.tree if layer is None else analysis.trees[_checked(analysis, layer)]


def list_tree(
    analysis: Analysis,
    path: str = "",
    *,
    layer: int | None = None,
    recursive: bool = False,
    by_size: bool = False,
) -> list[Listed]:
    """What is in the directory *path* of the merged view after *layer* (None: the last), or *path* itself.

    Parents first and siblings by name, or with *by_size* the largest first. The error for what is not there says which
    layer still had it.
    """
    tree = view(analysis, layer)
    try:
        found = list_matches(tree, path, recursive=recursive)
    except UsageError as error:
        raise perhaps_deleted(analysis, path, error, layer) from error
    return sorted(found, key=lambda listed: (-listed.node.size, listed.path)) if by_size else found


def changes_of(analysis: Analysis, layer: int | None = None) -> Iterator[Change]:
    """What *layer* did, or every layer in turn."""
    if layer is None:
        return chain.from_iterable(analysis.changes)
    return iter(analysis.changes[_checked(analysis, layer)])


def _checked(analysis: Analysis, layer: int) -> int:
    count = len(analysis.image.layers)
    if 0 <= layer < count:
        return layer
    has = f"its layers are 0 to {count - 1}" if count else "it has none"
    raise UsageError(f"the image has no layer {layer}", hint=has)


def _in_common(image: Image, base: Sequence[DiffID]) -> int:
    """How many of the lowest layers the two images share."""
    pairs = zip(image.diff_ids, base, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _layers_of_base(base: str, options: LoadOptions | None) -> tuple[DiffID, ...]:
    """The layers of the image in *base*, read only where its config does not name them."""
    options = replace(options or LoadOptions(), image=None)
    with _the_base(base):
        return claimed_layers(base, options=options) or load_image(base, options=options).diff_ids
