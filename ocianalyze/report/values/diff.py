r"""DiffReport: everything that is said about two images, as plain versioned values. `compose.diff` makes it.

The JSON form is the contract, as that of `values.report.Report` is, and spells names the same way.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from ocianalyze.analysis.compare.layerdiff import LayerStatus
from ocianalyze.analysis.compare.treediff import DiffKind
from ocianalyze.report.values.blocks import Block, Row
from ocianalyze.report.values.report import Tool


class SideBlock(Block, frozen=True, kw_only=True):
    """One of the two images."""

    source: str
    """The archive as it was named on the command line."""
    names: list[str]
    digest: str | None
    """Of the manifest."""
    config_digest: str | None
    platform: str
    created: str | None
    layers: int
    blob_size: int
    """Bytes of all layers as stored in the archive."""
    stored: int
    """Bytes of every file copy in every layer."""
    live: int
    """Bytes of the merged file system, each hard-linked file once."""
    wasted: int
    """`stored - live`."""
    efficiency: float
    """`live / stored`; 1.0 when nothing is stored."""
    entries: int
    """Names in the merged file system, below the root."""
    missing_layers: list[int] | msgspec.UnsetType = msgspec.UNSET
    """Layers that the archive lacks; only with --partial. What they hold or change is not compared."""


class KindTotal(Row, frozen=True, kw_only=True):
    """How many paths differ in one way."""

    count: int
    bytes_before: int
    """Bytes of the files at these paths in the old image, at every name of a hard-linked file."""
    bytes_after: int
    """The same in the new image."""


class SummaryBlock(Block, frozen=True, kw_only=True):
    """The difference in numbers."""

    identical: bool
    """Whether no path and no setting differs, of those that were asked about: with --only or --path, no path."""
    size_delta: int
    """Bytes by which the new merged file system is larger."""
    growth_ratio: float
    """`size_delta` by the size of the old file system; 0.0 when both are empty, 1.0 when only the old one is."""
    stored_delta: int
    wasted_delta: int
    efficiency_delta: float
    pull_cost: int
    """Bytes of layers, as stored in the new archive, that a host that has the old image must fetch."""
    pull_layers: int
    """How many layers that are."""
    changes: dict[DiffKind, KindTotal]
    """Every kind is a key."""


class GrowthRow(Row, frozen=True, kw_only=True):
    """A file or directory, and what became of its bytes. Every byte counts in one row."""

    path: str
    directory: bool
    delta: int
    """`gained - lost`."""
    gained: int
    lost: int
    paths: int
    """Paths that differ in size at or below it."""
    rest: bool
    """Whether parts of it have rows of their own, and this row is of the others."""


class LayerSideRow(Row, frozen=True, kw_only=True):
    """A layer of one of the images."""

    index: int
    diff_id: str
    digest: str | None
    blob_size: int
    size: int
    """Bytes of the content of its files."""
    instruction: str


class LayerRow(Block, frozen=True, kw_only=True):
    """One row of the alignment; null where an image has no layer there."""

    status: LayerStatus
    old: LayerSideRow | None
    new: LayerSideRow | None


class SettingRow(Row, frozen=True, kw_only=True):
    """One setting of the image config that differs; null where an image does not have it."""

    field: str
    key: str
    """Of an environment variable, label, port or volume; otherwise empty."""
    old: str | None
    new: str | None


class StepRow(Row, frozen=True, kw_only=True):
    """A step of the history that only one image has."""

    image: Literal["old", "new"]
    instruction: str


class PathRow(Row, frozen=True, kw_only=True):
    """One path that differs."""

    path: str
    kind: DiffKind
    moved_from: str | None
    aspects: list[str]
    """What differs: `content`, `kind`, `mode`, `owner`, `mtime`, `link`, `xattrs`, in this order."""
    type_before: str | None
    type_after: str | None
    size_before: int
    size_after: int
    size_delta: int
    """Bytes by which it makes the new image larger: of the names of a hard-linked file, only one has any."""


class BuildRow(Row, frozen=True, kw_only=True):
    """One way in which two builds of the same thing differ; null where one does not have it."""

    what: str
    """`layer`, `layer-order`, `entry`, `order`, `timestamp`, `owner`, `mode`, `content`, `tar-format`, ..."""
    layer: int | None
    """Index in the old build; of a layer that only the new one has, there."""
    path: str | None
    old: str | None
    new: str | None


class DiffReport(Block, frozen=True, kw_only=True):
    """Everything that is said about two images."""

    schema: Literal["ocianalyze-diff/1"]
    tool: Tool
    old: SideBlock
    new: SideBlock
    summary: SummaryBlock
    growth: list[GrowthRow]
    """Where the bytes came and went, at most ten places, largest first. They add up to `summary.size_delta`, less
    what was left out."""
    layers: list[LayerRow]
    config: list[SettingRow]
    history: list[StepRow]
    changes: list[PathRow]
    """Sorted by path."""
    reproducible: list[BuildRow] | msgspec.UnsetType = msgspec.UNSET
    """Everything in which two builds differ that was not ignored; only with --reproducible."""
