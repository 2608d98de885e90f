"""Notices of a replay, so many of a code and no more: a hostile image has a million oddities to tell of."""

from __future__ import annotations

from ocianalyze.model.image import Notice

MOST_PER_CODE = 200


class NoticeLog:
    """Collects notices; past `MOST_PER_CODE` of one code it only counts."""

    __slots__ = ("_counts", "_notices")

    def __init__(self) -> None:
        self._notices: list[Notice] = []
        self._counts: dict[str, int] = {}

    def add(self, code: str, message: str, *, layer: int, path: str) -> None:
        """Note an oddity at *path* in *layer*."""
        count = self._counts[code] = self._counts.get(code, 0) + 1
        if count <= MOST_PER_CODE:
            self._notices.append(Notice(code=code, message=message, layer=layer, path=path))

    def loop(self, path: str, *, layer: int) -> None:
        """Note that the symbolic links in *path* lead nowhere."""
        self.add("symlink-loop", "its symbolic links form a loop, or are too many", layer=layer, path=path)

    def all(self) -> tuple[Notice, ...]:
        """The notices in the order of adding, then one for each code that had too many."""
        rest = [
            Notice(code=code, message=f"{count - MOST_PER_CODE:,} more of this kind are not listed")
            for code, count in self._counts.items()
            if count > MOST_PER_CODE
        ]
        return (*self._notices, *rest)
