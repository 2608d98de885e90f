"""From an open source to an Image: the image is chosen, each distinct layer is scanned once, and progress is told."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ocianalyze.errors import (
    AllowMissingLayers,
    MissingBlobError,
    brief,
)
from ocianalyze.layers.reader import LayerClaim, LayerReader
from ocianalyze.loading.assemble import FoundLayer, assemble
from ocianalyze.loading.choosing import chosen, parts_of
from ocianalyze.loading.layer_cache import LayerCache
from ocianalyze.loading.options import LoadOptions
from ocianalyze.loading.progress import Progress, Unwatched
from ocianalyze.loading.scan_image import OnLayer, layer_key, scan_image
from ocianalyze.model.entry import Entry
from ocianalyze.model.image import Image
from ocianalyze.sources.candidate import ImageParts
from ocianalyze.sources.choose import of_one_image
from ocianalyze.sources.source import OpenOptions, Source
from ocianalyze.sources.table import open_source


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


def load(
    source: Source,
    name: str,
    *,
    options: LoadOptions | None = None,
    progress: Progress | None = None,
    on_layer: OnLayer | None = None,
    memory: LayerCache | None = None,
) -> LoadedImage:
    """The image that *options* choose in *source*, which the user calls *name*.

    *on_layer* is given each layer's entries, bottom layer first, while higher layers are still being read. The
    rare image whose manifest lists its layers out of order gives them in that order; compare with the result.

    Layers that *memory* or the cache on disk knows are verified and not scanned again; the others are put into both.

    Raises OcianalyzeError: an ArchiveError, DocumentError, LayerError or UsageError.
    """
    options = options or LoadOptions()
    candidates = source.images()
    candidate, notices = chosen(source, candidates, options)
    parts = parts_of(source, candidates, candidate, options, notices)
    return load_parts(source, name, parts, options=options, progress=progress, on_layer=on_layer, memory=memory)


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
    memory: LayerCache | None = None,
) -> LoadedImage:
    """The image whose documents are *parts*. See `load`."""
    readers = [_reader(source, claim, index, options) for index, claim in enumerate(parts.layers)]
    found = scan_image(
        source, parts, readers, options, watch=progress or Unwatched(), on_layer=on_layer or _ignore, memory=memory
    )
    used = {reader.key: reader.size for reader in readers if reader}
    image, ordered = assemble(
        replace(parts, notices=(*parts.notices, *found.notices)),
        [
            FoundLayer(claim=claim, reader=reader, scanned=found.layers[layer_key(reader)] if reader else None)
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


def _ignore(_: tuple[Entry, ...]) -> None:
    """What is done with layers that nobody waits for."""
