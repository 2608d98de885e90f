r"""Report: everything that is said about one image, as plain versioned values. `compose` makes it.

The JSON form is the contract: adding a key is fine, changing or removing one makes the number in `schema`
larger. A string is Unicode; a byte of a name that is not UTF-8 is the lone surrogate U+DC80..U+DCFF
(Python's surrogateescape), which JSON spells `\udcXX`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from ocianalyze.analysis.waste.waste import WasteCause
from ocianalyze.report.values.advice import AdviceRow
from ocianalyze.report.values.attached import AttachedRow
from ocianalyze.report.values.baseline import BaselineRow
from ocianalyze.report.values.blocks import Block, Row
from ocianalyze.report.values.change import ChangeRow
from ocianalyze.report.values.dive import DiveCompatRow
from ocianalyze.report.values.verdict import VerdictBlock


class Tool(Row, frozen=True, kw_only=True):
    """What wrote the report."""

    name: str
    version: str


class PlatformRow(Row, frozen=True, kw_only=True):
    """What the image says it runs on; null where it does not say."""

    os: str | None
    architecture: str | None
    variant: str | None
    os_version: str | None


class MergedView(Row, frozen=True, kw_only=True):
    """The file system that a container would see: all layers merged."""

    entries: int
    """Names below the root."""
    files: int
    """Names of regular files; each hard link is one."""
    directories: int
    symlinks: int
    other: int
    """Devices and FIFOs."""
    size: int
    """Bytes of the files, each hard-linked file once."""


class ImageSummary(Block, frozen=True, kw_only=True):
    """Which image this is, and how large."""

    source: str
    """The archive as it was named on the command line; `-` for standard input."""
    layout: str
    """`docker-archive` or `oci-archive` for a tar, `docker-layout` or `oci-layout` for a directory."""
    names: list[str]
    """Tags and reference names in the archive."""
    digest: str | None
    """Of the manifest."""
    config_digest: str | None
    media_type: str
    """Of the manifest; empty where the archive has none."""
    platform: PlatformRow
    created: str | None
    author: str | None
    annotations: dict[str, str]
    """Of the manifest, sorted by key."""
    archive_size: int
    """Bytes of the archive as given."""
    blob_size: int
    """Bytes of all layers as stored in the archive."""
    tar_size: int
    """Bytes of all layers, uncompressed."""
    size: int
    """Bytes of the content of every file in every layer."""
    entries: int
    """Entries in all layers."""
    merged: MergedView


class HealthcheckRow(Row, frozen=True, kw_only=True):
    """How a container is tested; durations in nanoseconds."""

    test: list[str]
    interval: int | None
    timeout: int | None
    start_period: int | None
    start_interval: int | None
    retries: int | None


class ConfigSummary(Block, frozen=True, kw_only=True):
    """How a container is run, as the image config says."""

    user: str | None
    env: list[str]
    entrypoint: list[str]
    cmd: list[str]
    working_dir: str | None
    shell: list[str]
    exposed_ports: list[str]
    volumes: list[str]
    labels: dict[str, str | None]
    """Sorted by key."""
    stop_signal: str | None
    on_build: list[str]
    healthcheck: HealthcheckRow | None


class HistoryRow(Row, frozen=True, kw_only=True):
    """One step of the build, oldest first, steps without a layer included."""

    layer: int | None
    """Index of the layer that the step made; null for a step without one."""
    created: str | None
    created_by: str | None
    """As the builder recorded it."""
    instruction: str
    """The same as a readable Dockerfile line."""
    author: str | None
    comment: str | None


class ChangeTotal(Row, frozen=True, kw_only=True):
    """How many paths a layer changed in one way."""

    count: int
    bytes: int
    """Of the files after the change (before it, for `removed`), each hard-linked file once."""


class ChangeTotals(Block, frozen=True, kw_only=True):
    """What a layer did, by kind of change."""

    added: ChangeTotal
    modified: ChangeTotal
    """Other content, or another link target or device number."""
    metadata: ChangeTotal
    """The same content; mode, owner, time or extended attributes differ."""
    replaced: ChangeTotal
    """Something of another type."""
    removed: ChangeTotal
    unchanged: ChangeTotal
    """Written again, exactly as it was."""


class LayerBlock(Block, frozen=True, kw_only=True):
    """One layer; index 0 is the bottom."""

    index: int
    digest: str | None
    """Of the blob as stored; null where the archive names the layer by a path."""
    diff_id: str
    chain_id: str
    media_type: str
    compression: str
    """`none`, `gzip`, `zstd`, `bzip2` or `xz`: what the bytes are, whatever the media type says."""
    blob_size: int
    """Bytes as stored in the archive."""
    tar_size: int
    """Bytes, uncompressed."""
    size: int
    """Bytes of the content of its files."""
    wasted: int
    """Bytes of those that the final image cannot reach."""
    entries: int
    created: str | None
    created_by: str | None
    """As the builder recorded it."""
    instruction: str
    """The same as a readable Dockerfile line."""
    missing: bool
    """Whether the archive lacks the blob (only with --partial): then nothing in it is counted."""
    changes: ChangeTotals


class LayerPairRow(Row, frozen=True, kw_only=True):
    """Bytes that one layer wrote and one layer killed."""

    written_by: int
    killed_by: int
    wasted: int


class WastedPathRow(Row, frozen=True, kw_only=True):
    """One path whose stored bytes the final image cannot reach."""

    path: str
    wasted: int
    """Bytes, summed over its dead copies."""
    copies: int
    """How many dead copies there are."""
    cause: WasteCause
    """Of the largest dead copy, as are the two layers."""
    written_by: int
    killed_by: int


class WasteBlock(Block, frozen=True, kw_only=True):
    """`stored == live + wasted`, always."""

    stored: int
    """Bytes of every file copy in every layer."""
    live: int
    """Bytes of the copies that the final image reaches, each once."""
    wasted: int
    """Bytes that no name in the final image reaches."""
    efficiency: float
    """`live / stored`; 1.0 when nothing is stored."""
    base_layers: int
    """How many of the lowest layers count as the base image."""
    user_stored: int
    """Bytes stored by the layers above the base."""
    user_wasted: int
    """Bytes of the dead copies that a layer above the base wrote or killed."""
    user_wasted_ratio: float
    """`user_wasted / user_stored`, at most 1.0; 0.0 when nothing is stored above the base."""
    by_cause: dict[WasteCause, int]
    """Wasted bytes of each cause; every cause is a key."""
    by_layer_pair: list[LayerPairRow]
    """Sorted by the two layers."""
    paths_total: int
    """How many paths have waste."""
    paths: list[WastedPathRow]
    """Most wasted first, then by path; all of them unless --top says how many."""


class LargestFileRow(Row, frozen=True, kw_only=True):
    """One of the largest files of the final image; a hard-linked file once, by its first path."""

    path: str
    names: int
    """How many paths are this file: more than 1 when it is hard-linked."""
    size: int
    layer: int
    """The layer that stores it."""


class NoticeRow(Row, frozen=True, kw_only=True):
    """An oddity that is not fatal."""

    code: str
    """Stable, for machines."""
    message: str
    layer: int | None
    path: str | None


class Report(Block, frozen=True, kw_only=True):
    """Everything that is said about one image."""

    schema: Literal["ocianalyze-report/1"]
    tool: Tool
    image: ImageSummary
    config: ConfigSummary
    history: list[HistoryRow]
    layers: list[LayerBlock]
    waste: WasteBlock
    dive_compat: DiveCompatRow
    largest_files: list[LargestFileRow]
    """Largest first, then by path."""
    advice: list[AdviceRow]
    notices: list[NoticeRow]
    missing_layers: list[int] | msgspec.UnsetType = msgspec.UNSET
    """Layers that the archive lacks; only with --partial. Kinds of change, live bytes and efficiency are then those of
    the other layers alone, and may be others in the whole image."""
    attached: list[AttachedRow] | msgspec.UnsetType = msgspec.UNSET
    """What the archive holds about the image; only where there is something."""
    baseline: BaselineRow | msgspec.UnsetType = msgspec.UNSET
    """The earlier image that this one was compared with; only with --baseline."""
    verdict: VerdictBlock | msgspec.UnsetType = msgspec.UNSET
    """What came of the rules; only where there are some."""
    changes: list[ChangeRow] | msgspec.UnsetType = msgspec.UNSET
    """Every change of every layer, by layer and path; only with --files."""
