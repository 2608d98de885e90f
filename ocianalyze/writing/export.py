"""A merged file system as one tar: every name in order of path, each layer read once from front to back.

All sizes are known before a byte of content is read. So headers are written in order first, and the contents, in
the order in which layers store them, each to the place that is kept for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO, NamedTuple

from ocianalyze.contents.contents import Contents
from ocianalyze.model.entry import Entry, EntryKind
from ocianalyze.model.placed import Placed
from ocianalyze.tar.header import BLOCK
from ocianalyze.tar.sparse import Runs
from ocianalyze.tar.writer import END, member_header, padding


def export(contents: Contents, placed: Sequence[Placed], out: BinaryIO) -> int:
    """Write *placed*, parents first, to *out*, which can seek and is at its end; the bytes written.

    The first name of a hard-linked file has its content, the others are links to that. A root that no layer has an
    entry for is left out.
    """
    start = out.tell()
    first: dict[tuple[int, int], str] = {}
    wanted: dict[int, list[_Waiting]] = {}
    for one in placed:
        if not one.path and one.stored_at is None:
            continue
        if one.stored_at is not None and one.entry.kind is not EntryKind.DIRECTORY:
            name = first.setdefault(one.stored_at, one.path)
            if name != one.path:
                out.write(member_header(one, link_to=name))
                continue
        runs = _whole_blocks(one.entry)
        out.write(member_header(one._replace(entry=one.entry._replace(sparse=runs))))
        if one.entry.kind is EntryKind.FILE:
            wanted.setdefault(one.layer, []).append(_Waiting(one.entry, runs, out.tell()))
            size = one.entry.size if runs is None else sum(length for _, length in runs)
            out.seek(size + padding(size), 1)
    out.write(END)
    end = out.tell()
    for layer, files in sorted(wanted.items()):
        files.sort(key=lambda one: one.entry.offset)
        passed = contents.in_order(layer, [waiting.entry for waiting in files])
        for waiting, (_, pieces) in zip(files, passed, strict=True):
            for position, data in pieces:
                out.seek(waiting.place_of(position))
                out.write(data)
    out.seek(end)
    return end - start


class _Waiting(NamedTuple):
    """A file whose header is written and whose content is not."""

    entry: Entry
    runs: Runs | None
    """What is written of it; None for all of a file without holes."""
    place: int
    """Where in the tar its content begins."""

    def place_of(self, position: int) -> int:
        """Where in the tar the byte at *position* of the file belongs."""
        stored = 0
        for offset, length in self.runs or ():
            if position < offset + length:
                return self.place + stored + position - offset
            stored += length
        return self.place + position


def _whole_blocks(entry: Entry) -> Runs | None:
    """The runs of a sparse file, widened to whole blocks: GNU tar reads each run from the start of a block."""
    if entry.sparse is None or all(length % BLOCK == 0 for _, length in entry.sparse[:-1]):
        return entry.sparse
    runs: list[tuple[int, int]] = []
    for offset, length in entry.sparse:
        begin, end = offset - offset % BLOCK, min(offset + length + padding(offset + length), entry.size)
        if runs and begin <= sum(runs[-1]):
            begin = runs.pop()[0]
        runs.append((begin, end - begin))
    return tuple(runs)
