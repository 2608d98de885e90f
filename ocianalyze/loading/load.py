"""From an open source to an Image: the image is chosen, each distinct layer is scanned once, and progress is told."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ocianalyze.errors import (
    AllowMissingLayers,
    MissingBlobError,
    brief,
)
from ocianalyze.layers.reader import LayerClaim, LayerReader, ScanOptions
from ocianalyze.layers.threads import processors, taking_turn
from ocianalyze.loading.assemble import FoundLayer, assemble
from ocianalyze.loading.choosing import chosen, parts_of
from ocianalyze.loading.layer_cache import LayerCache
from ocianalyze.loading.options import LoadOptions
from ocianalyze.loading.progress import PlannedLayer, Progress
from ocianalyze.loading.scheduling import LayerJob, scan_all, scan_layer
from ocianalyze.model.digest import Digest
from ocianalyze.model.entry import Entry
from ocianalyze.model.history import align
from ocianalyze.model.image import Image
from ocianalyze.model.limits import ReadLimits
from ocianalyze.model.scanned import ScannedLayer
from ocianalyze.sources.candidate import ImageParts
from ocianalyze.sources.choose import of_one_image
from ocianalyze.sources.source import OpenOptions, Source
from ocianalyze.sources.table import open_source
from ocianalyze.tar.budget import ByteBudget, EntryBudget


class Unwatched:
    """The Progress of a load that nobody watches."""

    def spooled(self, done: int) -> None:
        """Nothing."""

    def begin(self, layers: Sequence[PlannedLayer]) -> None:
        """Nothing."""

    def advance(self, layer: int, blob_bytes: int) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedImage:
    """An Image beside the readers of its layers, which are open as long as the source."""

    image: Image
    readers: tuple[LayerReader | None, ...]
    """One a layer of the image, bottom layer first; None where the source does not hold the layer."""
    config_data: bytes
    """The config as stored; empty where it is put together from the JSON files of layers."""
    manifest_data: bytes
    """The manifest as stored; empty where the image has none."""


OnLayer = Callable[[tuple[Entry, ...]], object]
_Key = tuple[str, Digest | None, int | None]


def open_for(name: str, options: LoadOptions, progress: Progress | None = None) -> Source:
    """The source that the user names, opened for a load by *options*. Close it after use."""
    watch = progress or Unwatched()
    return open_source(
        name,
        OpenOptions(
            limits=options.limits,
            verify=options.verify,
            rootfs=options.rootfs,
            spooled=watch.spooled,
            standard_input=options.standard_input,
        ),
    )


def load_image(
    name: str,
    *,
    options: LoadOptions | None = None,
    progress: Progress | None = None,
    on_layer: OnLayer | None = None,
    cache: LayerCache | None = None,
) -> Image:
    """The image in the source *name*, for those who need no content of its files: the source is closed again."""
    options = options or LoadOptions()
    with contextlib.closing(open_for(name, options, progress)) as source:
        return load(source, name, options=options, progress=progress, on_layer=on_layer, cache=cache).image


def load(
    source: Source,
    name: str,
    *,
    options: LoadOptions | None = None,
    progress: Progress | None = None,
    on_layer: OnLayer | None = None,
    cache: LayerCache | None = None,
) -> LoadedImage:
    """The image that *options* choose in *source*, which the user calls *name*.

    *on_layer* is given each layer's entries, bottom layer first, while higher layers are still being read. The
    rare image whose manifest lists its layers out of order gives them in that order; compare with the result.

    Layers that *cache* knows are verified and not scanned again; the others are put into it.

    Raises OcianalyzeError: an ArchiveError, DocumentError, LayerError or UsageError.
    """
    options = options or LoadOptions()
    candidates = source.images()
    candidate, notices = chosen(source, candidates, options)
    parts = parts_of(source, candidates, candidate, options, notices)
    return load_parts(source, name, parts, options=options, progress=progress, on_layer=on_layer, cache=cache)


def load_platforms(source: Source, name: str, options: LoadOptions, progress: Progress | None) -> list[LoadedImage]:
    """Every platform of the image that *options* choose in *source*, one after another."""
    image = source.reference if options.image is None else options.image
    candidates = source.images()
    found, _ = of_one_image(candidates, image=image, platform=options.platform, platform_of=lambda one: one.platform)
    parts = [parts_of(source, candidates, candidate, options) for candidate in found if candidate.present]
    return [load_parts(source, name, one, options=options, progress=progress) for one in parts]


def load_parts(
    source: Source,
    name: str,
    parts: ImageParts,
    *,
    options: LoadOptions,
    progress: Progress | None = None,
    on_layer: OnLayer | None = None,
    cache: LayerCache | None = None,
) -> LoadedImage:
    """The image whose documents are *parts*. See `load`."""
    readers = [_reader(source, claim, index, options) for index, claim in enumerate(parts.layers)]
    scanned = _scan(
        source,
        parts,
        readers,
        options=options,
        watch=progress or Unwatched(),
        on_layer=on_layer or _ignore,
        cache=cache,
    )
    used = {reader.key: reader.size for reader in readers if reader}
    image, ordered = assemble(
        parts,
        [
            FoundLayer(claim=claim, reader=reader, scanned=scanned[_key(reader)] if reader else None)
            for claim, reader in zip(parts.layers, readers, strict=True)
        ],
        source=name,
        archive_size=parts.documents_size + sum(used.values()) if source.archive_size is None else source.archive_size,
        verify=options.verify,
        algorithm=options.content_algorithm,
    )
    return LoadedImage(
        image=image,
        readers=tuple(layer.reader for layer in ordered),
        config_data=parts.config_data,
        manifest_data=parts.manifest_data,
    )


def _reader(source: Source, claim: LayerClaim, index: int, options: LoadOptions) -> LayerReader | None:
    try:
        return source.layer(claim)
    except MissingBlobError as error:
        if options.partial:
            return None
        message, hint = error.message, None
        if claim.urls:
            message = f"it is a foreign layer, whose blob is not in the archive ({claim.label})"
            hint = f"it is to be had from {brief(claim.urls[0])}"
        raise MissingBlobError(message, hint=hint, remedy=AllowMissingLayers(), where=f"layer {index}") from error


def _scan(
    source: Source,
    parts: ImageParts,
    readers: Sequence[LayerReader | None],
    *,
    options: LoadOptions,
    watch: Progress,
    on_layer: OnLayer,
    cache: LayerCache | None,
) -> dict[_Key, ScannedLayer]:
    """Every distinct layer, scanned; by its bytes and the claims that they were held against."""
    jobs = _jobs(readers)
    _announce(jobs, parts, watch)
    budget = EntryBudget(options.limits.entries)
    how = ScanOptions(
        limits=options.limits,
        budget=budget,
        bytes=byte_budget(source, options.limits),
        algorithm=options.content_algorithm,
        verify=options.verify,
        has_spare_processor=len(jobs) < processors(),
    )
    scan = functools.partial(scan_layer, how=how, advance=watch.advance, cache=cache)
    scanned: dict[_Key, ScannedLayer] = {}
    with contextlib.closing(scan_all(jobs, scan)) as results:
        for reader in readers:
            if reader is None:
                on_layer(())
                continue
            key = _key(reader)
            if key in scanned:
                budget.spend(1 + len(scanned[key].entries))  # read once, and replayed again
            else:
                scanned[key] = next(results)
            with taking_turn():
                on_layer(scanned[key].entries)
    return scanned


def byte_budget(source: Source, limits: ReadLimits) -> ByteBudget:
    """What the layers of *source* may inflate to together; ask when all of them have been opened."""
    return ByteBudget(max(limits.total, limits.total_ratio * source.stored_size))


def _announce(jobs: Sequence[LayerJob], parts: ImageParts, watch: Progress) -> None:
    """Tell *watch* which layers will be scanned."""
    steps, _ = align(parts.config.history or (), len(parts.layers))
    histories = {step.layer: step.history for step in steps}
    watch.begin(
        [PlannedLayer(index=job.index, blob_size=job.reader.size, history=histories.get(job.index)) for job in jobs]
    )


def _jobs(readers: Sequence[LayerReader | None]) -> list[LayerJob]:
    """One for each distinct layer, lowest layer first."""
    jobs: dict[_Key, LayerJob] = {}
    for index, reader in enumerate(readers):
        if reader and _key(reader) not in jobs:
            jobs[_key(reader)] = LayerJob(index=index, reader=reader)
    return list(jobs.values())


def _ignore(_: tuple[Entry, ...]) -> None:
    """What is done with layers that nobody waits for."""


def _key(reader: LayerReader) -> _Key:
    """The same for layers that one scan serves: the same bytes, and the same claims to verify."""
    return reader.key, reader.claim.digest, reader.claim.size
