"""An OCI image layout on the disk, written as builders write it, and packed as one tar."""

from __future__ import annotations

import gzip
import hashlib
import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

CONFIG = "application/vnd.oci.image.config.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
LAYER_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip"
IN_TOTO = "application/vnd.in-toto+json"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of a history, with its layer tar if it has one."""

    created_by: str
    time: int
    layer: Path | None = None
    comment: str = "buildkit.dockerfile.v0"

    def history(self) -> Json:
        """The step as an image config spells it."""
        empty = {} if self.layer else {"empty_layer": True}
        return {
            "created": timestamp(self.time),
            "created_by": self.created_by,
            "comment": self.comment,
            **empty,
        }


@dataclass(slots=True)
class Layout:
    """A layout directory; every method that adds a blob returns its descriptor."""

    root: Path
    _diff_ids: dict[str, str] = field(default_factory=dict)
    """Digest of a layer blob -> digest of its tar."""

    def __post_init__(self) -> None:
        (self.root / "blobs/sha256").mkdir(parents=True)
        (self.root / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')

    def blob(self, data: bytes, media_type: str) -> Json:
        """Store *data* under its digest."""
        digest = hashlib.sha256(data).hexdigest()
        (self.root / "blobs/sha256" / digest).write_bytes(data)
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(data)}

    def document(self, value: Json, media_type: str) -> Json:
        """Store *value* as JSON."""
        return self.blob(_json(value), media_type)

    def layer(self, tar: Path) -> Json:
        """Store the layer *tar*, compressed with gzip."""
        data = tar.read_bytes()
        descriptor = self.blob(gzip.compress(data, compresslevel=9, mtime=0), LAYER_GZIP)
        self._diff_ids[descriptor["digest"]] = f"sha256:{hashlib.sha256(data).hexdigest()}"
        return descriptor

    def image(self, steps: Sequence[Step], platform: Mapping[str, str], runtime: Json) -> Json:
        """Store config and manifest of the image that *steps* build, with its layers."""
        layers = [self.layer(step.layer) for step in steps if step.layer]
        config = {
            **platform,
            "config": runtime,
            "created": timestamp(max(step.time for step in steps)),
            "history": [step.history() for step in steps],
            "rootfs": {"type": "layers", "diff_ids": [self._diff_ids[layer["digest"]] for layer in layers]},
        }
        return self.manifest(self.document(config, CONFIG), layers) | {"platform": dict(platform)}

    def manifest(self, config: Json, layers: Sequence[Json]) -> Json:
        """Store a manifest."""
        value = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": list(layers)}
        return self.document(value, MANIFEST)

    def attestation(self, subject: Json, statements: Sequence[Json]) -> Json:
        """Store in-toto *statements* of the manifest *subject* as BuildKit does: an image for no platform."""
        blobs = [(statement["predicateType"], _json(statement)) for statement in statements]
        layers = [
            self.blob(data, IN_TOTO) | {"annotations": {"in-toto.io/predicate-type": predicate}}
            for predicate, data in blobs
        ]
        nowhere = {"architecture": "unknown", "os": "unknown"}
        rootfs = {"type": "layers", "diff_ids": [layer["digest"] for layer in layers]}
        config = self.document({**nowhere, "config": {}, "rootfs": rootfs}, CONFIG)
        annotations = {
            "vnd.docker.reference.digest": subject["digest"],
            "vnd.docker.reference.type": "attestation-manifest",
        }
        return self.manifest(config, layers) | {"annotations": annotations, "platform": nowhere}

    def index(self, manifests: Sequence[Json]) -> Json:
        """Store an index of *manifests*."""
        return self.document({"schemaVersion": 2, "mediaType": INDEX, "manifests": list(manifests)}, INDEX)

    def publish(self, descriptor: Json, name: str, tag: str, time: int) -> None:
        """Name *descriptor* in `index.json`."""
        annotations = {
            "io.containerd.image.name": f"{name}:{tag}",
            "org.opencontainers.image.created": timestamp(time),
            "org.opencontainers.image.ref.name": tag,
        }
        entry = {key: value for key, value in descriptor.items() if key != "platform"}
        top = {
            "schemaVersion": 2,
            "mediaType": INDEX,
            "manifests": [entry | {"annotations": annotations}],
        }
        (self.root / "index.json").write_bytes(_json(top))


def pack(layout: Path, archive: Path, time: int) -> None:
    """Write the directory *layout* as one tar."""
    subprocess.run(
        [
            *("tar", "--create", f"--file={archive}", f"--directory={layout}", "--sort=name"),
            *("--format=ustar", "--numeric-owner", "--owner=0", "--group=0", "--mode=u=rwX,go=rX"),
            *(f"--mtime=@{time}", "oci-layout", "index.json", "blobs"),
        ],
        check=True,
    )


def timestamp(time: int) -> str:
    """Seconds since 1970 in the form of RFC 3339."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _json(value: Json) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
