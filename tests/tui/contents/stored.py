"""Files whose contents the test gives, and small archives to put into them."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable, Iterator

from ocianalyze.layers.reader import Piece
from ocianalyze.model.entry import Entry
from ocianalyze.tui.contents.pages import PagedFile
from ocianalyze.tui.contents.versions import Version
from tests.builders import file


class Stored:
    """Contents by path; counts what is read."""

    def __init__(self, contents: dict[str, bytes]) -> None:
        self.contents = contents
        self.reads: list[tuple[int, int | None]] = []

    def read(self, layer: int, entry: Entry, *, start: int = 0, length: int | None = None) -> bytes:
        self.reads.append((start, length))
        data = self.contents[entry.path]
        return data[start:] if length is None else data[start : start + length]

    def in_order(self, layer: int, entries: Iterable[Entry]) -> Iterator[tuple[Entry, Iterator[Piece]]]:
        for entry in entries:
            data = self.read(layer, entry)
            yield entry, iter([Piece(0, data)] if data else [])

    def close(self) -> None:
        """Nothing is open."""


def document(data: bytes, path: str = "a", mode: int = 0o644) -> PagedFile:
    entry = file(path, data, mode=mode)
    return PagedFile(Stored({path: data}), Version(path=path, since=0, layer=0, entry=entry))


def tar_of(*names: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = 3
            tar.addfile(info, io.BytesIO(b"abc"))
    return out.getvalue()


def ar_of(*members: tuple[bytes, bytes]) -> bytes:
    out = b"!<arch>\n"
    for name, data in members:
        out += b"%-16s%-12d%-6d%-6d%-8o%-10d`\n" % (name, 0, 0, 0, 0o100644, len(data)) + data + b"\n" * (len(data) % 2)
    return out
