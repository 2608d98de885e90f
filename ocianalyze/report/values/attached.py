"""What an archive holds about an image, as part of a report."""

from __future__ import annotations

from ocianalyze.report.values.blocks import Row


class AttachedRow(Row, frozen=True, kw_only=True):
    """A signature, an attestation, an SBOM or another artifact that refers to the image."""

    kind: str
    """`signature`, `attestation`, `SBOM`, `sigstore bundle` and the like; `artifact` for any other."""
    digest: str
    """Of its manifest."""
    media_type: str
    """The type that tells the kind."""
    subject: str | None
    """The manifest or index that it refers to; null where it does not say, and there is but one image."""
    predicates: list[str]
    """Of an attestation: the types of its statements."""
