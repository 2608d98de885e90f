"""docker-save archives: manifest.json, or the older `repositories` with one JSON file a layer."""

from __future__ import annotations

import re
from dataclasses import replace

from ocianalyze.errors import DocumentError, LimitExceededError, MissingBlobError, RaiseLimit
from ocianalyze.layers.reader import LayerClaim
from ocianalyze.model.digest import Digest
from ocianalyze.model.documents import DockerImage, History, ImageConfig, LegacyLayer, decode
from ocianalyze.model.finding import Finding, Level
from ocianalyze.model.limits import ReadLimits
from ocianalyze.model.notices import Notices
from ocianalyze.sources.candidate import Candidate, ImageParts
from ocianalyze.sources.store import Store

MANIFEST = "manifest.json"
REPOSITORIES = "repositories"
_BLOB = re.compile(r"blobs/([a-z0-9]+)/([0-9a-f]{32,})")
_BARE = Finding(
    code="no-table-of-contents",
    message="the archive has no manifest.json and no repositories; its layers are put together by their JSON files",
)
_NAMED_BY_DIGEST = re.compile(r"(?:sha256:)?([0-9a-f]{64})(?:\.json|\.tar|\.tar\.gz)?")


class DockerSave:
    """Reads the documents of one docker-save archive."""

    def __init__(self, store: Store, limits: ReadLimits) -> None:
        self._store = store
        self._limits = limits

    def candidates(self) -> list[Candidate]:
        """Every image, in the order of manifest.json. What is listed twice, a tag at a time, is one image."""
        notices = Notices()
        images = decode(self._read(MANIFEST), list[DockerImage], MANIFEST, notices)
        if len(images) > self._limits.manifests:
            raise LimitExceededError(
                f"{MANIFEST} lists {len(images):,} images, more than {self._limits.manifests:,}",
                remedy=RaiseLimit("manifests"),
            )
        tags: dict[tuple[str, ...], dict[str, None]] = {}
        first: dict[tuple[str, ...], tuple[int, DockerImage]] = {}
        for position, image in enumerate(images):
            key = (image.config, *(image.layers or ()))
            tags.setdefault(key, {}).update(dict.fromkeys(image.repo_tags or ()))
            first.setdefault(key, (position, image))
        return [
            Candidate(
                group=f"{MANIFEST}[{position}]",
                names=tuple(tags[key]),
                aliases=tuple(tags[key]),
                digests=tuple(str(digest) for digest in (_digest_of_name(image.config),) if digest),
                docker=image,
                notices=notices.freeze(),
            )
            for key, (position, image) in first.items()
        ]

    def parts(self, candidate: Candidate) -> ImageParts:
        """Everything about *candidate* but its layers' bytes."""
        image = candidate.docker
        assert image is not None  # noqa: S101 - docker candidates have one; for the type checker
        data = self._read(image.config, ", which is the image's config")
        notices = Notices()
        config = decode(data, ImageConfig, "config", notices)
        digest = Digest.of(data)
        named = _digest_of_name(image.config)
        if named and named != digest:
            message = f"the config is named {named.short} and its digest is {digest.short}"
            notices.add("config-name", message, level=Level.ERROR)
        return ImageParts(
            layout="docker",
            names=candidate.names,
            config=config,
            layers=tuple(LayerClaim(name=name, digest=_blob_digest(name)) for name in image.layers or ()),
            config_digest=digest,
            config_data=data,
            documents_size=len(data),
            notices=notices.freeze(),
        )

    def legacy_candidates(self) -> list[Candidate]:
        """Images of the oldest form: the tags in `repositories`, or else every layer that is nobody's parent."""
        tags: dict[str, list[str]] = {}
        notices = Notices()
        if REPOSITORIES in self._store:
            table = decode(self._read(REPOSITORIES), dict[str, dict[str, str]], REPOSITORIES, notices)
            for repository, by_tag in table.items():
                for tag, layer_id in by_tag.items():
                    tags.setdefault(layer_id, []).append(f"{repository}:{tag}")
        else:
            layers = self._legacy_layers()
            parents = {layer.parent for layer in layers}
            tags = {layer.id: [] for layer in layers if layer.id not in parents}
        return [
            Candidate(
                group=layer_id,
                names=tuple(names),
                aliases=tuple(names),
                digests=(layer_id,),
                legacy_id=layer_id,
                notices=notices.freeze(),
            )
            for layer_id, names in tags.items()
        ]

    def legacy_parts(self, candidate: Candidate) -> ImageParts:
        """The image whose top layer is the candidate's, put together from the JSON files of its layers."""
        chain: list[LegacyLayer] = []
        layer_id: str | None = candidate.legacy_id
        seen: dict[str, None] = {}
        notices = Notices()
        while layer_id:
            if layer_id in seen:
                raise DocumentError(
                    f"the layer {layer_id[:12]} is its own ancestor", where=f"{layer_id[:12]}/json.parent"
                )
            seen[layer_id] = None
            layer = decode(self._read(f"{layer_id}/json"), LegacyLayer, f"{layer_id[:12]}/json", notices)
            chain.append(layer)
            layer_id = layer.parent
        top = chain[0]
        chain.reverse()
        config = ImageConfig(
            created=top.created,
            author=top.author,
            architecture=top.architecture,
            os=top.os,
            runtime=top.config,
            history=[History(created=layer.created, created_by=_legacy_command(layer)) for layer in chain],
        )
        return ImageParts(
            layout="docker",
            names=candidate.names,
            config=config,
            layers=tuple(LayerClaim(name=f"{folder}/layer.tar") for folder in reversed(seen)),
            notices=(*(() if REPOSITORIES in self._store else (_BARE,)), *notices.freeze()),
        )

    def _legacy_layers(self) -> list[LegacyLayer]:
        names = sorted(name for name in self._store.names() if name.endswith("/json") and name.count("/") == 1)
        return [decode(self._read(name), LegacyLayer, name) for name in names]

    def _read(self, name: str, what: str = "") -> bytes:
        try:
            return self._store.document(name, self._limits.document)
        except MissingBlobError as error:
            raise MissingBlobError(error.message + what, hint=error.hint, remedy=error.remedy) from error


def with_manifest(parts: ImageParts, oci: ImageParts) -> ImageParts:
    """*parts* of a docker archive together with what its OCI documents say of the same image."""
    notices = [*parts.notices, *(notice for notice in oci.notices if notice not in parts.notices)]
    ours = [layer.digest for layer in parts.layers]
    theirs = [layer.digest for layer in oci.layers]
    if ours != theirs and all(ours):
        message = "manifest.json and index.json disagree about the layers or their order; the config decides"
        notices.append(Finding(code="manifests-disagree", message=message))
    known = {layer.digest: layer for layer in oci.layers}
    layers = tuple(
        replace(layer, size=known[layer.digest].size, media_type=known[layer.digest].media_type)
        if layer.digest in known
        else layer
        for layer in parts.layers
    )
    return replace(
        parts,
        layers=layers,
        names=parts.names or oci.names,
        digest=oci.digest,
        media_type=oci.media_type,
        annotations=oci.annotations,
        manifest_data=oci.manifest_data,
        documents_size=oci.documents_size,
        notices=tuple(notices),
    )


def _digest_of_name(name: str) -> Digest | None:
    digest = _blob_digest(name)
    if digest:
        return digest
    match = _NAMED_BY_DIGEST.fullmatch(name)
    return Digest(f"sha256:{match[1]}") if match else None


def _blob_digest(name: str) -> Digest | None:
    match = _BLOB.fullmatch(name)
    return Digest(f"{match[1]}:{match[2]}") if match else None


def _legacy_command(layer: LegacyLayer) -> str | None:
    command = layer.container_config.cmd if layer.container_config else None
    return " ".join(command) if isinstance(command, list) else command
