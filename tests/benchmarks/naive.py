"""The same work as one would write it with the standard library: `python -m tests.benchmarks.naive ARCHIVE`.

Reads each layer once through tarfile, with the digest of the blob, the diff ID and the digest of every file.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
import tarfile
from typing import IO, Any, cast

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

CHUNK = 1 << 20
GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


class Hashed:
    """A readable stream with the SHA-256 of what passed."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self.digest.update(data)
        return data

    def drain(self) -> str:
        """Read to the end; the digest of everything."""
        while self.read(CHUNK):
            pass
        return self.digest.hexdigest()


def main(archive: str) -> None:
    """Print diff ID, entries and bytes of every layer of the only image in *archive*."""
    with tarfile.open(archive) as outer:
        names = set(outer.getnames())
        layers = docker_layers(outer) if "manifest.json" in names else oci_layers(outer)
        print(json.dumps([scan(outer.extractfile(name)) for name in layers]))


def docker_layers(outer: tarfile.TarFile) -> list[str]:
    """Where the layers are, according to `manifest.json`."""
    return list(document(outer, "manifest.json")[0]["Layers"])


def oci_layers(outer: tarfile.TarFile) -> list[str]:
    """Where the layers are, according to `index.json`."""
    (entry,) = document(outer, "index.json")["manifests"]
    return [blob(layer) for layer in document(outer, blob(entry))["layers"]]


def blob(descriptor: dict[str, Any]) -> str:
    return "blobs/" + str(descriptor["digest"]).replace(":", "/")


def document(outer: tarfile.TarFile, name: str) -> Any:
    file = outer.extractfile(name)
    assert file
    return json.load(file)


def scan(file: IO[bytes] | None) -> dict[str, Any]:
    """One layer."""
    assert file
    magic = file.read(4)
    file.seek(0)
    stored = Hashed(file)
    plain = Hashed(inflate(cast("IO[bytes]", stored), magic))
    entries = size = 0
    digests = set()
    with tarfile.open(fileobj=cast("IO[bytes]", plain), mode="r|", bufsize=CHUNK) as layer:
        for member in layer:
            entries += 1
            content = layer.extractfile(member) if member.isreg() else None
            if content:
                digests.add(hashlib.sha256(content.read()).digest())
                size += member.size
    diff_id = plain.drain()
    digest = stored.drain()
    return {"diff_id": diff_id, "digest": digest, "entries": entries, "size": size, "contents": len(digests)}


def inflate(stream: IO[bytes], magic: bytes) -> IO[bytes]:
    """The tar behind whatever compression *magic* tells of."""
    if magic.startswith(GZIP):
        return cast("IO[bytes]", gzip.GzipFile(fileobj=stream))
    if magic == ZSTD:
        return cast("IO[bytes]", zstd.ZstdFile(stream))
    return stream


if __name__ == "__main__":
    main(sys.argv[1])
