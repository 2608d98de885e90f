"""The images that an archive offers, before one is chosen; and the parts of the chosen one, before it is scanned."""

from __future__ import annotations

from dataclasses import dataclass, field

from ocianalyze.layers.reader import LayerClaim
from ocianalyze.model.artifact import Artifact
from ocianalyze.model.digest import Digest
from ocianalyze.model.documents import Descriptor, DockerImage, ImageConfig, Platform
from ocianalyze.model.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidate:
    """One image for one platform, as the archive's table of contents lists it."""

    group: str
    """The same for all platforms of one image."""
    names: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    """Other names that choose it, such as a bare tag."""
    digests: tuple[str, ...] = ()
    """Digests that choose it: of its manifest, of indexes above it, of its config."""
    descriptor: Descriptor | None = None
    """Of the manifest; None for an image that has none."""
    docker: DockerImage | None = None
    """The entry in docker-save's manifest.json."""
    legacy_id: str | None = None
    """The top layer's ID in docker-save's oldest form."""
    platform: Platform | None = None
    """As the descriptor says, which may be nothing."""
    artifact: Artifact | None = None
    """What it is instead of an image; None for an image."""
    present: bool = True
    """Whether its manifest is in the archive."""
    notices: tuple[Finding, ...] = ()
    """What is odd about the tables of contents that list it."""

    @property
    def has_documents(self) -> bool:
        """Whether the source says anything about the image but its files."""
        return self.descriptor is not None or self.docker is not None or self.legacy_id is not None

    @property
    def label(self) -> str:
        """How a list of choices names it."""
        if self.names:
            return ", ".join(self.names)
        return str(self.digests[0]) if self.digests else self.group


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageParts:
    """The chosen image: its documents, and where its layers are."""

    layout: str
    """`docker-archive`, `oci-layout` and the like: the form of the documents, and whether a file holds them."""
    names: tuple[str, ...]
    config: ImageConfig
    layers: tuple[LayerClaim, ...]
    digest: Digest | None = None
    config_digest: Digest | None = None
    media_type: str = ""
    annotations: dict[str, str] = field(default_factory=dict)
    config_data: bytes = b""
    """The config as stored; empty where it is put together from the JSON files of layers."""
    manifest_data: bytes = b""
    """The manifest as stored; empty where the image has none."""
    documents_size: int = 0
    """Bytes of the manifest and the config."""
    attached: tuple[Artifact, ...] = ()
    """What the source holds about the image."""
    notices: tuple[Finding, ...] = ()
