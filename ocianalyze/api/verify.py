"""verify_file(source): an archive checked against its own claims and the specification, replay included."""

from __future__ import annotations

from dataclasses import replace

from ocianalyze.analysis.union.analyze import analyze
from ocianalyze.loading.options import LoadOptions
from ocianalyze.loading.progress import Progress
from ocianalyze.loading.verify import Verified, verify


def verify_file(source: str, *, options: LoadOptions | None = None, progress: Progress | None = None) -> Verified:
    """Check *source*: digests, sizes, diff IDs, documents, history; and names, links and markers of every layer.

    Raises OcianalyzeError when it is no archive of images; everything else is a finding.
    """
    found = verify(source, options=options, progress=progress)
    replayed = [
        replace(notice, image=label or None) for label, image in found.images for notice in analyze(image).notices
    ]
    distinct = dict.fromkeys((*found.findings, *replayed))
    return replace(found, findings=tuple(distinct))
