"""Files and changes, a line each: rows for JSON lines, and columns for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TextIO

from ocianalyze.analysis.query.find import Match
from ocianalyze.analysis.union.lookup import Listed
from ocianalyze.model.entry import EntryKind
from ocianalyze.model.image import Layer
from ocianalyze.model.instruction import instruction
from ocianalyze.report import words
from ocianalyze.report.compose.files import PLAIN, Columns, content_hex, file_rows, listed, match_rows
from ocianalyze.report.layout import painter
from ocianalyze.report.values.change import ChangeRow
from ocianalyze.report.values.documents import Listing
from ocianalyze.report.values.listings import FileRow

_NAME_STYLES = {EntryKind.DIRECTORY: "bold blue", EntryKind.SYMLINK: "cyan", EntryKind.FILE: ""}
_CHANGE_STYLES = {"added": "green", "removed": "red", "unchanged": "dim"}


def file_listing(found: Sequence[Listed], columns: Columns = PLAIN) -> Listing:
    """*found* with the *columns* that were asked for."""
    return Listing(
        row_type=FileRow, rows=file_rows(found, columns), write_text=lambda out: _write_listing(found, out, columns)
    )


def match_listing(found: Sequence[Match], *, long: bool = False) -> Listing:
    """The files that `find` found: for people a path a line, or with *long* as `ls` lists them."""

    def write_text(out: TextIO) -> None:
        if long:
            _write_files(listed(found), out, PLAIN)
        else:
            _write_matches(found, out)

    return Listing(row_type=FileRow, rows=match_rows(found), write_text=write_text)


def change_listing(changes: Iterable[ChangeRow], layers: Sequence[Layer]) -> Listing:
    """*changes*, for people under the layer that made them."""
    return Listing(row_type=ChangeRow, rows=changes, write_text=lambda out: _write_changes(changes, layers, out))


def _write_listing(found: Sequence[Listed], out: TextIO, columns: Columns) -> None:
    """The columns on a terminal, and wherever some were asked for; names alone for another program."""
    if out.isatty() or columns != PLAIN:
        _write_files(found, out, columns)
    else:
        out.writelines(words.safe_name("/" + one.path) + "\n" for one in found)


def _write_files(found: Sequence[Listed], out: TextIO, columns: Columns) -> None:
    """Much as `ls -l` would: mode, links, owner, size, time, layer, name."""
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
            out.write((content_hex(entry) or "-").ljust(64) + " ")
        slash = "/" if entry.kind is EntryKind.DIRECTORY else ""
        out.write(paint(words.safe_name(f"/{path}{slash}"), _NAME_STYLES.get(entry.kind, "yellow")))
        if entry.kind is EntryKind.SYMLINK:
            out.write(f" -> {words.safe_name(entry.link_target)}")
        if columns.long and entry.xattrs:
            out.write(paint(f" [{words.safe_name(', '.join(name for name, _ in entry.xattrs))}]", "dim"))
        out.write("\n")


def _write_matches(found: Sequence[Match], out: TextIO) -> None:
    paint = painter(out)
    for match in found:
        out.write(words.safe_name("/" + match.path))
        if match.change is not None:
            out.write(paint(f" ({match.change.kind.value} by layer {match.change.layer})", "dim"))
        out.write("\n")


def _write_changes(changes: Iterable[ChangeRow], layers: Sequence[Layer], out: TextIO) -> None:
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
