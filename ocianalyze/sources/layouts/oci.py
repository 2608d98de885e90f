"""OCI image layouts: index.json -> manifest -> config -> layer descriptors (image-spec, image-layout.md).

Also reads the directory that `skopeo copy dir:` writes, which is a manifest with its blobs beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from ocianalyze.blobs.blob import Verifier, missing
from ocianalyze.errors import (
    ArchiveError,
    DocumentError,
    LimitExceededError,
    RaiseLimit,
    UnsupportedCompressionError,
    brief,
)
from ocianalyze.layers.reader import LayerClaim
from ocianalyze.model.digest import Digest
from ocianalyze.model.documents import Descriptor, ImageConfig, Index, Manifest, convert, decode, parse_json
from ocianalyze.model.limits import ReadLimits
from ocianalyze.sources.candidate import Candidate, ImageParts
from ocianalyze.sources.store import Store

INDEX = "index.json"
_INDEX_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
_INDEX_BYTES = 4096
"""Indexes are kept in memory, and as many bytes of one count as one image listed."""
_IMAGE_CONFIGS = (
    "",
    "application/vnd.oci.image.config.v1+json",
    "application/vnd.docker.container.image.v1+json",
)
_ARTIFACTS = {
    "helm": "a Helm chart",
    "wasm": "a WebAssembly module",
    "cosign": "a cosign signature",
    "simplesigning": "a cosign signature",
    "dsse.envelope": "a signed attestation",
    "sigstore": "a sigstore bundle",
    "notary": "a notation signature",
    "cyclonedx": "a CycloneDX SBOM",
    "spdx": "an SPDX SBOM",
    "in-toto": "an in-toto attestation",
    "singularity": "a Singularity image",
    "sylabs": "a Singularity image",
    "docker.plugin": "a docker plugin",
    "empty": "an artifact",
}


class OciLayout:
    """Reads the documents of one layout, with each digest checked."""

    def __init__(self, store: Store, limits: ReadLimits, *, verify: bool) -> None:
        self._store = store
        self._limits = limits
        self._verify = verify
        self._given: dict[Digest, bytes] = {}
        """Manifests that are not stored under their digest."""
        self._indexes: dict[Digest, Index] = {}
        self._listed = 0

    def flat_candidates(self) -> list[Candidate]:
        """The one image of a directory by `skopeo copy dir:`, whose manifest.json is an image manifest."""
        data = self._store.document("manifest.json", self._limits.document)
        digest = Digest.of(data)
        self._given[digest] = data
        value = parse_json(data, "manifest.json")
        media_type = _INDEX_TYPES[0] if "manifests" in value else ""
        return self._all_leaves([Descriptor(digest=digest, size=len(data), media_type=media_type)], "manifest.json")

    def candidates(self) -> list[Candidate]:
        """Every image that index.json leads to, nested indexes included, in order."""
        data = self._store.document(INDEX, self._limits.document)
        return self._all_leaves(decode(data, Index, INDEX).manifests, INDEX)

    def _all_leaves(self, descriptors: Sequence[Descriptor], table: str) -> list[Candidate]:
        found: dict[str, Candidate] = {}
        for position, descriptor in enumerate(descriptors):
            where = f"{table}.manifests[{position}]"
            for candidate in self._leaves(descriptor, Candidate(group=descriptor.digest), where, 0):
                key = str(candidate.digests[0])
                found[key] = _merged(found[key], candidate) if key in found else candidate
        return list(found.values())

    def _leaves(self, descriptor: Descriptor, above: Candidate, where: str, depth: int) -> Iterator[Candidate]:
        if depth > self._limits.depth:
            raise LimitExceededError(
                f"{where}: indexes are nested deeper than {self._limits.depth}",
                remedy=RaiseLimit("depth"),
            )
        self._count(1)
        notes = descriptor.annotations or {}
        full, short = notes.get("io.containerd.image.name"), notes.get("org.opencontainers.image.ref.name")
        here = Candidate(
            group=above.group,
            names=above.names or tuple(name for name in (full or short,) if name),
            aliases=(*above.aliases, *(name for name in (full, short) if name)),
            digests=(descriptor.digest, *above.digests),
            descriptor=descriptor,
            platform=descriptor.platform,
            attestation=_is_attestation(descriptor),
            present=descriptor.digest in self._given or self._name(descriptor.digest) in self._store,
        )
        if descriptor.media_type in _INDEX_TYPES and here.present:
            index = self._index(descriptor, where)
            for position, child in enumerate(index.manifests):
                yield from self._leaves(
                    child, here, f"index {descriptor.digest.short}.manifests[{position}]", depth + 1
                )
        else:
            yield here

    def _index(self, descriptor: Descriptor, where: str) -> Index:
        """A nested index, decoded once however often it is listed."""
        if descriptor.digest not in self._indexes:
            data = self._data(descriptor, where)
            self._count(len(data) // _INDEX_BYTES)
            self._indexes[descriptor.digest] = decode(data, Index, "index")
        return self._indexes[descriptor.digest]

    def _count(self, images: int) -> None:
        self._listed += images
        if self._listed > self._limits.manifests:
            raise LimitExceededError(
                f"the archive lists more than {self._limits.manifests:,} images",
                remedy=RaiseLimit("manifests"),
            )

    def manifest(self, candidate: Candidate) -> Manifest:
        """The manifest of *candidate*; ArchiveError when it is no image manifest."""
        assert candidate.descriptor is not None  # noqa: S101 - OCI candidates have one; for the type checker
        value = self._document(candidate.descriptor, "manifest")
        if isinstance(value, dict) and (value.get("schemaVersion") == 1 or "fsLayers" in value):
            raise ArchiveError(
                "the image has a manifest of schema 1, which is obsolete and not read",
                hint="convert it with: skopeo copy --format v2s2",
            )
        if isinstance(value, dict) and "manifests" in value and "config" not in value:
            raise DocumentError(
                f"the image's manifest is an index, and its descriptor says {candidate.descriptor.media_type!r}",
                where="manifest",
            )
        if isinstance(value, dict) and "config" not in value:
            kind = value.get("artifactType") or value.get("mediaType") or candidate.descriptor.media_type or "unknown"
            raise _not_an_image(str(kind))
        manifest = convert(value, Manifest, "manifest")
        _require_image(manifest)
        return manifest

    def any_manifest(self, candidate: Candidate) -> Manifest:
        """The manifest of *candidate*, whether of an image or of something else."""
        assert candidate.descriptor is not None  # noqa: S101 - OCI candidates have one; for the type checker
        return convert(self._document(candidate.descriptor, "manifest"), Manifest, "manifest")

    def parts(self, candidate: Candidate) -> ImageParts:
        """Everything about *candidate* but its layers' bytes."""
        manifest = self.manifest(candidate)
        descriptor = candidate.descriptor
        assert descriptor is not None  # noqa: S101 - checked by manifest(); for the type checker
        data = self._data(manifest.config, "config")
        config = convert(parse_json(data, "config"), ImageConfig, "config")
        return ImageParts(
            layout="oci",
            names=candidate.names,
            config=config,
            layers=tuple(self._layer(layer, index) for index, layer in enumerate(manifest.layers)),
            digest=descriptor.digest,
            config_digest=manifest.config.digest,
            config_data=data,
            manifest_data=self._data(descriptor, "manifest"),
            media_type=manifest.media_type or descriptor.media_type,
            annotations=manifest.annotations or {},
            documents_size=descriptor.size + manifest.config.size,
        )

    def _layer(self, descriptor: Descriptor, index: int) -> LayerClaim:
        if "+encrypted" in descriptor.media_type:
            error = UnsupportedCompressionError(
                f"the layer is encrypted ({descriptor.media_type})",
                hint="decrypt the image first: skopeo copy --decryption-key",
            )
            error.in_layer(index, descriptor.digest)
            raise error
        return LayerClaim(
            name=self._name(descriptor.digest),
            digest=descriptor.digest,
            size=descriptor.size,
            media_type=descriptor.media_type,
            urls=tuple(descriptor.urls or ()),
        )

    def _document(self, descriptor: Descriptor, what: str) -> Any:
        return parse_json(self._data(descriptor, what), what)

    def _data(self, descriptor: Descriptor, what: str) -> bytes:
        data = self._given.get(descriptor.digest)
        if data is None:
            name = self._name(descriptor.digest)
            if name not in self._store:
                raise missing(f"{descriptor.digest}, which is the image's {what}")
            data = self._store.document(name, self._limits.document)
        if self._verify:
            verifier = Verifier(descriptor.digest, descriptor.size, what=f"the {what}")
            verifier.update(data)
            verifier.finish()
        return data

    def _name(self, digest: Digest) -> str:
        """Where a blob is: by algorithm as in a layout, or bare as in a directory by `skopeo copy dir:`."""
        name = f"blobs/{digest.algorithm}/{digest.encoded}"
        spellings = (name, digest.encoded, f"{digest.encoded}.manifest.json")
        return next((spelling for spelling in spellings if spelling in self._store), name)


def _is_attestation(descriptor: Descriptor) -> bool:
    if "vnd.docker.reference.type" in (descriptor.annotations or {}):
        return True
    platform = descriptor.platform
    return bool(platform and platform.os == "unknown" and platform.architecture == "unknown")


def _merged(first: Candidate, second: Candidate) -> Candidate:
    """One manifest that is listed twice, under two names."""
    return replace(
        first,
        names=tuple(dict.fromkeys((*first.names, *second.names))),
        aliases=tuple(dict.fromkeys((*first.aliases, *second.aliases))),
        digests=tuple(dict.fromkeys((*first.digests, *second.digests))),
    )


def _require_image(manifest: Manifest) -> None:
    kind = manifest.config.media_type
    if kind not in _IMAGE_CONFIGS or (manifest.artifact_type and manifest.artifact_type not in _IMAGE_CONFIGS):
        raise _not_an_image(manifest.artifact_type or kind)
    for layer in manifest.layers:
        if ".tar" not in layer.media_type and _artifact(layer.media_type):
            raise _not_an_image(layer.media_type)


def _artifact(kind: str) -> str | None:
    """What has the media type *kind*, if it is known not to be an image."""
    return next((words for key, words in _ARTIFACTS.items() if key in kind.lower()), None)


def _not_an_image(kind: str) -> ArchiveError:
    what = _artifact(kind) or "an artifact"
    return ArchiveError(
        f"this is {what}, not a container image ({brief(kind)})",
        hint="only images with layers of files can be analysed",
    )
