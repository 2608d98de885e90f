"""How an image compares with an earlier one, as part of a report."""

from __future__ import annotations

from ocianalyze.report.values.blocks import Row


class BaselineRow(Row, frozen=True, kw_only=True):
    """The earlier image, and what this one has more (negative: less)."""

    source: str
    """The report or archive that it was read from."""
    size: int
    """Bytes of its merged view."""
    wasted: int
    files: int
    """Names of regular files in its merged view."""
    size_delta: int
    growth_ratio: float
    """`size_delta / size`; 1.0 when the baseline holds nothing and this image something."""
    wasted_delta: int
    files_delta: int
