"""What an archive holds beside images: signatures, attestations, SBOMs, charts, build caches."""

from __future__ import annotations

from dataclasses import dataclass

from ocianalyze.model.digest import Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """One manifest or index that describes no image."""

    kind: str
    """`signature`, `attestation`, `SBOM`, `Helm chart`, `build cache` and the like; `artifact` for any other."""
    words: str
    """The same in a sentence, with its maker or form where that is known: `a cosign signature`."""
    media_type: str
    """The type that tells the kind: of the artifact, of a layer or of the config."""
    digest: Digest
    """Of its manifest."""
    subject: Digest | None = None
    """Of the manifest or index that it is about; None where it does not say."""
    predicates: tuple[str, ...] = ()
    """Of an attestation: the types of its statements, such as `https://spdx.dev/Document`."""

    @property
    def is_statement(self) -> bool:
        """Whether it says something about an image, even where it does not name one."""
        return self.kind in ("signature", "attestation", "SBOM", "sigstore bundle")
