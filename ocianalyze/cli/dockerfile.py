"""`dockerfile`: the instructions by which an image was built, as far as the image tells."""

from __future__ import annotations

from ocianalyze.cli.formats import OutputFile
from ocianalyze.cli.image_options import ImageToRead


def dockerfile(
    source: ImageToRead,
    output: OutputFile = None,
) -> None:
    """Reconstruct a Dockerfile from the history and the config, with what each layer stores and wastes.

    What COPY and ADD took is recorded as a checksum at best, and FROM and earlier stages not at all.
    """
    from ocianalyze.cli.output import check, opened
    from ocianalyze.report.compose.report import report_document
    from ocianalyze.report.formats import to_dockerfile

    check(output, source.path)
    document = report_document(source.analyze(), top=0)
    with opened(output, machine=True) as out:
        to_dockerfile.write(document, out)
