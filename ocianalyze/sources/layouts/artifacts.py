"""What a manifest describes, by its media types, annotations and names: an image, or else which kind of artifact."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from ocianalyze.errors import ArchiveError, DocumentError, brief
from ocianalyze.model.artifact import Artifact
from ocianalyze.model.digest import Digest
from ocianalyze.model.documents import Descriptor, Manifest

BUILD_CACHE = "application/vnd.buildkit.cacheconfig."
"""How the type of a BuildKit cache's own document begins."""
_IMAGE_CONFIGS = (
    "",
    "application/vnd.oci.image.config.v1+json",
    "application/vnd.docker.container.image.v1+json",
)
_COSIGN = "dev.cosignproject.cosign/"
_SUBJECT_TAG = re.compile(r"(sha256|sha384|sha512)-([0-9a-f]+)(?:\.(sig|att|sbom))?")
_REFERENCE = "vnd.docker.reference.type"
_REFERENCE_DIGEST = "vnd.docker.reference.digest"
_PREDICATE = "in-toto.io/predicate-type"


class _Kind(NamedTuple):
    """One kind of artifact."""

    mark: str
    """What its media type has in it, in lower case."""
    kind: str
    words: str


_KINDS = tuple(
    _Kind(*row)
    for row in (
        (BUILD_CACHE, "build cache", "a build cache"),
        ("helm", "Helm chart", "a Helm chart"),
        ("wasm", "WebAssembly module", "a WebAssembly module"),
        ("cosign", "signature", "a cosign signature"),
        ("simplesigning", "signature", "a cosign signature"),
        ("dsse.envelope", "attestation", "a signed attestation"),
        ("sigstore", "sigstore bundle", "a sigstore bundle"),
        ("notary", "signature", "a notation signature"),
        ("cyclonedx", "SBOM", "a CycloneDX SBOM"),
        ("spdx", "SBOM", "an SPDX SBOM"),
        ("syft", "SBOM", "a syft SBOM"),
        ("sbom", "SBOM", "an SBOM"),
        ("in-toto", "attestation", "an in-toto attestation"),
        ("attestation", "attestation", "an attestation"),
        ("signature", "signature", "a signature"),
        ("singularity", "Singularity image", "a Singularity image"),
        ("sylabs", "Singularity image", "a Singularity image"),
        ("docker.plugin", "docker plugin", "a docker plugin"),
    )
)
_OTHER = _Kind("", "artifact", "an artifact")
_BY_NAME = {
    "sig": _Kind("", "signature", "a cosign signature"),
    "att": _Kind("", "attestation", "a signed attestation"),
    "sbom": _Kind("", "SBOM", "an SBOM"),
}
"""By the ending of the tag under which cosign attaches something to an image."""


def is_image_config(media_type: str) -> bool:
    """Whether *media_type* is that of an image's config; an empty one is taken for it."""
    return media_type in _IMAGE_CONFIGS


def by_manifest(manifest: Manifest, descriptor: Descriptor, names: Iterable[str] = ()) -> Artifact | None:
    """What *manifest*, listed by *descriptor* under *names*, describes; None for an image.

    An image has the config of one, whatever its artifactType says, and no layer that is known to be something else.
    """
    layers = [layer.media_type for layer in manifest.layers]
    types = [manifest.artifact_type or "", *(kind for kind in layers if ".tar" not in kind), manifest.config.media_type]
    is_image = is_image_config(manifest.config.media_type) and not any(map(_known, types[1:]))
    if is_image and _REFERENCE not in (descriptor.annotations or {}):
        return None
    predicates = [(layer.annotations or {}).get(_PREDICATE, "") for layer in manifest.layers]
    subject = manifest.subject.digest if manifest.subject else None
    return _made([kind for kind in types if not is_image_config(kind)], descriptor, names, subject, predicates)


def by_descriptor(descriptor: Descriptor, names: Iterable[str] = ()) -> Artifact | None:
    """What a manifest that cannot be read describes, as far as *descriptor* and *names* say; None for an image."""
    if _listed(descriptor) or _by_name(descriptor, names):
        return _made([descriptor.artifact_type or ""], descriptor, names)
    return None


def by_type(media_type: str, descriptor: Descriptor) -> Artifact:
    """The artifact that a document of *media_type* describes, which has no config."""
    return _made([media_type], descriptor, ())


def not_an_image(artifact: Artifact) -> ArchiveError:
    """The complaint about an artifact that should be read as an image."""
    hint = "only images with layers of files can be analysed"
    if artifact.kind == "build cache":
        hint = "save the image that was built: docker buildx build --output type=oci,dest=image.tar"
    named = brief(artifact.media_type) or "of no type"
    return ArchiveError(f"this is {artifact.words}, not a container image ({named})", hint=hint)


def _made(
    types: Iterable[str],
    descriptor: Descriptor,
    names: Iterable[str],
    subject: Digest | None = None,
    predicates: Iterable[str] = (),
) -> Artifact:
    types = [kind for kind in types if kind]
    media_type = next(filter(_known, types), types[0] if types else descriptor.media_type)
    what = _known(media_type) or _by_name(descriptor, names)
    if what is None:
        what = _Kind("", "attestation", "an attestation") if _listed(descriptor) else _OTHER
    return Artifact(
        kind=what.kind,
        words=what.words,
        media_type=media_type,
        digest=descriptor.digest,
        subject=subject or _subject(descriptor, names),
        predicates=tuple(one for one in predicates if one),
    )


def _known(media_type: str) -> _Kind | None:
    lower = media_type.lower()
    return next((kind for kind in _KINDS if kind.mark in lower), None)


def _listed(descriptor: Descriptor) -> bool:
    """Whether an index lists *descriptor* as BuildKit lists what it says about an image."""
    if _REFERENCE in (descriptor.annotations or {}):
        return True
    platform = descriptor.platform
    return bool(platform and platform.os == "unknown" and platform.architecture == "unknown")


def _by_name(descriptor: Descriptor, names: Iterable[str]) -> _Kind | None:
    """What cosign says in the annotation `kind`, or in a tag."""
    kind = (descriptor.annotations or {}).get("kind", "")
    if kind.startswith(_COSIGN):
        return _BY_NAME.get(kind.removeprefix(_COSIGN).removesuffix("s"))
    found = _tag(names)
    return _BY_NAME.get(found[3] or "") if found else None


def _tag(names: Iterable[str]) -> re.Match[str] | None:
    """The tag by which one of *names* says what the artifact is about."""
    return next(filter(None, (_SUBJECT_TAG.fullmatch(name.rpartition(":")[2]) for name in names)), None)


def _subject(descriptor: Descriptor, names: Iterable[str]) -> Digest | None:
    """What the artifact is about, by BuildKit's annotation or by a tag."""
    found = _tag(names)
    text = f"{found[1]}:{found[2]}" if found else (descriptor.annotations or {}).get(_REFERENCE_DIGEST, "")
    try:
        return Digest.parse(text)
    except DocumentError:
        return None
