"""From an open source to an Image: the image is chosen, each distinct layer is scanned once, and progress is told."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from ocianalyze.errors import (
    AllowMissingLayers,
    LimitExceededError,
    MissingBlobError,
    OcianalyzeError,
    RaiseLimit,
    brief,
)
from ocianalyze.layers.reader import LayerClaim, LayerReader, ScanOptions
from ocianalyze.layers.threads import processors, taking_turn
from ocianalyze.loading.assemble import FoundLayer, assemble, claimed_diff_ids
from ocianalyze.loading.conformance import platforms_disagree
from ocianalyze.loading.layer_cache import LayerCache
from ocianalyze.loading.progress import PlannedLayer, Progress
from ocianalyze.loading.scheduling import LayerJob, scan_all, scan_layer
from ocianalyze.model.artifact import Artifact
from ocianalyze.model.digest import DiffID, Digest
from ocianalyze.model.documents import Platform
from ocianalyze.model.entry import Entry
from ocianalyze.model.finding import Finding
from ocianalyze.model.history import align
from ocianalyze.model.image import Image
from ocianalyze.model.limits import ReadLimits
from ocianalyze.model.scanned import ScannedLayer
from ocianalyze.sources.candidate import Candidate, ImageParts
from ocianalyze.sources.choose import choose, of_one_image
from ocianalyze.sources.source import OpenOptions, Source
from ocianalyze.sources.table import open_source
from ocianalyze.tar.budget import ByteBudget, EntryBudget


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOptions:
    """Which image of a source to load, and how strictly."""

    image: str | None = None
    """Tag or reference name, index (`0`, `1`, ...) or digest; None when the source holds one image."""
    platform: str | None = None
    """`os/arch[/variant]`; None for this machine's own, or the only one."""
    verify: bool = True
    """Whether digest, size and diff ID of everything that is read are checked."""
    partial: bool = False
    """Whether the image is loaded without layers whose blob is missing."""
    rootfs: bool = False
    """Whether the source is a root file system (a directory or a tar), to be read as an image of one layer."""
    content_algorithm: str = "blake3"
    """What `Entry.content` is a digest by: `blake3` or `sha256`."""
    limits: ReadLimits = field(default_factory=ReadLimits)
    standard_input: int = 0
    """The file descriptor that `-` is read from."""


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
    scanned = _scan(source, parts, readers, options, progress or Unwatched(), on_layer or _ignore, cache)
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


def claimed_layers(source: Source, options: LoadOptions) -> tuple[DiffID, ...]:
    """The diff IDs that the chosen image claims for its layers; empty when it claims none. Reads no layer."""
    candidates = source.images()
    candidate, _ = chosen(source, candidates, options)
    return claimed_diff_ids(parts_of(source, candidates, candidate, options), verify=options.verify)


def parts_of(
    source: Source,
    candidates: Sequence[Candidate],
    candidate: Candidate,
    options: LoadOptions,
    notices: Sequence[Finding] = (),
) -> ImageParts:
    """The documents of *candidate*, one of all *candidates*, each layer with its diff ID, and what is attached to it.

    *notices* of the choice stand behind its own.
    """
    parts = source.parts(candidate)
    check_counts(parts, options.limits)
    diff_ids = claimed_diff_ids(parts, verify=options.verify)
    layers = [replace(claim, diff_id=diff_id) for claim, diff_id in zip(parts.layers, diff_ids, strict=False)]
    return replace(
        parts,
        layers=tuple(layers) or parts.layers,
        attached=tuple(attached_to(candidate, candidates)),
        notices=(*candidate.notices, *parts.notices, *platforms_disagree(candidate, parts), *notices),
    )


def attached_to(image: Candidate, candidates: Sequence[Candidate]) -> Iterator[Artifact]:
    """What *candidates* have about *image*: what names it, or an index that lists it, as its subject.

    Signatures and the like that do not name what they are about belong to the only image that there is.
    """
    is_alone = all(one.artifact is not None or one.group == image.group for one in candidates)
    for candidate in candidates:
        artifact = candidate.artifact
        if artifact is None or not candidate.present:
            continue
        if artifact.subject in image.digests or (artifact.subject is None and artifact.is_statement and is_alone):
            yield artifact


def check_counts(parts: ImageParts, limits: ReadLimits) -> None:
    """LimitExceededError when the documents list more than *limits* allow: much work for few bytes."""
    runtime = parts.config.runtime
    lists = {
        "env": runtime.env if runtime else None,
        "labels": runtime.labels if runtime else None,
        "ports": runtime.exposed_ports if runtime else None,
        "volumes": runtime.volumes if runtime else None,
    }
    counts = [("layers", len(parts.layers), "layers"), ("steps", len(parts.config.history or ()), "steps of history")]
    counts += [("variables", len(values or ()), name) for name, values in lists.items()]
    for name, count, what in counts:
        limit = getattr(limits, name)
        if count > limit:
            raise LimitExceededError(f"the image has {count:,} {what}, more than {limit:,}", remedy=RaiseLimit(name))


def chosen(
    source: Source, candidates: Sequence[Candidate], options: LoadOptions
) -> tuple[Candidate, tuple[Finding, ...]]:
    """The one of *candidates*, all that *source* has, that is meant; and what a person should know about the choice."""

    @functools.cache
    def platform_of(candidate: Candidate) -> Platform | None:
        if candidate.platform is not None or not candidate.present:
            return candidate.platform
        try:
            return source.parts(candidate).config.platform
        except OcianalyzeError:
            return None

    image = source.reference if options.image is None else options.image
    return choose(candidates, image=image, platform=options.platform, platform_of=platform_of)


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
