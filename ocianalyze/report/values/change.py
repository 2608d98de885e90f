"""What a layer did to one path, as a row of a report and of a listing."""

from __future__ import annotations

from ocianalyze.analysis.union.changes import ChangeKind
from ocianalyze.report.values.blocks import Row


class ChangeRow(Row, frozen=True, kw_only=True):
    """One path that one layer wrote or removed."""

    layer: int
    path: str
    kind: ChangeKind
    aspects: list[str]
    """What differs: `content`, `kind`, `mode`, `owner`, `mtime`, `link`, `xattrs`, in this order."""
    size_before: int
    size_after: int
