"""verify_file(source): an archive checked against its own claims and the specification, replay included."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ocianalyze.analysis.union.analyze import analyze
from ocianalyze.contents.accounts import read_accounts
from ocianalyze.contents.contents import Contents
from ocianalyze.layers.reader import LayerReader
from ocianalyze.loading.options import LoadOptions
from ocianalyze.loading.progress import Progress
from ocianalyze.loading.verify import Verified, verify
from ocianalyze.model.finding import Finding, FoundBy, Level
from ocianalyze.model.image import Image


def verify_file(source: str, *, options: LoadOptions | None = None, progress: Progress | None = None) -> Verified:
    """Check *source*: digests, sizes, diff IDs, documents, history; and names, links and markers of every layer.

    Raises OcianalyzeError when it is no archive of images; everything else is a finding.
    """
    found = verify(source, options=options, progress=progress, examine=_examine)
    return replace(found, findings=tuple(dict.fromkeys(found.findings)))


def _examine(image: Image, readers: Sequence[LayerReader | None]) -> Iterator[Finding]:
    """What the replay of *image* shows, and whether the user that it runs as is in its own files."""
    analysis = analyze(image)
    yield from analysis.notices
    user = image.config.runtime and image.config.runtime.user
    if not user or image.platform.os == "windows":
        return
    unknown = read_accounts(analysis.tree, Contents(image, readers)).unknown(user)
    if unknown is not None:
        message = f"the image runs as {user!r}, and its /etc/passwd and /etc/group have no {unknown}"
        yield Finding(level=Level.ERROR, code="user", message=message, found_by=FoundBy.VERIFICATION)
