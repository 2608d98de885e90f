"""What the tool does, as functions: the one door for the command line, the TUI and other programs."""

from __future__ import annotations

from ocianalyze.analysis.analyze import Analysis
from ocianalyze.archive.load import LoadOptions
from ocianalyze.archive.progress import Progress


def analyze_file(
    source: str,
    *,
    options: LoadOptions | None = None,
    base_layers: int = 1,
    base: str | None = None,
    progress: Progress | None = None,
) -> Analysis:
    """Load the image in *source* (a path, or `-` for standard input) and replay it.

    The base image is the layers that it has in common with the archive *base*, or else the lowest
    *base_layers*. Raises OcianalyzeError for whatever the image is at fault for.
    """
    raise NotImplementedError
