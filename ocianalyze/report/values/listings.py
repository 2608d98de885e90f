"""What the commands on files and steps list, a value a line: JSON lines and CSV hold it, text is laid out from it."""

from __future__ import annotations

import msgspec

from ocianalyze.analysis.union.changes import ChangeKind
from ocianalyze.analysis.waste.waste import WasteCause
from ocianalyze.model.entry import EntryKind
from ocianalyze.report.values.blocks import Row


class FileRow(Row, frozen=True, kw_only=True):
    """One name in the merged file system."""

    path: str
    type: EntryKind
    size: int
    """Bytes of content of a file; 0 for everything else."""
    mode: str
    """Permission bits in octal, `"0755"`."""
    uid: int
    gid: int
    mtime: int | float | None
    """Seconds since the epoch, an integer when whole; null for a directory that no layer has an entry for."""
    link_target: str | None
    """Of a symlink, as written."""
    nlink: int
    """How many names show the same file."""
    layer: int | None
    """The layer that stores what the name shows; null for a directory that no layer holds an entry for."""
    sha256: str | msgspec.UnsetType | None = msgspec.UNSET
    """Of a file's content, in hex; only with --digest."""
    total: int | msgspec.UnsetType = msgspec.UNSET
    """Bytes of all files below, each hard-linked file once; only with --du."""
    user: str | msgspec.UnsetType = msgspec.UNSET
    """The owner's name as the layer records it; only with --long, as are the next two."""
    group: str | msgspec.UnsetType = msgspec.UNSET
    xattrs: list[str] | msgspec.UnsetType = msgspec.UNSET
    """Names of extended attributes."""
    change: ChangeKind | msgspec.UnsetType = msgspec.UNSET
    """The change that was looked for; only with --change or --deleted, as is the next."""
    changed_by: int | msgspec.UnsetType = msgspec.UNSET
    """The layer that made it."""


class UsageRow(Row, frozen=True, kw_only=True):
    """One name with what it and all below it hold."""

    path: str
    type: EntryKind
    size: int
    """Bytes of content; a hard-linked file counts once, where its first name is."""
    files: int
    depth: int
    """0 for where the listing starts."""


class DuplicateRow(Row, frozen=True, kw_only=True):
    """One content that is stored more than once."""

    size: int
    copies: int
    saved: int
    """Bytes that one copy would save: `size * (copies - 1)`."""
    paths: list[list[str]]
    """For each copy all its names: hard links are one copy."""
    layers: list[int]
    """The layer that stores each copy."""
    blake3: str
    """Digest of the content."""


class EventRow(Row, frozen=True, kw_only=True):
    """What one layer did to one path."""

    layer: int
    path: str
    kind: ChangeKind
    aspects: list[str]
    type: EntryKind | None
    """What it is after; null where it is removed."""
    size: int
    """Bytes of the file after."""
    stored: int
    """Bytes that this layer stores for it; a hard link stores none."""
    live: int
    wasted: int
    killed_by: int | None
    """The layer after which no name shows the copy."""
    cause: WasteCause | None
    below: int
    """Changes of paths below it in this layer."""
    instruction: str


class BuildStepRow(Row, frozen=True, kw_only=True):
    """One step of the history, with the layer that it made."""

    step: int
    """0 is the oldest."""
    layer: int | None
    """Null for a step without a layer."""
    created: str | None
    instruction: str
    created_by: str | None
    """As the config has it."""
    comment: str | None
    size: int
    """Bytes of all files that the layer stores."""
    tar_size: int
    blob_size: int
    """Bytes as stored in the archive, compressed or not."""
    compression: str | None
    digest: str | None
    diff_id: str | None
    chain_id: str | None


class HitRow(Row, frozen=True, kw_only=True):
    """One line that matches."""

    path: str
    layer: int
    """The layer that stores the file."""
    live: bool
    """Whether the final view shows this copy."""
    line: int
    """Counted from 1; 0 for a binary file whose lines are not shown."""
    text: str
    """The line, cut at 4096 bytes; a byte that is not UTF-8 is a lone surrogate, as in paths."""


class FindingRow(Row, frozen=True, kw_only=True):
    """One thing that is wrong."""

    level: str
    """`error` or `warning`."""
    code: str
    message: str
    image: str | None
    """As the archive names it, where it holds several."""
    layer: int | None
    path: str | None


class CachedRow(Row, frozen=True, kw_only=True):
    """One layer that the cache keeps."""

    digest: str
    """Of its blob."""
    content_algorithm: str
    """That the contents of its files are digested by."""
    entries: int
    tar_size: int
    """Bytes of the uncompressed layer."""
    stored: int
    """Bytes that the cache takes for it."""
    used: int
    """Seconds since the epoch, an hour before the last use at worst."""
