"""Files and changes, a line each: rows for JSON lines, and columns for people."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

import msgspec

from ocianalyze.analysis.lookup import Listed
from ocianalyze.model.entry import Entry, EntryKind
from ocianalyze.model.image import Layer
from ocianalyze.model.instruction import instruction
from ocianalyze.report import words
from ocianalyze.report.document import ChangeRow, Row
from ocianalyze.report.layout import painter

_TYPE_BITS = {
    EntryKind.FILE: stat.S_IFREG,
    EntryKind.DIRECTORY: stat.S_IFDIR,
    EntryKind.SYMLINK: stat.S_IFLNK,
    EntryKind.CHAR_DEVICE: stat.S_IFCHR,
    EntryKind.BLOCK_DEVICE: stat.S_IFBLK,
    EntryKind.FIFO: stat.S_IFIFO,
}
_NAME_STYLES = {EntryKind.DIRECTORY: "bold blue", EntryKind.SYMLINK: "cyan", EntryKind.FILE: ""}
_CHANGE_STYLES = {"added": "green", "removed": "red", "unchanged": "dim"}


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


def file_rows(found: Iterable[Listed], *, digest: bool = False) -> Iterator[FileRow]:
    """*found* as rows; with *digest*, Entry.content must be SHA-256."""
    for path, node, nlink in found:
        entry = node.entry or _implied(path)
        row = FileRow(
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
            sha256=msgspec.UNSET,
        )
        yield msgspec.structs.replace(row, sha256=_hex(entry)) if digest else row


def write_files(found: Sequence[Listed], out: TextIO, *, digest: bool = False) -> None:
    """*found* for people, much as `ls -l` would: mode, links, owner, size, time, layer, name."""
    paint = painter(out)
    cells = [_file_cells(listed) for listed in found]
    header = [("Mode", "Links", "Owner", "Size", "Modified (UTC)", "Layer")] if out.isatty() else []
    widths = [max(map(len, column)) for column in zip(*header, *cells, strict=True)]
    for mode, nlink, owner, size, time, layer in header:
        named = f"{mode:<10} {nlink} {owner:<{widths[2]}} {size:>{widths[3]}} {time:<{widths[4]}} {layer} Name"
        out.write(paint(named, "dim") + "\n")
    for (path, node, _), (mode, nlink, owner, size, time, layer) in zip(found, cells, strict=True):
        entry = node.entry or _implied(path)
        out.write(
            f"{mode} {nlink:>{widths[1]}} {owner:<{widths[2]}} {size:>{widths[3]}} {time:>{widths[4]}} "
            f"{paint(f'{layer:>{widths[5]}}', 'dim')} "
        )
        if digest:
            out.write((_hex(entry) or "-").ljust(64) + " ")
        slash = "/" if entry.kind is EntryKind.DIRECTORY else ""
        out.write(paint(words.safe_name(f"/{path}{slash}"), _NAME_STYLES.get(entry.kind, "yellow")))
        if entry.kind is EntryKind.SYMLINK:
            out.write(f" -> {words.safe_name(entry.link_target)}")
        out.write("\n")


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


def _file_cells(listed: Listed) -> tuple[str, str, str, str, str, str]:
    entry = listed.node.entry or _implied(listed.path)
    size = "{},{}".format(*entry.device) if entry.device else words.size(entry.size)
    return (
        stat.filemode(_TYPE_BITS.get(entry.kind, 0) | entry.mode),
        str(listed.nlink),
        f"{entry.uid}:{entry.gid}",
        "-" if entry.kind in {EntryKind.DIRECTORY, EntryKind.SYMLINK, EntryKind.FIFO} else size,
        words.clock(entry.mtime_ns) if listed.node.entry else "-",
        str(listed.node.stored_at.layer) if listed.node.stored_at else "-",
    )


def _implied(path: str) -> Entry:
    """What a runtime makes where an entry's parents have none themselves."""
    return Entry(path, EntryKind.DIRECTORY, 0, 0o755, 0, 0, 0)


def _seconds(nanoseconds: int) -> int | float:
    whole, rest = divmod(nanoseconds, 1_000_000_000)
    return nanoseconds / 1e9 if rest else whole


def _hex(entry: Entry) -> str | None:
    return entry.content.hex() if entry.content else None
