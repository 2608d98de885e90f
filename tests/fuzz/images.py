"""One odd image for each number: the same number, the same bytes. Digests are made anew from what is odd."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.archive_builders import (
    OCI_CONFIG,
    OCI_INDEX,
    OCI_LAYER,
    OCI_MANIFEST,
    SUFFIX,
    Files,
    config,
    digest,
    hexdigest,
    named,
    pack,
)
from tests.compressing import COMPRESS
from tests.fuzz import documents, tars

_RUNTIME = {
    "Env": ["PATH=/bin", "A=b c", "HOME=/root"],
    "Cmd": ["sh", "-c", "echo $A"],
    "Entrypoint": ["/bin/x"],
    "Labels": {"a": "b", "org.opencontainers.image.version": "1"},
    "ExposedPorts": {"80/tcp": {}},
    "Volumes": {"/data": {}},
    "User": "1000:1000",
    "WorkingDir": "/a",
    "Healthcheck": {"Test": ["CMD", "x"], "Interval": 30_000_000_000, "Retries": 3},
    "StopSignal": "SIGTERM",
    "OnBuild": ["RUN x"],
    "Shell": ["/bin/sh", "-c"],
}
_STEPS = (
    '/bin/sh -c #(nop)  CMD ["sh"]',
    "RUN /bin/sh -c apt-get update # buildkit",
    "|1 A=b /bin/sh -c make",
    "COPY dir:0 in /app ",
    "/bin/sh -c #(nop) ADD file:0 in / ",
    "ENV A=b",
    "x \\",
    "",
)


class Image:
    """What is built from one number. Some parts are odd, and each document that names another says its true digest."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)
        self._parts = self._chance.sample(
            ("config", "manifest", "index", "listed", "tars", "tars", "tars", "blob", "outer"), 1
        )
        if self._chance.random() < 0.2:
            self._parts += ["tars", "config"]

    def archive(self) -> bytes:
        """The image as an archive: an OCI layout, or what docker save wrote."""
        chance = self._chance
        layers = self._layers()
        files = self._oci(layers) if chance.random() < 0.6 else self._docker(layers)
        if "outer" in self._parts and chance.random() < 0.3:
            dropped = chance.choice(list(files))
            files = {name: data for name, data in files.items() if name != dropped}
        data = pack(files)
        if "outer" in self._parts and chance.random() < 0.5:
            at = chance.randrange(len(data))
            data = data[:at] + chance.choice((b"", chance.randbytes(9), data[at : at + 512] * 2)) + data[at + 9 :]
        return COMPRESS[chance.choice(("none", "none", "none", "gzip", "zstd"))](data)

    def _layers(self) -> list[bytes]:
        plain = Random(self._chance.randrange(50))  # few, so that images share layers
        return [
            tars.layer(self._chance if "tars" in self._parts else plain)
            for _ in range(self._chance.choice((0, 1, 2, 3, 5)))
        ]

    def _config(self, layers: list[bytes]) -> bytes:
        chance = self._chance
        history = [
            {
                "created_by": chance.choice(_STEPS),
                "created": "2024-01-01T00:00:00Z",
                "empty_layer": chance.random() < 0.2,
            }
            for _ in range(len(layers) + chance.choice((0, 0, 1)))
        ]
        return self._document(
            "config", config(layers, config=_RUNTIME, history=history, created="2024-01-01T00:00:00Z")
        )

    def _document(self, part: str, value: Any) -> bytes:
        if part not in self._parts:
            return documents.serialised(value, Random(0))
        return documents.serialised(documents.mutated(value, self._chance), self._chance)

    def _oci(self, layers: list[bytes]) -> Files:
        compression = self._chance.choice(tuple(SUFFIX))
        blobs = [self._blob(COMPRESS[compression](one)) for one in layers]
        settings = self._config(layers)
        described = [_descriptor(one, OCI_LAYER + SUFFIX[compression]) for one in blobs]
        manifest = self._document(
            "manifest",
            {
                "schemaVersion": 2,
                "mediaType": OCI_MANIFEST,
                "config": _descriptor(settings, OCI_CONFIG),
                "layers": described,
                "annotations": {"a": "b"},
            },
        )
        top = named(_descriptor(manifest, OCI_MANIFEST), "1.0", containerd="docker.io/library/x:1.0")
        stored = [*blobs, settings, manifest]
        if self._chance.random() < 0.3:
            inner = self._document("index", _index([{**top, "platform": {"os": "linux", "architecture": "amd64"}}]))
            stored.append(inner)
            top = _descriptor(inner, OCI_INDEX)
        return {
            **{f"blobs/sha256/{hexdigest(one)}": one for one in stored},
            "index.json": self._document("listed", _index([top])),
            "oci-layout": b'{"imageLayoutVersion": "1.0.0"}',
        }

    def _docker(self, layers: list[bytes]) -> Files:
        settings = self._config(layers)
        names = [f"{hexdigest(b'%d' % number + one)}/layer.tar" for number, one in enumerate(layers)]
        listed = [{"Config": f"{hexdigest(settings)}.json", "RepoTags": ["x:1"], "Layers": names}]
        blobs = {name: self._blob(one) for name, one in zip(names, layers, strict=True)}
        return {**blobs, f"{hexdigest(settings)}.json": settings, "manifest.json": self._document("listed", listed)}

    def _blob(self, data: bytes) -> bytes:
        """*data* as a layer is stored; now and then damaged before its digest is made."""
        if "blob" not in self._parts or not data or self._chance.random() < 0.5:
            return data
        at = self._chance.randrange(len(data))
        return self._chance.choice(
            (data[:at], data[:at] + b"\xff" + data[at + 1 :], data + b"\0" * 9, data + data, b"")
        )


def _descriptor(data: bytes, media_type: str) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": digest(data), "size": len(data)}


def _index(listed: list[dict[str, Any]]) -> dict[str, Any]:
    return {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": listed}
