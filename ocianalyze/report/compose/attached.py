"""What is attached to an image, flattened."""

from __future__ import annotations

from ocianalyze.model.artifact import Artifact
from ocianalyze.report.values.attached import AttachedRow


def attached_row(artifact: Artifact) -> AttachedRow:
    """*artifact* as a row."""
    return AttachedRow(
        kind=artifact.kind,
        digest=str(artifact.digest),
        media_type=artifact.media_type,
        subject=None if artifact.subject is None else str(artifact.subject),
        predicates=list(artifact.predicates),
    )
