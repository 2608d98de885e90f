"""Files and changes, a line each: rows for JSON lines, and columns for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

import msgspec

from ocianalyze.analysis.query.find import Match
from ocianalyze.analysis.union.lookup import Listed
from ocianalyze.model.entry import Entry, EntryKind
from ocianalyze.model.image import Layer
from ocianalyze.model.instruction import instruction
from ocianalyze.report import words
from ocianalyze.report.layout import painter
from ocianalyze.report.values.listings import FileRow
from ocianalyze.report.values.report import ChangeRow

_NAME_STYLES = {EntryKind.DIRECTORY: "bold blue", EntryKind.SYMLINK: "cyan", EntryKind.FILE: ""}
_CHANGE_STYLES = {"added": "green", "removed": "red", "unchanged": "dim"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What a listing shows beside the usual."""

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
            mode=f"{entry.mode:04o}",
            uid=entry.uid,
            gid=entry.gid,
            mtime=_seconds(entry.mtime_ns) if node.entry else None,
            link_target=entry.link_target if entry.kind is EntryKind.SYMLINK else None,
            nlink=nlink,
            layer=node.stored_at.layer if node.stored_at else None,
            sha256=_hex(entry) if columns.digest else msgspec.UNSET,
            total=msgspec.UNSET if columns.totals is None else columns.totals.get(path, 0),
            user=entry.uname if columns.long else msgspec.UNSET,
            group=entry.gname if columns.long else msgspec.UNSET,
            xattrs=[name for name, _ in entry.xattrs] if columns.long else msgspec.UNSET,
        )


def write_files(found: Sequence[Listed], out: TextIO, columns: Columns = PLAIN) -> None:
    """*found* for people, much as `ls -l` would: mode, links, owner, size, time, layer, name."""
    paint = painter(out)
    cells = [_file_cells(listed, columns) for listed in found]
    header = [("Mode", "Links", "Owner", "Size", "Modified (UTC)", "Layer")] if out.isatty() else []
    widths = [max(map(len, column)) for column in zip(*header, *cells, strict=True)]
    for mode, nlink, owner, size, time, layer in header:
        named = f"{mode:<10} {nlink} {owner:<{widths[2]}} {size:>{widths[3]}} {time:<{widths[4]}} {layer} Name"
        out.write(paint(named, "dim") + "\n")
    for (path, node, _), (mode, nlink, owner, size, time, layer) in zip(found, cells, strict=True):
        entry = node.header
        out.write(
            f"{mode} {nlink:>{widths[1]}} {owner:<{widths[2]}} {size:>{widths[3]}} {time:>{widths[4]}} "
            f"{paint(f'{layer:>{widths[5]}}', 'dim')} "
        )
        if columns.digest:
            out.write((_hex(entry) or "-").ljust(64) + " ")
        slash = "/" if entry.kind is EntryKind.DIRECTORY else ""
        out.write(paint(words.safe_name(f"/{path}{slash}"), _NAME_STYLES.get(entry.kind, "yellow")))
        if entry.kind is EntryKind.SYMLINK:
            out.write(f" -> {words.safe_name(entry.link_target)}")
        if columns.long and entry.xattrs:
            out.write(paint(f" [{words.safe_name(', '.join(name for name, _ in entry.xattrs))}]", "dim"))
        out.write("\n")


def match_rows(found: Iterable[Match]) -> Iterator[FileRow]:
    """*found* as rows, with the change that each was found by."""
    found = list(found)
    for match, row in zip(found, file_rows(_listed(found)), strict=True):
        if match.change is None:
            yield row
        else:
            yield msgspec.structs.replace(row, change=match.change.kind, changed_by=match.change.layer)


def write_matches(found: Sequence[Match], out: TextIO, *, long: bool = False) -> None:
    """*found* for people: a path a line, or with *long* as a listing."""
    if long:
        write_files(_listed(found), out)
        return
    paint = painter(out)
    for match in found:
        out.write(words.safe_name("/" + match.path))
        if match.change is not None:
            out.write(paint(f" ({match.change.kind.value} by layer {match.change.layer})", "dim"))
        out.write("\n")


def _listed(found: Sequence[Match]) -> list[Listed]:
    """*found* as a listing takes it; names are counted among what was found."""
    names = Counter((match.node.stored_at, match.change) for match in found if match.node.children is None)
    return [
        Listed(match.path, match.node, names[match.node.stored_at, match.change] if match.node.children is None else 1)
        for match in found
    ]


def write_changes(changes: Iterable[ChangeRow], layers: Sequence[Layer], out: TextIO) -> None:
    """*changes* for people, under the layer that made them."""
    paint = painter(out)
    shown: int | None = None
    for change in changes:
        if change.layer != shown:
            out.write("" if shown is None else "\n")
            shown = change.layer
            said = words.safe_name(instruction(layers[shown].history)) or "(no history)"
            out.write(paint(f"layer {shown}  {said}", "bold") + "\n")
        delta = change.size_after - change.size_before
        sized = words.signed_size(delta) if change.size_after or change.size_before else ""
        kind = change.kind.value
        out.write(f"  {paint(f'{kind:<9}', _CHANGE_STYLES.get(kind, 'yellow'))} {sized:>9}  ")
        out.write(words.safe_name(f"/{change.path}"))
        out.write(paint(f" ({', '.join(change.aspects)})", "dim") if change.aspects else "")
        out.write("\n")


def _file_cells(listed: Listed, columns: Columns) -> tuple[str, str, str, str, str, str]:
    entry = listed.node.header
    sized = words.number if columns.long else words.size
    owner = (entry.uname or str(entry.uid), entry.gname or str(entry.gid)) if columns.long else (entry.uid, entry.gid)
    if entry.device:
        size = "{},{}".format(*entry.device)
    elif columns.totals is not None and entry.kind is EntryKind.DIRECTORY:
        size = sized(columns.totals.get(listed.path, 0))
    else:
        size = "-" if entry.kind in {EntryKind.DIRECTORY, EntryKind.SYMLINK, EntryKind.FIFO} else sized(entry.size)
    return (
        words.mode(entry),
        str(listed.nlink),
        words.safe_name("{}:{}".format(*owner)),
        size,
        words.clock(entry.mtime_ns, exact=columns.long) if listed.node.entry else "-",
        str(listed.node.stored_at.layer) if listed.node.stored_at else "-",
    )


def _seconds(nanoseconds: int) -> int | float:
    whole, rest = divmod(nanoseconds, 1_000_000_000)
    return nanoseconds / 1e9 if rest else whole


def _hex(entry: Entry) -> str | None:
    return entry.content.hex() if entry.content else None
