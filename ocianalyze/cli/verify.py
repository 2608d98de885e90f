"""`verify`: whether the archive is what it claims to be."""

from __future__ import annotations

from typing import Annotated

import typer

from ocianalyze.cli.formats import NestedListingFormat
from ocianalyze.cli.image_options import NamedImage
from ocianalyze.cli.options import option


def verify(
    source: NamedImage,
    errors_only: Annotated[bool, option("Leave out warnings.", "--errors-only")] = False,
    *,
    how: NestedListingFormat,
) -> None:
    """Check every blob, document and diff ID of all images in the archive; history, names, links and layers.

    One line a finding. An error is something that is missing, is not what is claimed, or breaks the specification;
    a warning is allowed, and a well-made image does not have it. Ends with 1 when anything is found.
    """
    from ocianalyze.api.verify import verify_file
    from ocianalyze.cli.diagnostics import ExitCode, note
    from ocianalyze.cli.output import show
    from ocianalyze.cli.progress import watching
    from ocianalyze.cli.remedies import worded
    from ocianalyze.report import words
    from ocianalyze.report.compose.attached import attached_row
    from ocianalyze.report.compose.rows import finding_rows
    from ocianalyze.report.highlights import attached_words
    from ocianalyze.report.listings.findings import finding_listing

    with watching() as progress:
        result = verify_file(source.path, options=source.options(), progress=progress)
    rows = finding_rows(result.findings, errors_only=errors_only, worded=worded)
    show(finding_listing(rows), how.format)
    images = [words.counted(len(result.images), "image")]
    if result.artifacts:
        images.append(attached_words([attached_row(artifact) for artifact in result.artifacts]))
    checked = f"{', '.join(images)} and {words.counted(result.blobs, 'blob')} read"
    note(f"{checked}, {words.counted(len(rows), 'finding') if rows else 'nothing found'}")
    if rows:
        raise typer.Exit(ExitCode.RULE_FAILED)
