"""What to change, as rows of a report."""

from __future__ import annotations

from ocianalyze.report.values.blocks import Row


class AdviceRow(Row, frozen=True, kw_only=True):
    """One thing to do so that the image wastes less."""

    code: str
    """Stable, for machines: the code of a check. `squash` stands for all above it."""
    remedy: str
    saving: int
    """Bytes that would not be stored."""
    written_by: int
    """Of `squash`, the lowest layer to squash."""
    killed_by: int
    """Of `squash`, the highest."""
    instruction: str
    """What made the layer `written_by`; empty for `squash`."""
    paths: list[str]
    """The largest of them."""
    paths_total: int
