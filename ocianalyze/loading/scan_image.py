"""Every distinct layer of an image, scanned once and handed on in the order of the replay."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ocianalyze.layers.reader import LayerReader, ScanOptions
from ocianalyze.layers.threads import processors, taking_turn
from ocianalyze.loading.layer_cache import Caches, LayerCache
from ocianalyze.loading.options import LoadOptions
from ocianalyze.loading.progress import PlannedLayer, Progress
from ocianalyze.loading.scan_layer import LayerScan
from ocianalyze.loading.scheduling import LayerJob, scan_all
from ocianalyze.model.digest import Digest
from ocianalyze.model.entry import Entry
from ocianalyze.model.finding import Finding, Level
from ocianalyze.model.history import align
from ocianalyze.model.limits import ReadLimits
from ocianalyze.model.scanned import ScannedLayer
from ocianalyze.sources.candidate import ImageParts
from ocianalyze.sources.source import Source
from ocianalyze.tar.budget import ByteBudget, EntryBudget

OnLayer = Callable[[tuple[Entry, ...]], object]
LayerKey = tuple[str, Digest | None, int | None]


class ScannedLayers(NamedTuple):
    """What became of the layers of an image."""

    layers: dict[LayerKey, ScannedLayer]
    notices: tuple[Finding, ...]


def scan_image(
    source: Source,
    parts: ImageParts,
    readers: Sequence[LayerReader | None],
    options: LoadOptions,
    *,
    watch: Progress,
    on_layer: OnLayer,
    memory: LayerCache | None,
) -> ScannedLayers:
    """Every distinct layer, scanned; by its bytes and the claims that they were held against.

    *memory* knows the layers that this process has read.
    """
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
    scan = LayerScan(how=how, advance=watch.advance, cache=_cache(memory, options, jobs), trust=options.trust_cache)
    scanned: dict[LayerKey, ScannedLayer] = {}
    with contextlib.closing(scan_all(jobs, scan)) as results:
        for reader in readers:
            if reader is None:
                on_layer(())
                continue
            key = layer_key(reader)
            if key in scanned:
                budget.spend(1 + len(scanned[key].entries))  # read once, and replayed again
            else:
                scanned[key] = next(results)
            with taking_turn():
                on_layer(scanned[key].entries)
    return ScannedLayers(scanned, _trusted(scan.unread))


def byte_budget(source: Source, limits: ReadLimits) -> ByteBudget:
    """What the layers of *source* may inflate to together; ask when all of them have been opened."""
    return ByteBudget(max(limits.total, limits.total_ratio * source.stored_size))


def layer_key(reader: LayerReader) -> LayerKey:
    """The same for layers that one scan serves: the same bytes, and the same claims to verify."""
    return reader.key, reader.claim.digest, reader.claim.size


def _cache(memory: LayerCache | None, options: LoadOptions, jobs: Sequence[LayerJob]) -> LayerCache | None:
    disk = options.cache
    if disk is None or sum(job.reader.size for job in jobs) < disk.least_image:
        return memory
    return disk if memory is None else Caches(memory, disk)


def _trusted(unread: Sequence[int]) -> tuple[Finding, ...]:
    """The notice that blobs were not read."""
    if not unread:
        return ()
    which = "layer " if len(unread) == 1 else "layers "
    which += ", ".join(map(str, sorted(unread)))
    message = f"the bytes of {which} were not read: an earlier run verified them, and their file is as it was then"
    return (Finding(code="not-read-again", message=message, level=Level.NOTE),)


def _announce(jobs: Sequence[LayerJob], parts: ImageParts, watch: Progress) -> None:
    """Tell *watch* which layers will be scanned."""
    steps, _ = align(parts.config.history or (), len(parts.layers))
    histories = {step.layer: step.history for step in steps}
    watch.begin(
        [PlannedLayer(index=job.index, blob_size=job.reader.size, history=histories.get(job.index)) for job in jobs]
    )


def _jobs(readers: Sequence[LayerReader | None]) -> list[LayerJob]:
    """One for each distinct layer, lowest layer first."""
    jobs: dict[LayerKey, LayerJob] = {}
    for index, reader in enumerate(readers):
        if reader and layer_key(reader) not in jobs:
            jobs[layer_key(reader)] = LayerJob(index=index, reader=reader)
    return list(jobs.values())
