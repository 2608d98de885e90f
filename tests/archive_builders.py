"""Image archives as each tool lays them out, built in memory.

An archive is first a dictionary, name -> bytes or Link, so that a test can break one thing in it; `pack` makes
a tar of it and `spread` a directory. Layers come from `tar_builders.py`. `builders.py` makes Image values and
reads no bytes: the other half.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.compressing import COMPRESS

OCI = "application/vnd.oci.image"
DOCKER = "application/vnd.docker"
OCI_INDEX = f"{OCI}.index.v1+json"
OCI_MANIFEST = f"{OCI}.manifest.v1+json"
OCI_CONFIG = f"{OCI}.config.v1+json"
OCI_LAYER = f"{OCI}.layer.v1.tar"
DOCKER_MANIFEST = f"{DOCKER}.distribution.manifest.v2+json"
DOCKER_LIST = f"{DOCKER}.distribution.manifest.list.v2+json"
AMD64 = {"os": "linux", "architecture": "amd64"}
ARM64 = {"os": "linux", "architecture": "arm64"}
UNKNOWN = {"os": "unknown", "architecture": "unknown"}
SUFFIX = {"none": "", "gzip": "+gzip", "zstd": "+zstd"}


@dataclass(frozen=True)
class Link:
    """A member that is a link to another."""

    target: str
    hard: bool = False


Files = dict[str, bytes | Link]


def digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def hexdigest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def to_json(value: object) -> bytes:
    return json.dumps(value).encode()


def from_json(content: bytes | Link) -> Any:
    assert isinstance(content, bytes)
    return json.loads(content)


def pack(files: Mapping[str, bytes | Link], *, folder: str = "", format: int = tarfile.GNU_FORMAT) -> bytes:  # noqa: A002
    """*files* as a tar, in order."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=format) as archive:
        for name, content in files.items():
            made = tarfile.TarInfo(folder + name)
            if isinstance(content, Link):
                made.type, made.linkname = tarfile.LNKTYPE if content.hard else tarfile.SYMTYPE, content.target
                archive.addfile(made)
            else:
                made.size = len(content)
                archive.addfile(made, io.BytesIO(content))
    return out.getvalue()


def spread(files: Mapping[str, bytes | Link], root: Path) -> Path:
    """*files* as a directory."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Link):
            path.symlink_to(content.target)
        else:
            path.write_bytes(content)
    return root


def config(tars: Sequence[bytes], **more: Any) -> dict[str, Any]:
    """An image config for layers whose uncompressed tars are *tars*."""
    return {
        **AMD64,
        "rootfs": {"type": "layers", "diff_ids": [digest(one) for one in tars]},
        "history": [{"created_by": f"RUN step {number}"} for number in range(len(tars))],
        **more,
    }


class Layout:
    """An OCI image layout that grows blob by blob. `files()` closes it with index.json."""

    def __init__(self) -> None:
        self.blobs: Files = {}

    def blob(self, data: bytes, media_type: str, **more: Any) -> dict[str, Any]:
        """Store *data*; its descriptor."""
        self.blobs[f"blobs/sha256/{hexdigest(data)}"] = data
        return {"mediaType": media_type, "digest": digest(data), "size": len(data), **more}

    def layer(self, tar_data: bytes, compression: str = "gzip", **more: Any) -> dict[str, Any]:
        media_type = OCI_LAYER + SUFFIX.get(compression, "")
        return self.blob(COMPRESS[compression](tar_data), **{"media_type": media_type, **more})

    def manifest(self, config_descriptor: dict[str, Any], layers: Sequence[dict[str, Any]], **more: Any) -> bytes:
        value = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": config_descriptor, "layers": list(layers)}
        return to_json({**value, **more})

    def image(
        self, *tars: bytes, compression: str = "gzip", platform: dict[str, str] | None = AMD64, **more: Any
    ) -> dict[str, Any]:
        """Store an image with its layers, config and manifest; the manifest's descriptor."""
        settings = config(tars, **(platform or {"os": "", "architecture": ""}), **more)
        layers = [self.layer(one, compression) for one in tars]
        data = self.manifest(self.blob(to_json(settings), OCI_CONFIG), layers)
        return self.blob(data, OCI_MANIFEST, **({"platform": platform} if platform else {}))

    def attestation(self, about: dict[str, Any]) -> dict[str, Any]:
        """What BuildKit says of the image *about*, stored as a manifest that no platform has."""
        statement = self.blob(b'{"_type": "https://in-toto.io/Statement/v0.1"}', "application/vnd.in-toto+json")
        data = self.manifest(self.blob(to_json(config([b"x"], **UNKNOWN)), OCI_CONFIG), [statement])
        notes = {"vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": about["digest"]}
        return self.blob(data, OCI_MANIFEST, platform=UNKNOWN, annotations=notes)

    def index(self, *descriptors: dict[str, Any], media_type: str = OCI_INDEX, **more: Any) -> dict[str, Any]:
        """Store a nested index; its descriptor."""
        data = to_json({"schemaVersion": 2, "mediaType": media_type, "manifests": list(descriptors)})
        return self.blob(data, media_type, **more)

    def files(self, *descriptors: dict[str, Any]) -> Files:
        index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": list(descriptors)}
        return {**self.blobs, "index.json": to_json(index), "oci-layout": b'{"imageLayoutVersion": "1.0.0"}'}


def named(descriptor: dict[str, Any], name: str, *, containerd: str | None = None) -> dict[str, Any]:
    """*descriptor* with a reference name, as buildx and skopeo write it, and containerd's beside it."""
    notes = {**descriptor.get("annotations", {}), "org.opencontainers.image.ref.name": name}
    if containerd:
        notes["io.containerd.image.name"] = containerd
    return {**descriptor, "annotations": notes}


def oci_files(*tars: bytes, compression: str = "gzip", name: str = "latest", **more: Any) -> Files:
    """An OCI layout with one image."""
    layout = Layout()
    return layout.files(named(layout.image(*tars, compression=compression, **more), name))


def docker_files(*tars: bytes, tags: Sequence[str] | None = ("example:1",), **more: Any) -> Files:
    """What docker save wrote from 1.10 to 24: a folder for each layer, v1 JSON in it, manifest.json."""
    settings = to_json(config(tars, **more))
    files: Files = {}
    names = []
    for number, one in enumerate(tars):
        folder = hexdigest(b"%d" % number + one)
        files |= {f"{folder}/VERSION": b"1.0", f"{folder}/json": to_json({"id": folder}), f"{folder}/layer.tar": one}
        names.append(f"{folder}/layer.tar")
    name = f"{hexdigest(settings)}.json"
    item = {"Config": name, "RepoTags": None if tags is None else list(tags), "Layers": names}
    return {**files, name: settings, "manifest.json": to_json([item])}


def docker_25_files(*tars: bytes, tag: str = "example:1", order: Sequence[int] | None = None, **more: Any) -> Files:
    """What docker save writes from 25 on: an OCI layout and manifest.json over the same blobs.

    *order* is the order of the layers in the OCI manifest, which some releases got wrong.
    """
    layout = Layout()
    settings = to_json(config(tars, **more))
    layers = [layout.layer(one, "none") for one in tars]
    ordered = [layers[place] for place in order] if order is not None else layers
    data = layout.manifest(layout.blob(settings, OCI_CONFIG), ordered)
    top = layout.blob(data, OCI_MANIFEST)
    top = named(top, tag.rpartition(":")[2], containerd=f"docker.io/library/{tag}")
    item = {
        "Config": f"blobs/sha256/{hexdigest(settings)}",
        "RepoTags": [tag],
        "Layers": [f"blobs/sha256/{hexdigest(one)}" for one in tars],
    }
    return {**layout.files(top), "manifest.json": to_json([item])}


def legacy_files(*tars: bytes, tags: Mapping[str, str] | None = None) -> Files:
    """Docker save before 1.10: a chain of v1 JSON files, and `repositories` unless *tags* is empty."""
    files: Files = {}
    parent = ""
    for number, one in enumerate(tars):
        layer_id = hexdigest(b"%d" % number + one)
        value = {"id": layer_id, "created": f"2014-01-0{number + 1}T00:00:00Z", "os": "linux", "architecture": "amd64"}
        value["container_config"] = {"Cmd": ["/bin/sh", "-c", f"step {number}"]}  # type: ignore[assignment]
        if parent:
            value["parent"] = parent
        files |= {f"{layer_id}/VERSION": b"1.0", f"{layer_id}/json": to_json(value), f"{layer_id}/layer.tar": one}
        parent = layer_id
    given = {"example": "1"} if tags is None else tags
    repositories = {name: {tag: parent} for name, tag in given.items()}
    return {**files, **({"repositories": to_json(repositories)} if given else {})}


def skopeo_dir_files(*tars: bytes, compression: str = "gzip", **more: Any) -> Files:
    """What `skopeo copy dir:` writes: a manifest with its blobs beside it."""
    settings = to_json(config(tars, **more))
    blobs = [COMPRESS[compression](one) for one in tars]
    media_type = OCI_LAYER + SUFFIX[compression]
    layers = [{"mediaType": media_type, "digest": digest(one), "size": len(one)} for one in blobs]
    manifest = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": {"mediaType": OCI_CONFIG, "digest": digest(settings), "size": len(settings)},
        "layers": layers,
    }
    return {
        **{hexdigest(one): one for one in blobs},
        hexdigest(settings): settings,
        "manifest.json": to_json(manifest),
        "version": b"Directory Transport Version: 1.1\n",
    }


def changed(files: Files, name: str, change: Callable[[Any], object]) -> Files:
    """*files* with the JSON document *name* replaced by what *change* makes of its value."""
    return {**files, name: to_json(change(from_json(files[name])))}
