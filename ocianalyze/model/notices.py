"""A collector of notices that a hostile image cannot flood."""

from __future__ import annotations

from collections import Counter

from ocianalyze.model.finding import Finding, Level

PER_CODE = 50
"""How many notices of one code are kept word for word."""


class Notices:
    """Collects notices; past `PER_CODE` of one code it only counts, and says so once at the end."""

    def __init__(self) -> None:
        self._kept: list[Finding] = []
        self._counts: Counter[str] = Counter()

    def copy(self) -> Notices:
        """The same notices, to go on from in another way."""
        twin = Notices()
        twin._kept, twin._counts = list(self._kept), Counter(self._counts)
        return twin

    def add(
        self,
        code: str,
        message: str,
        *,
        level: Level = Level.WARNING,
        layer: int | None = None,
        path: str | None = None,
    ) -> None:
        """Keep one notice, or count it."""
        paths = () if path is None else (path,)
        self.take(Finding(code=code, message=message, level=level, layer=layer, paths=paths))

    def take(self, notice: Finding) -> None:
        """Keep *notice*, or count it."""
        self._counts[notice.code] += 1
        if self._counts[notice.code] <= PER_CODE:
            self._kept.append(notice)

    def freeze(self) -> tuple[Finding, ...]:
        """All notices in the order in which they came, then one for each code that was cut."""
        cut = [
            Finding(code=code, message=f"{count - PER_CODE:,} more of this kind are not listed")
            for code, count in self._counts.items()
            if count > PER_CODE
        ]
        return (*self._kept, *cut)
