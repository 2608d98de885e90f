"""Writing an image again: as another layout, with other compression, or with all layers made one.

Layers are streamed; of each, the diff ID is computed on the way and compared once more with the config's.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from ocianalyze.blobs.blob import Blob, Verifier
from ocianalyze.blobs.compress import COMPRESSIONS, compress
from ocianalyze.blobs.decompress import CHUNK
from ocianalyze.contents.contents import Contents
from ocianalyze.contents.stored_image import StoredImage
from ocianalyze.errors import ArchiveError, ChooseCompression, DigestMismatchError, UsageError
from ocianalyze.model import go_json
from ocianalyze.model.digest import DiffID, Digest
from ocianalyze.model.documents import ImageConfig
from ocianalyze.model.image import Image, Layer
from ocianalyze.model.placed import Placed
from ocianalyze.writing.atomic_file import replacing, scratch
from ocianalyze.writing.export import export
from ocianalyze.writing.image_writer import (
    DirectoryContainer,
    DockerWriter,
    OciWriter,
    TarContainer,
    WrittenImage,
    WrittenLayer,
    to_json,
)
from ocianalyze.writing.references import checked, docker_tags
from ocianalyze.writing.staged_tree import staged

KINDS = ("oci-archive", "oci-layout", "docker-archive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """An image that was written."""

    digest: Digest
    """Of the new manifest, of the index over several, or of the config for a docker archive."""
    dropped: tuple[str, ...]
    """Names of the image that the form has no place for."""


def convert(
    images: Sequence[StoredImage],
    target: Path,
    *,
    kind: str,
    compression: str = "keep",
    level: int | None = None,
    names: Sequence[str] | None = None,
    verify: bool = True,
) -> Converted:
    """Write *images*, one for each platform, to *target* as one of `KINDS`; layers as they are or *compressed* anew.

    *names* replace the images' own. With *verify*, blobs that are copied as they are must have the digest that they
    were loaded with. A manifest that has nothing to say anew is stored as it was, under its digest.
    """
    if kind == "docker-archive" and len(images) != 1:
        raise UsageError("a docker archive holds one platform", hint="choose one, or write an OCI archive")
    kept, dropped = _names(images[0].image, kind, names)
    with _writer(target, kind) as writer:
        written = [_image(writer, one, compression, level, verify=verify) for one in images]
        return Converted(digest=writer.finish(written, kept), dropped=tuple(dropped))


def _names(image: Image, kind: str, given: Sequence[str] | None) -> tuple[list[str], list[str]]:
    """The names that are written, and those that are not."""
    if given is not None:
        given = [checked(name) for name in given]
    names = list(image.names if given is None else given)
    return docker_tags(names, given=given is not None) if kind == "docker-archive" else (names, [])


def _image(
    writer: OciWriter | DockerWriter, one: StoredImage, compression: str, level: int | None, *, verify: bool
) -> WrittenImage:
    """Write the layers of *one*."""
    image = one.image
    written = []
    for layer in image.layers:
        if layer.missing:
            written.append(_elsewhere(writer, layer, has_diff_ids=bool(image.config.diff_ids)))
            continue
        chosen = layer.compression if compression == "keep" else compression
        if chosen not in COMPRESSIONS:
            raise UsageError(f"layer {layer.index} is {chosen}", remedy=ChooseCompression(COMPRESSIONS))
        blob = one.contents.reader(layer.index).blob() if compression == "keep" else None
        if blob is not None:
            chunks = _stored(blob, layer, verify=verify)
        else:
            chunks = compress(layer_tar(one.contents, layer), chosen, level)
        stored = writer.layer(chunks, chosen)
        is_kept = stored.digest == layer.digest
        written.append(replace(stored, media_type=layer.media_type, urls=layer.urls) if is_kept else stored)
    return WrittenImage(
        config=_config(one.config_data, image),
        layers=tuple(written),
        manifest=one.manifest_data,
        annotations=dict(image.annotations),
        platform=_platform(image),
    )


def _elsewhere(writer: OciWriter | DockerWriter, layer: Layer, *, has_diff_ids: bool) -> WrittenLayer:
    """A layer that is not written, but listed as it was: a foreign one, whose blob is not in the archive."""
    if not layer.urls or layer.digest is None or not has_diff_ids:
        raise UsageError(f"the archive lacks layer {layer.index}, so the image cannot be written again")
    if isinstance(writer, DockerWriter):
        raise UsageError(
            f"layer {layer.index} is foreign, and a docker archive holds all layers", hint="write an OCI archive"
        )
    return WrittenLayer(
        digest=layer.digest,
        size=layer.blob_size,
        compression=next((name for name in ("gzip", "zstd") if layer.media_type.endswith(name)), "none"),
        name="",
        media_type=layer.media_type,
        urls=layer.urls,
    )


def squash(
    one: StoredImage,
    placed: Sequence[Placed],
    target: Path,
    *,
    compression: str = "gzip",
    level: int | None = None,
    names: Sequence[str] | None = None,
) -> Digest:
    """Write an image whose only layer is *placed*, the merged file system of *one*, with its config."""
    image = one.image
    kept, _ = _names(image, "oci-archive", names)
    with scratch(target) as tar:
        export(one.contents, placed, tar)
        tar.seek(0)
        running = hashlib.sha256()
        while chunk := tar.read(CHUNK):
            running.update(chunk)
        tar.seek(0)
        diff_id = DiffID(f"sha256:{running.hexdigest()}")
        with _writer(target, "oci-archive") as writer:
            config = _squashed(go_json.parse(_config(one.config_data, image), "config"), diff_id, image)
            layer = writer.layer(compress(iter(lambda: tar.read(CHUNK), b""), compression, level), compression)
            written = WrittenImage(
                config=to_json(config),
                layers=(layer,),
                annotations=dict(image.annotations),
                platform=_platform(image),
            )
            return writer.finish([written], kept)


@contextlib.contextmanager
def _writer(target: Path, kind: str) -> Iterator[OciWriter | DockerWriter]:
    """A writer of one image; what it writes appears when the block ends well."""
    if kind == "oci-layout":
        with staged(target, only_if_empty=True) as staging:
            yield OciWriter(DirectoryContainer(staging.root))
        return
    with replacing(target) as out:
        if kind == "docker-archive":
            yield DockerWriter(TarContainer(out))
        else:
            yield OciWriter(TarContainer(out, ("blobs", "blobs/sha256")))


def _stored(blob: Blob, layer: Layer, *, verify: bool) -> Iterator[bytes]:
    """The blob of *layer* as it is stored; an error at its end when it is not what was loaded."""
    digest = layer.digest or (layer.diff_id if layer.compression == "none" else None)
    verifier = Verifier(digest if verify else None, layer.blob_size, what="the blob")
    yield from blob.chunks(verifier.update)
    try:
        verifier.finish()
    except DigestMismatchError as error:
        error.in_layer(layer.index, layer.digest)
        raise
    if digest is None and not blob.is_unchanged():
        raise ArchiveError(f"layer {layer.index} was written to while it was read", hint="run the command again")


def layer_tar(contents: Contents, layer: Layer) -> Iterator[bytes]:
    """The tar of *layer*; DigestMismatchError at its end when it is not what was loaded."""
    running = hashlib.new(layer.diff_id.algorithm)
    for piece in contents.reader(layer.index).tar():
        running.update(piece)
        yield piece
    if running.hexdigest() != layer.diff_id.encoded:
        got = f"{layer.diff_id.algorithm}:{running.hexdigest()}"
        error = DigestMismatchError("the diff ID", expected=layer.diff_id, got=got, hint="save the image again")
        error.in_layer(layer.index, layer.digest)
        raise error


def _config(stored: bytes, image: Image) -> bytes:
    """The config as *stored*; where there is none with diff IDs, one with them."""
    if stored and image.config.diff_ids:
        return stored
    value = go_json.parse(stored, "config") if stored else _plain(image.config)
    value["rootfs"] = {"type": "layers", "diff_ids": [str(diff_id) for diff_id in image.diff_ids]}
    return to_json(value)


def _plain(config: ImageConfig) -> dict[str, Any]:
    """A config as JSON values, without what it does not say."""

    def said(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: said(part) for key, part in value.items() if part is not None}
        return [said(part) for part in value] if isinstance(value, list) else value

    result: dict[str, Any] = said(msgspec.to_builtins(config))
    return result


def _squashed(config: dict[str, Any], diff_id: DiffID, image: Image) -> dict[str, Any]:
    """*config* with one layer: every step stays in the history, without a layer, and one is added that has it."""
    steps = [step for step in config.get("history") or [] if isinstance(step, dict)]
    history = [{**step, "empty_layer": True} for step in steps]
    made: dict[str, Any] = {"created_by": "ocianalyze export --squash", "comment": f"{len(image.layers)} layers in one"}
    if isinstance(config.get("created"), str):
        made = {"created": config["created"], **made}
    return {**config, "rootfs": {"type": "layers", "diff_ids": [str(diff_id)]}, "history": [*history, made]}


def _platform(image: Image) -> dict[str, object]:
    """The platform as an index lists it; nothing when the image does not say."""
    platform = image.platform
    if not platform.os or not platform.architecture:
        return {}
    known: dict[str, object] = {
        "architecture": platform.architecture,
        "os": platform.os,
        "os.version": platform.os_version,
        "os.features": list(image.config.os_features or ()),
        "variant": platform.variant,
    }
    return {key: value for key, value in known.items() if value}
