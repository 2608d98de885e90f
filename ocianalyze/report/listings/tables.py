"""Listings in trees and tables, and the history of a path."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TextIO

from rich.text import Text

from ocianalyze.analysis.union.changes import ChangeKind
from ocianalyze.model.entry import EntryKind
from ocianalyze.report import words
from ocianalyze.report.layout import Cut, console_for, painter, path_cell, show, table
from ocianalyze.report.values.documents import Listing
from ocianalyze.report.values.listings import BuildStepRow, DuplicateRow, EventRow, UsageRow

_PAIR, _LAST, _PASSING, _NOTHING = "├── ", "└── ", "│   ", "    "
_WIDE = 130
"""Columns from which the history shows diff IDs, chain IDs and comments too."""
_STYLES = {ChangeKind.ADDED: "green", ChangeKind.REMOVED: "red", ChangeKind.UNCHANGED: "dim"}


def tree_listing(rows: Sequence[UsageRow]) -> Listing:
    """*rows*, parents first: for people a tree with the size of each name in front. Its first row is the top."""
    return Listing(row_type=UsageRow, rows=rows, write_text=lambda out: _write_tree(rows, out))


def largest_listing(rows: Sequence[UsageRow], *, directories: bool) -> Listing:
    """The largest files, or *directories* with how many files each holds."""
    return Listing(row_type=UsageRow, rows=rows, write_text=lambda out: _write_largest(rows, out, files=directories))


def duplicate_listing(rows: Sequence[DuplicateRow], *, hidden: int = 0) -> Listing:
    """Contents that are stored more than once; *hidden* is how many more there are."""
    return Listing(row_type=DuplicateRow, rows=rows, write_text=lambda out: _write_duplicates(rows, out, hidden))


def event_listing(path: str, rows: Sequence[EventRow]) -> Listing:
    """The history of *path*."""
    return Listing(row_type=EventRow, rows=rows, write_text=lambda out: _write_events(path, rows, out))


def step_listing(rows: Sequence[BuildStepRow]) -> Listing:
    """The steps of a build: for people as `docker history` lays them out, with both sizes and digests."""
    return Listing(row_type=BuildStepRow, rows=rows, write_text=lambda out: _write_steps(rows, out))


def _write_tree(rows: Sequence[UsageRow], out: TextIO) -> None:
    paint = painter(out)
    is_last = _last_ones(rows)
    branches: list[str] = []
    for row, last in zip(rows, is_last, strict=True):
        del branches[max(row.depth - 1, 0) :]
        stem = "".join(branches) + ((_LAST if last else _PAIR) if row.depth else "")
        if row.depth:
            branches.append(_NOTHING if last else _PASSING)
        name = words.safe_name(row.path.rpartition("/")[2] if row.depth else "/" + row.path)
        if row.type is EntryKind.DIRECTORY:
            name = paint(name.rstrip("/") + "/", "bold blue")
        out.write(f"{words.size(row.size):>9}  {paint(stem, 'dim')}{name}\n")


def _last_ones(rows: Sequence[UsageRow]) -> list[bool]:
    """Whether each row is the last of its siblings."""
    result = [False] * len(rows)
    seen: list[bool] = []  # by depth: whether a sibling comes later
    for index in range(len(rows) - 1, -1, -1):
        depth = rows[index].depth
        del seen[depth + 1 :]
        seen += [False] * (depth + 1 - len(seen))
        result[index] = not seen[depth]
        seen[depth] = True
    return result


def _write_largest(rows: Sequence[UsageRow], out: TextIO, *, files: bool) -> None:
    result = table(">Size", *([">Files"] if files else []), "Path")
    for row in rows:
        counts = [words.number(row.files)] if files else []
        result.add_row(words.size(row.size), *counts, path_cell(row.path))
    show(console_for(out), out, result)


def _write_duplicates(rows: Sequence[DuplicateRow], out: TextIO, hidden: int) -> None:
    """Each content with its copies below it."""
    paint = painter(out)
    for row in rows:
        head = f"{words.size(row.saved)} to save: {row.copies} copies of {words.size(row.size)}"
        out.write(paint(head, "bold") + "\n")
        for names, layer in zip(row.paths, row.layers, strict=True):
            first, *others = names
            more = f" ({words.more(len(others), 'link', kind='hard')})" if others else ""
            out.write(f"  {paint(f'layer {layer:<3}', 'dim')} {words.safe_name('/' + first)}{paint(more, 'dim')}\n")
    if not rows:
        out.write("no content is stored more than once\n")
    if hidden:
        out.write(words.more(hidden, "content") + "\n")


def _write_events(path: str, rows: Sequence[EventRow], out: TextIO) -> None:
    paint = painter(out)
    out.write(paint(words.safe_name("/" + path), "bold") + "\n")
    for row in rows:
        what = row.kind.value + (f" ({', '.join(row.aspects)})" if row.aspects else "")
        cost = _cost(row)
        out.write(f"layer {row.layer:<3} {paint(what, _STYLES.get(row.kind, 'yellow'))}{cost}\n")
        if row.instruction:
            out.write("          " + paint(words.cut(words.safe_name(row.instruction), 110), "dim") + "\n")
    stored, wasted = sum(row.stored for row in rows), sum(row.wasted for row in rows)
    if stored:
        out.write(f"{words.size(stored)} stored, {words.size(stored - wasted)} live, {words.size(wasted)} wasted\n")


def _cost(row: EventRow) -> str:
    below = f", {words.counted(row.below, 'change')} below it" if row.below else ""
    if row.kind is ChangeKind.REMOVED:
        return below
    if row.killed_by is not None and row.cause is not None:
        hidden = f"wasted since layer {row.killed_by} ({words.cause(row.cause.value)})"
        return f", {words.size(row.stored)} {hidden}" + below
    if row.stored:
        return f", {words.size(row.stored)} live{below}"
    linked = " as a hard link" if row.type is EntryKind.FILE and row.size else ""
    return linked + below


def _write_steps(rows: Sequence[BuildStepRow], out: TextIO) -> None:
    console = console_for(out)
    ids: dict[str, Callable[[BuildStepRow], str | None]] = {"Diff ID": lambda row: row.diff_id}
    if any(row.digest for row in rows):
        ids = {"Digest": lambda row: row.digest}
    comments = console.width >= _WIDE and any(row.comment for row in rows)
    if console.width >= _WIDE:
        ids |= {"Diff ID": lambda row: row.diff_id, "Chain ID": lambda row: row.chain_id}
    result = table(">Layer", "Created (UTC)", "Instruction", ">Size", ">Blob", *ids, *(["Comment"] if comments else []))
    for row in rows:
        has_layer = row.layer is not None
        result.add_row(
            "" if row.layer is None else str(row.layer),
            Text(words.moment(row.created).removesuffix(" UTC"), no_wrap=True),
            Cut(row.instruction or "(no history)", "" if has_layer else "dim"),
            words.size(row.size) if has_layer else "",
            words.size(row.blob_size) if has_layer else "",
            *(Text(_short(digest(row)), "dim", no_wrap=True) for digest in ids.values()),
            *([Cut(row.comment or "", "dim")] if comments else []),
        )
    show(console, out, result)


def _short(digest: str | None) -> str:
    return words.safe_name(digest.partition(":")[2][:12]) if digest else ""
