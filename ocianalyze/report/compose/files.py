"""Rows of files: of a listing of the merged file system, and of the files that were found in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from ocianalyze.analysis.query.find import Match
from ocianalyze.analysis.union.lookup import Listed
from ocianalyze.model.entry import Entry, EntryKind
from ocianalyze.report.values.listings import FileRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns of a listing beside the usual ones."""

    digest: bool = False
    """Entry.content must be SHA-256 then."""
    long: bool = False
    """Exact sizes and times, owners by name, extended attributes."""
    totals: Mapping[str, int] | None = None
    """Bytes below each path."""


PLAIN = Columns()


def file_rows(found: Iterable[Listed], columns: Columns = PLAIN) -> Iterator[FileRow]:
    """*found* as rows."""
    for path, node, nlink in found:
        entry = node.header
        yield FileRow(
            path=path,
            type=entry.kind,
            size=entry.size,
            mode=entry.octal_mode,
            uid=entry.uid,
            gid=entry.gid,
            mtime=_seconds(entry.mtime_ns) if node.entry else None,
            link_target=entry.link_target if entry.kind is EntryKind.SYMLINK else None,
            nlink=nlink,
            layer=node.stored_at.layer if node.stored_at else None,
            sha256=content_hex(entry) if columns.digest else msgspec.UNSET,
            total=msgspec.UNSET if columns.totals is None else columns.totals.get(path, 0),
            user=entry.uname if columns.long else msgspec.UNSET,
            group=entry.gname if columns.long else msgspec.UNSET,
            xattrs=[name for name, _ in entry.xattrs] if columns.long else msgspec.UNSET,
        )


def match_rows(found: Iterable[Match]) -> Iterator[FileRow]:
    """*found* as rows, with the change that each was found by."""
    found = list(found)
    for match, row in zip(found, file_rows(listed(found)), strict=True):
        if match.change is None:
            yield row
        else:
            yield msgspec.structs.replace(row, change=match.change.kind, changed_by=match.change.layer)


def listed(found: Sequence[Match]) -> list[Listed]:
    """*found* as a listing takes it, with how many of the names in it show the same file."""
    names = Counter((match.node.stored_at, match.change) for match in found if match.node.children is None)
    return [
        Listed(match.path, match.node, names[match.node.stored_at, match.change] if match.node.children is None else 1)
        for match in found
    ]


def content_hex(entry: Entry) -> str | None:
    """The digest of the content of a file; None for what has none."""
    return entry.content.hex() if entry.content else None


def _seconds(nanoseconds: int) -> int | float:
    whole, rest = divmod(nanoseconds, 1_000_000_000)
    return nanoseconds / 1e9 if rest else whole
