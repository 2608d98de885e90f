"""The content of one version of a file, read a page at a time."""

from __future__ import annotations

import threading
from collections import OrderedDict

from ocianalyze.tui.contents.source import ContentSource
from ocianalyze.tui.contents.versions import Version

PAGE = 1 << 18
"""Bytes that are read and kept at once."""
_KEPT_PAGES = 64


class PagedFile:
    """One version's bytes in pages, the latest of which are kept."""

    def __init__(self, source: ContentSource, version: Version) -> None:
        self.version = version
        self.size = version.entry.size
        self._source = source
        self._pages: OrderedDict[int, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def page(self, number: int) -> bytes:
        """Page *number*, read unless the page is kept."""
        kept = self.kept(number)
        if kept is not None:
            return kept
        version = self.version
        data = self._source.read(version.layer, version.entry, start=number * PAGE, length=PAGE)
        with self._lock:
            self._pages[number] = data
            while len(self._pages) > _KEPT_PAGES:
                self._pages.popitem(last=False)
        return data

    def kept(self, number: int) -> bytes | None:
        """Page *number*, if the page is kept."""
        with self._lock:
            data = self._pages.get(number)
            if data is not None:
                self._pages.move_to_end(number)
            return data

    def read(self, start: int, length: int) -> bytes:
        """Bytes from *start*, as many as there are up to *length*."""
        parts = [self.page(number) for number in pages_of(start, length, self.size)]
        skip = start % PAGE
        return b"".join(parts)[skip : skip + length]

    def read_kept(self, start: int, length: int) -> bytes | None:
        """The bytes that `read` gives, from kept pages alone; None if a page is not kept."""
        parts = [self.kept(number) for number in pages_of(start, length, self.size)]
        if any(part is None for part in parts):
            return None
        skip = start % PAGE
        return b"".join(part for part in parts if part is not None)[skip : skip + length]


def pages_of(start: int, length: int, size: int) -> range:
    """Numbers of the pages that hold a part of a file of *size* bytes."""
    end = min(start + length, size)
    return range(start // PAGE, (end - 1) // PAGE + 1) if end > start else range(0)
