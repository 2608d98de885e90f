"""The numbers of an earlier image, which a newer image may exceed by no more than its rules allow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.analysis.waste.waste import WasteReport


class Increase(NamedTuple):
    """The numbers of a newer image less those of its baseline; negative where the newer image has less."""

    size: int
    """Bytes of the merged view."""
    ratio: float
    """The same, of the baseline's."""
    wasted: int
    files: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The numbers of an earlier image, or of the image that a change starts from."""

    source: str
    """The report or archive that the numbers come from."""
    size: int
    """Bytes of the merged view, each hard-linked file once."""
    wasted: int
    files: int
    """Names of regular files in the merged view."""
    wasted_paths: Mapping[str, int]
    """Bytes wasted at each path; may lack the small ones where an earlier report does."""

    def growth(self, analysis: Analysis) -> Increase:
        """The numbers of *analysis* less those of this baseline."""
        size = analysis.waste.live - self.size
        return Increase(
            size=size,
            ratio=size / self.size if self.size else float(size > 0),
            wasted=analysis.waste.wasted - self.wasted,
            files=count_files(analysis) - self.files,
        )

    def newly_wasted(self, waste: WasteReport) -> list[str]:
        """Paths that waste more than they did, those that grew the most first."""
        grown = ((self.wasted_paths.get(one.path, 0) - one.wasted, one.path) for one in waste.paths)
        return [path for more, path in sorted(grown) if more < 0]


def baseline_of(analysis: Analysis) -> Baseline:
    """The numbers of *analysis*, for newer images to be held to."""
    return Baseline(
        source=analysis.image.source,
        size=analysis.waste.live,
        wasted=analysis.waste.wasted,
        files=count_files(analysis),
        wasted_paths={one.path: one.wasted for one in analysis.waste.paths},
    )


def count_files(analysis: Analysis) -> int:
    """Names of regular files in the merged view."""
    return sum(1 for _ in analysis.tree.files())
