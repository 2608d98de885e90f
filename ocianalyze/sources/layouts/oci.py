"""OCI image layouts: index.json -> manifest -> config -> layer descriptors (image-spec, image-layout.md).

Also reads the directory that `skopeo copy dir:` writes, which is a manifest with its blobs beside it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from ocianalyze.blobs.blob import Verifier, missing
from ocianalyze.errors import (
    ArchiveError,
    DocumentError,
    LimitExceededError,
    OcianalyzeError,
    RaiseLimit,
    UnsupportedCompressionError,
    brief,
)
from ocianalyze.layers.reader import LayerClaim
from ocianalyze.model import go_json
from ocianalyze.model.artifact import Artifact
from ocianalyze.model.digest import Digest
from ocianalyze.model.documents import Content, Descriptor, ImageConfig, Index, Manifest, convert, decode
from ocianalyze.model.finding import Finding
from ocianalyze.model.limits import ReadLimits
from ocianalyze.model.notices import Notices
from ocianalyze.sources.candidate import Candidate, ImageParts
from ocianalyze.sources.layouts import artifacts
from ocianalyze.sources.store import Store

INDEX = "index.json"
_INDEX_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
_INDEX_BYTES = 4096
"""Indexes are kept in memory, and as many bytes of one count as one image listed."""


class OciLayout:
    """Reads the documents of one layout, with each digest checked."""

    def __init__(self, store: Store, limits: ReadLimits, *, verify: bool) -> None:
        self._store = store
        self._limits = limits
        self._verify = verify
        self._given: dict[Digest, bytes] = {}
        """Manifests that are not stored under their digest."""
        self._indexes: dict[Digest, tuple[Index, tuple[Finding, ...]]] = {}
        self._artifacts: dict[Digest, Artifact | None] = {}
        self._listed = 0

    def flat_candidates(self) -> list[Candidate]:
        """The one image of a directory by `skopeo copy dir:`, whose manifest.json is an image manifest."""
        data = self._store.document("manifest.json", self._limits.document)
        digest = Digest.of(data)
        self._given[digest] = data
        value = go_json.parse(data, "manifest.json")
        media_type = _INDEX_TYPES[0] if "manifests" in value else ""
        return self._all_leaves([Descriptor(digest=digest, size=len(data), media_type=media_type)], "manifest.json")

    def candidates(self) -> list[Candidate]:
        """Every image that index.json leads to, nested indexes included, in order; and every artifact."""
        notices = Notices()
        index = decode(self._store.document(INDEX, self._limits.document), Index, INDEX, notices)
        return self._all_leaves(index.manifests, INDEX, notices.freeze())

    def _all_leaves(
        self, descriptors: Sequence[Descriptor], table: str, notices: tuple[Finding, ...] = ()
    ) -> list[Candidate]:
        found: dict[str, Candidate] = {}
        for position, descriptor in enumerate(descriptors):
            where = f"{table}.manifests[{position}]"
            above = Candidate(group=descriptor.digest, notices=notices)
            for candidate in self._leaves(descriptor, above, where, 0):
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
            present=descriptor.digest in self._given or self._name(descriptor.digest) in self._store,
            notices=above.notices,
        )
        if descriptor.media_type in _INDEX_TYPES and here.present:
            index, notices = self._index(descriptor, where)
            cache = next((one.media_type for one in index.manifests if _is_build_cache(one)), None)
            if cache is not None:
                yield replace(here, artifact=artifacts.by_type(cache, descriptor))
                return
            below = replace(here, notices=tuple(dict.fromkeys((*here.notices, *notices))))
            for position, child in enumerate(index.manifests):
                where_below = f"index {descriptor.digest.short}.manifests[{position}]"
                yield from self._leaves(child, below, where_below, depth + 1)
        else:
            yield replace(here, artifact=self._artifact(here))

    def _index(self, descriptor: Descriptor, where: str) -> tuple[Index, tuple[Finding, ...]]:
        """A nested index and what is odd about it, decoded once however often it is listed."""
        if descriptor.digest not in self._indexes:
            data = self._data(descriptor, where)
            self._count(len(data) // _INDEX_BYTES)
            notices = Notices()
            self._indexes[descriptor.digest] = decode(data, Index, "index", notices), notices.freeze()
        return self._indexes[descriptor.digest]

    def _artifact(self, candidate: Candidate) -> Artifact | None:
        """What *candidate* is instead of an image; None where its manifest cannot be read, as `parts` will complain."""
        descriptor = candidate.descriptor
        assert descriptor is not None  # noqa: S101 - OCI candidates have one; for the type checker
        if descriptor.digest not in self._artifacts:
            found = artifacts.by_descriptor(descriptor, candidate.aliases)
            if candidate.present:
                with contextlib.suppress(OcianalyzeError):
                    found = self._described(descriptor, candidate.aliases)
            self._artifacts[descriptor.digest] = found
        return self._artifacts[descriptor.digest]

    def _described(self, descriptor: Descriptor, names: Sequence[str]) -> Artifact | None:
        value = self._document(descriptor, "manifest")
        if not isinstance(value, dict) or "manifests" in value or _is_schema_1(value):
            return None
        if "config" not in value:
            kind = value.get("artifactType") or value.get("mediaType") or descriptor.media_type or "unknown"
            return artifacts.by_type(str(kind), descriptor)
        return artifacts.by_manifest(convert(value, Manifest, "manifest"), descriptor, names)

    def _count(self, images: int) -> None:
        self._listed += images
        if self._listed > self._limits.manifests:
            raise LimitExceededError(
                f"the archive lists more than {self._limits.manifests:,} images",
                remedy=RaiseLimit("manifests"),
            )

    def manifest(self, candidate: Candidate, notices: Notices | None = None) -> Manifest:
        """The manifest of *candidate*; ArchiveError when it is no image manifest."""
        if candidate.artifact is not None:
            raise artifacts.not_an_image(candidate.artifact)
        assert candidate.descriptor is not None  # noqa: S101 - OCI candidates have one; for the type checker
        value = self._document(candidate.descriptor, "manifest", notices)
        if isinstance(value, dict) and _is_schema_1(value):
            raise ArchiveError(
                "the image has a manifest of schema 1, which is obsolete and not read",
                hint="convert it with: skopeo copy --format v2s2",
            )
        if isinstance(value, dict) and "manifests" in value and "config" not in value:
            raise DocumentError(
                f"the image's manifest is an index, and its descriptor says {candidate.descriptor.media_type!r}",
                where="manifest",
            )
        return convert(value, Manifest, "manifest", notices)

    def content(self, descriptor: Descriptor) -> list[Descriptor]:
        """The blobs of the manifest or index that *descriptor* means, of whatever kind it is."""
        return convert(self._document(descriptor, "manifest"), Content, "manifest").descriptors

    def parts(self, candidate: Candidate) -> ImageParts:
        """Everything about *candidate* but its layers' bytes."""
        notices = Notices()
        manifest = self.manifest(candidate, notices)
        descriptor = candidate.descriptor
        assert descriptor is not None  # noqa: S101 - checked by manifest(); for the type checker
        if manifest.artifact_type and not artifacts.is_image_config(manifest.artifact_type):
            message = f"the manifest says {brief(manifest.artifact_type)}, and has an image's config: it is an image"
            notices.add("artifact-type", message)
        data = self._data(manifest.config, "config")
        config = decode(data, ImageConfig, "config", notices)
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
            notices=notices.freeze(),
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

    def _document(self, descriptor: Descriptor, what: str, notices: Notices | None = None) -> Any:
        return go_json.parse(self._data(descriptor, what), what, notices)

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


def _is_build_cache(descriptor: Descriptor) -> bool:
    return descriptor.media_type.startswith(artifacts.BUILD_CACHE)


def _is_schema_1(manifest: dict[str, Any]) -> bool:
    return manifest.get("schemaVersion") == 1 or "fsLayers" in manifest


def _merged(first: Candidate, second: Candidate) -> Candidate:
    """One manifest that is listed twice, under two names."""
    return replace(
        first,
        names=tuple(dict.fromkeys((*first.names, *second.names))),
        aliases=tuple(dict.fromkeys((*first.aliases, *second.aliases))),
        digests=tuple(dict.fromkeys((*first.digests, *second.digests))),
        notices=tuple(dict.fromkeys((*first.notices, *second.notices))),
    )
