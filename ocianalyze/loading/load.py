"""load_image(source) -> Image: picks the image, scans each distinct layer once, reports progress."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ocianalyze.blobs.blob import Blob
from ocianalyze.errors import AllowMissingLayers, MissingBlobError, brief
from ocianalyze.layers.scan import LayerJob, processors, scan_all, scan_layer
from ocianalyze.layers.threads import taking_turn
from ocianalyze.loading.assemble import FoundLayer, assemble, claimed_diff_ids
from ocianalyze.loading.layer_cache import LayerCache
from ocianalyze.loading.progress import PlannedLayer, Progress
from ocianalyze.model.digest import DiffID, Digest
from ocianalyze.model.entry import Entry
from ocianalyze.model.history import align
from ocianalyze.model.image import Image
from ocianalyze.model.limits import ReadLimits
from ocianalyze.model.scanned import ScannedLayer
from ocianalyze.sources.candidate import ImageParts, LayerSource
from ocianalyze.sources.layouts.catalog import Catalog
from ocianalyze.sources.opening import open_store
from ocianalyze.sources.store import Store
from ocianalyze.tar.budget import EntryBudget


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOptions:
    """Which image of an archive to load, and how strictly."""

    image: str | None = None
    """Tag or reference name, index (`0`, `1`, ...) or digest; None when the archive holds one image."""
    platform: str | None = None
    """`os/arch[/variant]`; None for this machine's own, or the only one."""
    verify: bool = True
    """Check digest, size and diff ID of everything read."""
    partial: bool = False
    """Carry on without layers whose blob is missing."""
    content_algorithm: str = "blake3"
    """What `Entry.content` is a digest by: `blake3` or `sha256`."""
    limits: ReadLimits = field(default_factory=ReadLimits)


_Key = tuple[int, int, Digest | None, int | None]


class Unwatched:
    """The Progress of a load that nobody watches."""

    def spooled(self, done: int) -> None:
        """Nothing."""

    def begin(self, layers: Sequence[PlannedLayer]) -> None:
        """Nothing."""

    def advance(self, layer: int, blob_bytes: int) -> None:
        """Nothing."""


OnLayer = Callable[[tuple[Entry, ...]], object]


def load_image(
    source: str,
    *,
    options: LoadOptions | None = None,
    progress: Progress | None = None,
    on_layer: OnLayer | None = None,
    cache: LayerCache | None = None,
) -> Image:
    """The image in *source*, a path or `-` for standard input.

    *on_layer* is given each layer's entries, bottom layer first, while higher layers are still being read. The
    rare image whose manifest lists its layers out of order gives them in that order; compare with the result.

    Layers that *cache* knows are verified and not scanned again; the others are put into it.

    Raises OcianalyzeError: an ArchiveError, DocumentError, LayerError or UsageError.
    """
    options = options or LoadOptions()
    watch: Progress = progress or Unwatched()
    with open_store(source, options.limits, watch.spooled) as store:
        catalog = Catalog(store, source, options.limits, verify=options.verify)
        parts = catalog.choose(image=options.image, platform=options.platform)
        diff_ids = claimed_diff_ids(parts, verify=options.verify)
        blobs = [_find(store, layer, index, options) for index, layer in enumerate(parts.layers)]
        scanned = _scan(parts, blobs, diff_ids, options, watch, on_layer or _ignore, cache)
        used = {blob.name: blob.size for blob in blobs if blob}
        return assemble(
            parts,
            [
                FoundLayer(source=layer, blob=blob, scanned=scanned[_key(layer, blob)] if blob else None)
                for layer, blob in zip(parts.layers, blobs, strict=True)
            ],
            source=source,
            is_directory=store.given_size is None,
            archive_size=parts.documents_size + sum(used.values()) if store.given_size is None else store.given_size,
            verify=options.verify,
            algorithm=options.content_algorithm,
        )


def claimed_layers(source: str, *, options: LoadOptions | None = None) -> tuple[DiffID, ...]:
    """The diff IDs that the image in *source* claims for its layers; empty when it claims none. Reads no layer."""
    options = options or LoadOptions()
    with open_store(source, options.limits, Unwatched().spooled) as store:
        catalog = Catalog(store, source, options.limits, verify=options.verify)
        parts = catalog.choose(image=options.image, platform=options.platform)
        return claimed_diff_ids(parts, verify=options.verify)


def _find(store: Store, layer: LayerSource, index: int, options: LoadOptions) -> Blob | None:
    try:
        return store.blob(layer.name)
    except MissingBlobError as error:
        if options.partial:
            return None
        hint = f"it is a foreign layer, to be had from {brief(layer.urls[0])}" if layer.urls else None
        remedy = AllowMissingLayers()
        raise MissingBlobError(error.message, hint=hint, remedy=remedy, where=f"layer {index}") from error


def _scan(
    parts: ImageParts,
    blobs: Sequence[Blob | None],
    diff_ids: Sequence[DiffID],
    options: LoadOptions,
    watch: Progress,
    on_layer: OnLayer,
    cache: LayerCache | None,
) -> dict[_Key, ScannedLayer]:
    """Every distinct blob, scanned; by its place in the store and what is claimed of it."""
    jobs = _jobs(parts, blobs, diff_ids)
    steps, _ = align(parts.config.history or (), len(parts.layers))
    histories = {step.layer: step.history for step in steps}
    watch.begin(
        [PlannedLayer(index=job.index, blob_size=job.blob.size, history=histories.get(job.index)) for job in jobs]
    )
    budget = EntryBudget(options.limits.entries)
    scan = functools.partial(
        scan_layer,
        limits=options.limits,
        budget=budget,
        algorithm=options.content_algorithm,
        verify=options.verify,
        advance=watch.advance,
        cache=cache,
        has_spare_processor=len(jobs) < processors(),
    )
    scanned: dict[_Key, ScannedLayer] = {}
    with contextlib.closing(scan_all(jobs, scan)) as results:
        for layer, blob in zip(parts.layers, blobs, strict=True):
            if blob is None:
                on_layer(())
                continue
            key = _key(layer, blob)
            if key in scanned:
                budget.spend(1 + len(scanned[key].entries))  # read once, and replayed again
            else:
                scanned[key] = next(results)
            with taking_turn():
                on_layer(scanned[key].entries)
    return scanned


def _jobs(parts: ImageParts, blobs: Sequence[Blob | None], diff_ids: Sequence[DiffID]) -> list[LayerJob]:
    """One for each distinct blob, lowest layer first."""
    jobs: dict[_Key, LayerJob] = {}
    for index, (layer, blob) in enumerate(zip(parts.layers, blobs, strict=True)):
        if blob and _key(layer, blob) not in jobs:
            diff_id = diff_ids[index] if diff_ids else None
            jobs[_key(layer, blob)] = LayerJob(index=index, source=layer, blob=blob, diff_id=diff_id)
    return list(jobs.values())


def _ignore(_: tuple[Entry, ...]) -> None:
    """What is done with layers that nobody waits for."""


def _key(layer: LayerSource, blob: Blob) -> _Key:
    """The same for layers that one scan serves: the same bytes, and the same claims to verify."""
    return blob.fd, blob.offset, layer.digest, layer.size
