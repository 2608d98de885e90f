"""What the image specification requires of documents, beyond what they must be to be read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ocianalyze.errors import brief
from ocianalyze.model.amount import counted
from ocianalyze.model.documents import Descriptor, Manifest
from ocianalyze.model.finding import Finding, FoundBy, Level
from ocianalyze.sources.candidate import Candidate, ImageParts

_LAYER = re.compile(
    r"application/vnd\.oci\.image\.layer\.(nondistributable\.)?v1\.tar(\+gzip|\+zstd)?"
    r"|application/vnd\.docker\.image\.rootfs\.(foreign\.)?diff\.tar(\.gzip|\.zstd)?"
)


def judge_manifest(manifest: Manifest, descriptor: Descriptor) -> Iterator[Finding]:
    """A manifest, and what *descriptor* says of it (image-spec, manifest.md)."""
    if manifest.schema_version != 2:
        yield _error("manifest", f"schemaVersion in the manifest is {manifest.schema_version}, and must be 2")
    if manifest.media_type and descriptor.media_type and manifest.media_type != descriptor.media_type:
        types = f"{brief(descriptor.media_type)}, and itself {brief(manifest.media_type)}"
        yield _warning("manifest", f"the index calls the manifest {types}")
    for index, layer in enumerate(manifest.layers):
        if not _LAYER.fullmatch(layer.media_type):
            named = brief(layer.media_type) or "empty"
            yield _warning("media-type", f"the media type of layer {index} is none of a layer: {named}")


def judge_config(candidate: Candidate, parts: ImageParts) -> Iterator[Finding]:
    """A config, and what the index says of its platform (image-spec, config.md)."""
    config = parts.config
    for name, value in (("os", config.os), ("architecture", config.architecture)):
        if not value:
            yield _error("config", f"the config does not say its {name}")
    if config.rootfs is not None and config.rootfs.type != "layers":
        yield _error("config", "rootfs.type in the config is not `layers`")
    if parts.config_data and len(config.diff_ids) != len(parts.layers):
        claimed, there = counted(len(config.diff_ids), "diff ID"), counted(len(parts.layers), "layer")
        message = f"the config has {claimed}, and the manifest {there}"
        yield _error("diff-ids", message)
    listed = candidate.platform
    if listed is not None and (listed.os, listed.architecture) != (config.os or "", config.architecture or ""):
        yield _warning("platform", f"the index says {listed}, and the config {config.platform}")


def _error(code: str, message: str) -> Finding:
    return Finding(level=Level.ERROR, code=code, message=message, found_by=FoundBy.VERIFICATION)


def _warning(code: str, message: str) -> Finding:
    return Finding(level=Level.WARNING, code=code, message=message, found_by=FoundBy.VERIFICATION)
