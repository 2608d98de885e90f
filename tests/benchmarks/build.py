"""Write the benchmark image into a directory: `python -m tests.benchmarks.build DIRECTORY SCALE`.

A process of its own, so that the one that measures stays small: a child's peak memory starts at its parent's.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from tests.benchmarks.content import Content
from tests.benchmarks.layers import Member, Recipe, members, recipes

FORMAT = 1
"""Part of the directory's name: count it up when the image changes."""
CHANGED = (9, 10)
"""The layers that the next version does not share: what an application's own build makes."""
BLOCK = tarfile.BLOCKSIZE
MEDIA_TYPE = "application/vnd.oci.image.layer.v1.tar"
COMPRESSORS = {"gzip": ("gzip", "-6", "-n", "-c"), "zstd": ("zstd", "-3", "-q", "-c")}


def build(home: Path, scale: float) -> None:
    """Write `docker.tar`, `gzip.tar`, `zstd.tar`, the compressed layers beside them, last `facts.json`."""
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    content = Content(7)
    facts: list[dict[str, Any]] = []
    with (home / "docker.tar").open("wb") as docker, ThreadPoolExecutor(2) as pool:
        for index, recipe in enumerate(recipes()):
            plain = home / f"layer-{index:02}.tar"
            facts.append(_write_layer(plain, recipe, content, scale))
            jobs = [pool.submit(_compress, plain, kind) for kind in COMPRESSORS]
            _add_file(docker, facts[-1]["diff_id"] + ".tar", plain)
            facts[-1]["blobs"] = dict(zip(COMPRESSORS, (job.result() for job in jobs), strict=True))
            plain.unlink()
        _finish_docker(docker, facts)
    for kind in COMPRESSORS:
        _write_oci(home, kind, facts)
    (home / "facts.json").write_text(json.dumps({"scale": scale, "layers": facts}, indent=1))


def build_next(home: Path, scale: float) -> None:
    """Write `gzip-next.tar` beside what `build` wrote: the next version, with other layers at `CHANGED`."""
    facts = json.loads((home / "facts.json").read_text())["layers"]
    content = Content(8)
    for index in CHANGED:
        recipe = recipes()[index]
        plain = home / f"next-{index:02}.tar"
        facts[index] = _write_layer(plain, replace(recipe, seed=recipe.seed + 1000), content, scale)
        facts[index]["blobs"] = {"gzip": _compress(plain, "gzip")}
        plain.unlink()
    _write_oci(home, "gzip", facts, "gzip-next.tar")


def _write_layer(path: Path, recipe: Recipe, content: Content, scale: float) -> dict[str, Any]:
    """Write one layer tar; its diff ID and how much is in it."""
    digest = hashlib.sha256()
    entries = files = 0
    with path.open("wb") as out:
        for member in members(recipe, content, scale):
            entries += 1
            files += member.header.isreg()
            for piece in _tar_bytes(member):
                digest.update(piece)
                out.write(piece)
        end = b"\0" * (2 * BLOCK)
        digest.update(end)
        out.write(end)
        size = out.tell()
    return {
        "created_by": recipe.created_by,
        "diff_id": digest.hexdigest(),
        "size": size,
        "entries": entries,
        "files": files,
    }


def _tar_bytes(member: Member) -> Iterator[bytes]:
    """The member as Go's tar package writes it: ustar where that will do, else with a PAX header."""
    try:
        yield member.header.tobuf(tarfile.USTAR_FORMAT)
    except ValueError:
        yield member.header.tobuf(tarfile.PAX_FORMAT)
    yield from member.pieces
    yield b"\0" * (-member.header.size % BLOCK)


def _compress(plain: Path, kind: str) -> dict[str, Any]:
    """Compress one layer beside it; the digest and size of the blob."""
    blob = plain.with_suffix(f".{kind}")
    with blob.open("wb") as out:
        subprocess.run([*COMPRESSORS[kind], str(plain)], stdout=out, check=True)
    with blob.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"file": blob.name, "digest": digest, "size": blob.stat().st_size}


def _config(facts: list[dict[str, Any]]) -> bytes:
    return _json(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Cmd": ["node", "dist/server.js"], "WorkingDir": "/srv/app"},
            "created": "2024-01-01T00:00:00Z",
            "history": [
                {"created": "2024-01-01T00:00:00Z", "created_by": f"{layer['created_by']} # buildkit"}
                for layer in facts
            ],
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer['diff_id']}" for layer in facts]},
        }
    )


def _finish_docker(docker: BinaryIO, facts: list[dict[str, Any]]) -> None:
    config = _config(facts)
    name = f"{hashlib.sha256(config).hexdigest()}.json"
    layers = [layer["diff_id"] + ".tar" for layer in facts]
    _add(docker, name, config)
    _add(docker, "manifest.json", _json([{"Config": name, "RepoTags": ["benchmark:1"], "Layers": layers}]))
    docker.write(b"\0" * (2 * BLOCK))


def _write_oci(home: Path, kind: str, facts: list[dict[str, Any]], name: str = "") -> None:
    """An OCI archive of the layers compressed as *kind*."""

    def descriptor(media_type: str, digest: str, size: int) -> dict[str, Any]:
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": size}

    with (home / (name or f"{kind}.tar")).open("wb") as out:

        def add_document(media_type: str, data: bytes) -> dict[str, Any]:
            digest = hashlib.sha256(data).hexdigest()
            _add(out, f"blobs/sha256/{digest}", data)
            return descriptor(media_type, digest, len(data))

        _add(out, "oci-layout", _json({"imageLayoutVersion": "1.0.0"}))
        blobs = [layer["blobs"][kind] for layer in facts]
        for blob in blobs:
            _add_file(out, f"blobs/sha256/{blob['digest']}", home / blob["file"])
        layers = [descriptor(f"{MEDIA_TYPE}+{kind}", blob["digest"], blob["size"]) for blob in blobs]
        config = add_document("application/vnd.oci.image.config.v1+json", _config(facts))
        media_type = "application/vnd.oci.image.manifest.v1+json"
        document = {"schemaVersion": 2, "mediaType": media_type, "config": config, "layers": layers}
        manifest = add_document(media_type, _json(document))
        _add(out, "index.json", _json({"schemaVersion": 2, "manifests": [manifest]}))
        out.write(b"\0" * (2 * BLOCK))


def _add(out: BinaryIO, name: str, data: bytes) -> None:
    _add_stream(out, name, io.BytesIO(data), len(data))


def _add_file(out: BinaryIO, name: str, path: Path) -> None:
    with path.open("rb") as file:
        _add_stream(out, name, file, path.stat().st_size)


def _add_stream(out: BinaryIO, name: str, stream: BinaryIO, size: int) -> None:
    header = tarfile.TarInfo(name)
    header.size = size
    out.write(header.tobuf(tarfile.USTAR_FORMAT))
    shutil.copyfileobj(stream, out, 1 << 20)
    out.write(b"\0" * (-size % BLOCK))


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


if __name__ == "__main__":
    build(Path(sys.argv[1]), float(sys.argv[2]))
    build_next(Path(sys.argv[1]), float(sys.argv[2]))
