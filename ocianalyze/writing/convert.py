"""Writing an image again: as another layout, with other compression, or with all layers made one.

Layers are streamed; of each, the diff ID is computed on the way and compared once more with the config's.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ocianalyze.blobs.blob import Blob, Verifier
from ocianalyze.blobs.compress import COMPRESSIONS, compress
from ocianalyze.blobs.decompress import CHUNK
from ocianalyze.contents.contents import Contents
from ocianalyze.errors import ArchiveError, ChooseCompression, DigestMismatchError, UsageError
from ocianalyze.model.digest import DiffID, Digest
from ocianalyze.model.documents import ImageConfig
from ocianalyze.model.image import Image, Layer
from ocianalyze.model.placed import Placed
from ocianalyze.writing.atomic_file import replacing
from ocianalyze.writing.export import export
from ocianalyze.writing.image_writer import DirectoryContainer, DockerWriter, OciWriter, TarContainer, to_json
from ocianalyze.writing.staged_tree import staged

KINDS = ("oci-archive", "oci-layout", "docker-archive")


def convert(
    image: Image,
    contents: Contents,
    target: Path,
    *,
    config_data: bytes,
    kind: str,
    compression: str = "keep",
    level: int | None = None,
    names: Sequence[str] | None = None,
    verify: bool = True,
) -> Digest:
    """Write *image* to *target* as one of `KINDS`, its layers as they are or with another *compression*.

    *config_data* is the config as stored, if it is. *names* replace the image's own. With *verify*, blobs that are
    copied as they are must have the digest that they were loaded with. Gives the digest of the new manifest, or of
    the config for a docker archive.
    """
    if any(layer.missing for layer in image.layers):
        raise UsageError("the archive lacks a layer, so the image cannot be written again")
    with _writer(target, kind) as writer:
        config = _config(config_data, image)
        written = []
        for layer in image.layers:
            chosen = layer.compression if compression == "keep" else compression
            if chosen not in COMPRESSIONS:
                raise UsageError(f"layer {layer.index} is {chosen}", remedy=ChooseCompression(COMPRESSIONS))
            blob = contents.reader(layer.index).blob() if compression == "keep" else None
            if blob is not None:
                chunks = _stored(blob, layer, verify=verify)
            else:
                chunks = compress(layer_tar(contents, layer), chosen, level)
            written.append(writer.layer(chunks, chosen))
        return writer.finish(
            config,
            written,
            names=image.names if names is None else names,
            annotations=dict(image.annotations),
            platform=_platform(image),
        )


def squash(
    image: Image,
    contents: Contents,
    placed: Sequence[Placed],
    target: Path,
    *,
    config_data: bytes,
    compression: str = "gzip",
    level: int | None = None,
    names: Sequence[str] | None = None,
) -> Digest:
    """Write an image whose only layer is *placed*, the merged file system of *image*, with its config."""
    with tempfile.TemporaryFile(prefix="ocianalyze-", dir=target.resolve().parent) as tar:
        export(contents, placed, tar)
        tar.seek(0)
        running = hashlib.sha256()
        while chunk := tar.read(CHUNK):
            running.update(chunk)
        tar.seek(0)
        diff_id = DiffID(f"sha256:{running.hexdigest()}")
        with _writer(target, "oci-archive") as writer:
            config = _squashed(json.loads(_config(config_data, image)), diff_id, image)
            layer = writer.layer(compress(iter(lambda: tar.read(CHUNK), b""), compression, level), compression)
            return writer.finish(
                to_json(config),
                [layer],
                names=image.names if names is None else names,
                annotations=dict(image.annotations),
                platform=_platform(image),
            )


@contextlib.contextmanager
def _writer(target: Path, kind: str) -> Iterator[OciWriter | DockerWriter]:
    """A writer of one image; what it writes appears when the block ends well."""
    if kind == "oci-layout":
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise UsageError(f"{target} is already there", hint="name a directory that does not exist, or is empty")
        with staged(target, force=False) as staging:
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
    value = json.loads(stored) if stored else _plain(image.config)
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


def _platform(image: Image) -> dict[str, str]:
    """The platform as an index lists it; nothing when the image does not say."""
    platform = image.platform
    if not platform.os or not platform.architecture:
        return {}
    known = {"architecture": platform.architecture, "os": platform.os}
    return known | ({"variant": platform.variant} if platform.variant else {})
