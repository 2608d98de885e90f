"""Writing images: an OCI layout, as an archive or a directory, or a docker archive. The same image, the same bytes."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Protocol

from ocianalyze.model import go_json
from ocianalyze.model.digest import Digest
from ocianalyze.model.entry import implied_directory
from ocianalyze.model.placed import Placed
from ocianalyze.tar.writer import END, file_header, member_header, padding

_OCI = "application/vnd.oci.image"
_SUFFIXES = {"none": "", "gzip": "+gzip", "zstd": "+zstd"}
_ENDINGS = {"none": ".tar", "gzip": ".tar.gz", "zstd": ".tar.zst"}


class Container(Protocol):
    """What holds the files of an image."""

    def store(self, chunks: Iterable[bytes], name: Callable[[Digest], str]) -> tuple[Digest, int]:
        """Put in *chunks* under the *name* that their digest gives them; the digest and the size."""

    def finish(self) -> None:
        """Nothing more comes."""


class TarContainer:
    """A tar that is written as it grows. The header of a blob is filled in when its digest is known."""

    def __init__(self, out: BinaryIO, directories: Sequence[str] = ()) -> None:
        self._out = out
        self._names: set[str] = set()
        out.writelines(member_header(Placed(path, implied_directory(path), None)) for path in directories)

    def store(self, chunks: Iterable[bytes], name: Callable[[Digest], str]) -> tuple[Digest, int]:
        """See Container."""
        start = self._out.tell()
        self._out.write(bytes(len(file_header("", 0))))
        digest, size = _copied(chunks, self._out)
        chosen = name(digest)
        header = file_header(chosen, size)
        if chosen in self._names or len(header) != len(file_header("", 0)):
            self._again(start, chosen, header, size)
        else:
            end = self._out.tell()
            self._out.seek(start)
            self._out.write(header)
            self._out.seek(end)
            self._out.write(bytes(padding(size)))
        self._names.add(chosen)
        return digest, size

    def _again(self, start: int, name: str, header: bytes, size: int) -> None:
        """Take the last blob back: it is there already, or so large that its header needs more room."""
        if name in self._names:
            self._out.seek(start)
            self._out.truncate()
            return
        place = start + len(file_header("", 0))
        step = 1 << 20
        for at in reversed(range(0, size, step)):
            self._out.seek(place + at)
            data = self._out.read(min(step, size - at))
            self._out.seek(start + len(header) + at)
            self._out.write(data)
        self._out.seek(start)
        self._out.write(header)
        self._out.seek(start + len(header) + size)
        self._out.write(bytes(padding(size)))

    def finish(self) -> None:
        """See Container."""
        self._out.write(END)


class DirectoryContainer:
    """A directory that is empty so far."""

    def __init__(self, root: int) -> None:
        self._root = root
        for path in ("blobs", "blobs/sha256"):
            os.mkdir(path, 0o755, dir_fd=root)

    def store(self, chunks: Iterable[bytes], name: Callable[[Digest], str]) -> tuple[Digest, int]:
        """See Container."""
        handle = os.open(".new", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644, dir_fd=self._root)
        with open(handle, "wb") as out:  # noqa: PTH123 - a descriptor, not a path
            digest, size = _copied(chunks, out)
        os.rename(".new", name(digest), src_dir_fd=self._root, dst_dir_fd=self._root)
        return digest, size

    def finish(self) -> None:
        """See Container."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenLayer:
    """A layer that is in the container, or that the documents list as being elsewhere."""

    digest: Digest
    size: int
    compression: str
    name: str
    media_type: str = ""
    """As the image had it, of a blob that is kept as it was."""
    urls: tuple[str, ...] = ()
    """Where else the blob is to be had."""

    @property
    def descriptor(self) -> dict[str, Any]:
        """The layer in a manifest; one that may not be distributed says so still."""
        is_foreign = "nondistributable" in self.media_type or ".foreign." in self.media_type
        kind = "layer.nondistributable.v1.tar" if is_foreign else "layer.v1.tar"
        made = _descriptor(f"{_OCI}.{kind}{_SUFFIXES[self.compression]}", self.digest, self.size)
        return {**made, **({"urls": list(self.urls)} if self.urls else {})}


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenImage:
    """An image whose layers are in the container, and what its documents are to say."""

    config: bytes
    layers: tuple[WrittenLayer, ...]
    manifest: bytes = b""
    """The manifest that the image had, whose annotations and `subject` are kept; empty where it had none."""
    annotations: dict[str, str] = field(default_factory=dict)
    """Of the manifest, where it had none as a document."""
    platform: dict[str, object] = field(default_factory=dict)
    """As the index lists it; empty where the image does not say."""


class OciWriter:
    """Puts images into a container as an OCI layout: one, or all platforms of one under an index."""

    def __init__(self, container: Container) -> None:
        self._container = container

    def layer(self, chunks: Iterable[bytes], compression: str) -> WrittenLayer:
        """Store a layer's blob, compressed already."""
        digest, size = self._container.store(chunks, blob_name)
        return WrittenLayer(digest=digest, size=size, compression=compression, name=blob_name(digest))

    def finish(self, images: Sequence[WrittenImage], names: Sequence[str]) -> Digest:
        """Store the documents; the digest of the manifest, or of the index over several."""
        listed = [self._manifest(image) for image in images]
        if len(listed) == 1:
            [top] = listed
        else:
            index = {"schemaVersion": 2, "mediaType": f"{_OCI}.index.v1+json", "manifests": listed}
            top = self._document(to_json(index), f"{_OCI}.index.v1+json")
        table = {
            "schemaVersion": 2,
            "mediaType": f"{_OCI}.index.v1+json",
            "manifests": [{**top, **_named(name)} for name in names or [""]],
        }
        self._container.store([to_json(table)], lambda _: "index.json")
        self._container.store([b'{"imageLayoutVersion":"1.0.0"}'], lambda _: "oci-layout")
        self._container.finish()
        return Digest(top["digest"])

    def _manifest(self, image: WrittenImage) -> dict[str, Any]:
        """Store the manifest of *image*; its descriptor. One that would say the same is stored as it was."""
        had: dict[str, Any] = go_json.parse(image.manifest, "manifest") if image.manifest else {}
        notes = {str(one.get("digest")): one.get("annotations") for one in had.get("layers") or []}
        made: dict[str, Any] = {
            "schemaVersion": 2,
            "mediaType": f"{_OCI}.manifest.v1+json",
            **({"artifactType": had["artifactType"]} if had.get("artifactType") else {}),
            "config": self._document(image.config, f"{_OCI}.config.v1+json"),
            "layers": [
                {
                    **layer.descriptor,
                    **({"annotations": notes[layer.digest]} if notes.get(layer.digest) else {}),
                }
                for layer in image.layers
            ],
            **({"subject": had["subject"]} if had.get("subject") else {}),
        }
        annotations = had.get("annotations") or image.annotations
        if annotations:
            made["annotations"] = dict(sorted(annotations.items()))
        data = image.manifest if made == had else to_json(made)
        described = self._document(data, f"{_OCI}.manifest.v1+json")
        return {**described, **({"platform": image.platform} if image.platform else {})}

    def _document(self, data: bytes, media_type: str) -> dict[str, Any]:
        return _descriptor(media_type, *self._container.store([data], blob_name))


class DockerWriter:
    """Puts one image into a tar as `docker save` did before it wrote OCI layouts."""

    def __init__(self, container: Container) -> None:
        self._container = container

    def layer(self, chunks: Iterable[bytes], compression: str) -> WrittenLayer:
        """Store a layer's blob, compressed already."""

        def name(digest: Digest) -> str:
            return digest.encoded + _ENDINGS[compression]

        digest, size = self._container.store(chunks, name)
        return WrittenLayer(digest=digest, size=size, compression=compression, name=name(digest))

    def finish(self, images: Sequence[WrittenImage], names: Sequence[str]) -> Digest:
        """Store the documents; the digest of the config, which is the image's ID.

        The form has no place for annotations or platforms, nor for more than one image of these names.
        """
        [image] = images
        digest, _ = self._container.store([image.config], lambda digest: f"{digest.encoded}.json")
        listed = {
            "Config": f"{digest.encoded}.json",
            "RepoTags": list(names) or None,
            "Layers": [one.name for one in image.layers],
        }
        self._container.store([to_json([listed])], lambda _: "manifest.json")
        self._container.finish()
        return digest


def blob_name(digest: Digest) -> str:
    """Where an OCI layout keeps a blob."""
    return f"blobs/{digest.algorithm}/{digest.encoded}"


def to_json(value: object) -> bytes:
    """*value* as JSON without spaces, keys in the order given."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "backslashreplace")


def _descriptor(media_type: str, digest: Digest, size: int) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": str(digest), "size": size}


def _named(name: str) -> dict[str, Any]:
    """Annotations for a reference: the tag alone, and the whole as containerd and buildx have it."""
    if not name:
        return {}
    base = name.rpartition("/")[2]
    tag = base.rpartition(":")[2] if ":" in base else name
    notes = {"org.opencontainers.image.ref.name": tag}
    return {"annotations": {"io.containerd.image.name": name, **notes} if tag != name else notes}


def _copied(chunks: Iterable[bytes], out: BinaryIO) -> tuple[Digest, int]:
    running = hashlib.sha256()
    size = 0
    for chunk in chunks:
        running.update(chunk)
        size += len(chunk)
        out.write(chunk)
    return Digest(f"sha256:{running.hexdigest()}"), size
