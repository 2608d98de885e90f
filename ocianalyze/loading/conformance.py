"""What the image specification requires of documents, beyond what they must be to be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ocianalyze.errors import MissingBlobError, OcianalyzeError, brief
from ocianalyze.loading.config_conformance import judge_settings
from ocianalyze.model import go_json
from ocianalyze.model.amount import counted
from ocianalyze.model.documents import Descriptor, Manifest
from ocianalyze.model.finding import Finding, FoundBy, Level
from ocianalyze.model.limits import ReadLimits
from ocianalyze.model.reference import is_ref_name, parse_reference
from ocianalyze.sources.candidate import Candidate, ImageParts
from ocianalyze.sources.layouts.oci import INDEX
from ocianalyze.sources.store import Store

_LAYER = re.compile(
    r"application/vnd\.oci\.image\.layer\.(nondistributable\.)?v1\.tar(\+gzip|\+zstd)?"
    r"|application/vnd\.docker\.image\.rootfs\.(foreign\.)?diff\.tar(\.gzip|\.zstd)?"
)


def judge_layout(store: Store, limits: ReadLimits) -> Iterator[Finding]:
    """The headers and the end of an archive, and the file that makes it an OCI layout (image-spec, image-layout.md)."""
    if store.truncated:
        yield _error("truncated", "the archive has no end: it is cut short or damaged")
    for notice in store.notices:
        yield replace(notice, found_by=FoundBy.VERIFICATION)
    if INDEX not in store:
        return
    try:
        value = go_json.parse(store.document("oci-layout", limits.document), "oci-layout")
    except MissingBlobError:
        yield _error("oci-layout", "there is no oci-layout file beside index.json")
    except OcianalyzeError:
        yield _error("oci-layout", "oci-layout is no JSON document")
    else:
        version = value.get("imageLayoutVersion") if isinstance(value, dict) else None
        if version != "1.0.0":
            yield _error("oci-layout", f"oci-layout says version {brief(str(version))}, expected 1.0.0")


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


def judge_names(candidate: Candidate) -> Iterator[Finding]:
    """The names that the archive gives an image; by one that is none, nobody can ask for it."""
    tags = candidate.docker.repo_tags or () if candidate.docker else ()
    for name in tags:
        reference = parse_reference(name)
        if reference is None or reference.tag is None:
            yield _error("name", f"the name {brief(name, 80)!r} is no NAME:TAG")
    for name in candidate.aliases:
        if name not in tags and parse_reference(name) is None and not is_ref_name(name):
            yield _error("name", f"the name {brief(name, 80)!r} is no name of an image")


def judge_config(candidate: Candidate, parts: ImageParts) -> Iterator[Finding]:
    """A config, and what the index says of its platform (image-spec, config.md)."""
    config = parts.config
    for name, value in (("os", config.os), ("architecture", config.architecture)):
        if not value:
            yield _error("config", f"the config does not say its {name}")
    if config.rootfs is None and parts.config_data:
        yield _error("config", "the config has no rootfs")
    if config.rootfs is not None and config.rootfs.type != "layers":
        yield _error("config", "rootfs.type in the config is not `layers`")
    if parts.config_data and len(config.diff_ids) != len(parts.layers):
        claimed, there = counted(len(config.diff_ids), "diff ID"), counted(len(parts.layers), "layer")
        message = f"the config has {claimed}, and the manifest {there}"
        yield _error("diff-ids", message)
    yield from judge_settings(config)
    yield from (replace(one, found_by=FoundBy.VERIFICATION) for one in platforms_disagree(candidate, parts))


def platforms_disagree(candidate: Candidate, parts: ImageParts) -> Iterator[Finding]:
    """That the index, by which runtimes choose an image, lists it for another platform than its config says."""
    listed, own = candidate.platform, parts.config.platform
    if listed is None:
        return
    same = (listed.os, listed.architecture) == (own.os, own.architecture)
    optional = ((listed.variant, own.variant), (listed.os_version, own.os_version))
    if not same or any(one and other and one != other for one, other in optional):
        yield Finding(code="platform", message=f"the index says {listed.full}, and the config {own.full}")


def _error(code: str, message: str) -> Finding:
    return Finding(level=Level.ERROR, code=code, message=message, found_by=FoundBy.VERIFICATION)


def _warning(code: str, message: str) -> Finding:
    return Finding(level=Level.WARNING, code=code, message=message, found_by=FoundBy.VERIFICATION)
