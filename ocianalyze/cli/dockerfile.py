"""`dockerfile`: the instructions that an image was built by, as far as it tells."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ocianalyze.cli.source import Source


def dockerfile(
    source: Source,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write to FILE, whole or not at all.", show_default=False),
    ] = None,
) -> None:
    """Reconstruct a Dockerfile from the history and the config, with what each layer stores and wastes.

    What COPY and ADD took is recorded as a checksum at best, and FROM and earlier stages not at all.
    """
    from ocianalyze.cli.output import check, opened
    from ocianalyze.report.compose.report import compose
    from ocianalyze.report.formats import to_dockerfile

    check(output, source.path)
    result = compose(source.analyze(), top=0)
    with opened(output, machine=True) as out:
        to_dockerfile.write(result, out)
