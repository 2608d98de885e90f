"""A merged file system as one tar: every name in order of path, each layer read once from front to back.

All sizes are known before a byte of content is read. So headers are written in order first, and the contents, in
the order in which layers store them, each to the place that is kept for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from ocianalyze.contents.contents import Contents
from ocianalyze.model.entry import EntryKind
from ocianalyze.model.placed import Placed
from ocianalyze.tar.writer import END, member_header, padding


def export(contents: Contents, placed: Sequence[Placed], out: BinaryIO) -> int:
    """Write *placed*, parents first, to *out*, which can seek and is at its end; the bytes written.

    The first name of a hard-linked file has its content, the others are links to that. A root that no layer has an
    entry for is left out.
    """
    start = out.tell()
    first: dict[tuple[int, int], str] = {}
    wanted: dict[int, list[tuple[Placed, int]]] = {}
    for one in placed:
        if not one.path and one.stored_at is None:
            continue
        if one.stored_at is not None and one.entry.kind is not EntryKind.DIRECTORY:
            name = first.setdefault(one.stored_at, one.path)
            if name != one.path:
                out.write(member_header(one, link_to=name))
                continue
        out.write(member_header(one))
        if one.entry.kind is EntryKind.FILE:
            wanted.setdefault(one.layer, []).append((one, out.tell()))
            size = stored_size(one)
            out.seek(size + padding(size), 1)
    out.write(END)
    end = out.tell()
    for layer, files in sorted(wanted.items()):
        files.sort(key=lambda item: item[0].entry.offset)
        passed = contents.in_order(layer, [one.entry for one, _ in files])
        for (_, place), (_, pieces) in zip(files, passed, strict=True):
            out.seek(place)
            for _, data in pieces:
                out.write(data)
    out.seek(end)
    return end - start


def stored_size(one: Placed) -> int:
    """Bytes of the content of a file as it is stored: a sparse one without its holes."""
    return one.entry.size if one.entry.sparse is None else sum(length for _, length in one.entry.sparse)
