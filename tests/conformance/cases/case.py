"""What a row is, and whom rows cite."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ocianalyze.analysis.waste.waste import WasteCause
from ocianalyze.model.entry import Entry

MB: Final = 1_000_000
DIR: Final = "DIR"
WHITEOUTS: Final = "image-spec, layer.md, Whiteouts"
OPAQUE: Final = "image-spec, layer.md, Opaque Whiteout"
CHANGESETS: Final = "image-spec, layer.md, Change Types"
HARDLINKS: Final = "image-spec, layer.md, Hardlinks"
RUNTIMES: Final = "what containerd, moby and umoci do"

Expected = dict[str, int | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One row."""

    name: str
    layers: tuple[tuple[Entry, ...], ...]
    expected: Expected
    source: str
    wasted: dict[WasteCause, int]
    notices: tuple[str, ...]
    changes: tuple[str, ...] | None
    """Of the last layer, as `kind path aspects`; None where the row is about something else."""


def case(
    name: str,
    *layers: tuple[Entry, ...],
    expected: Expected,
    source: str = WHITEOUTS,
    wasted: dict[WasteCause, int] | None = None,
    notices: tuple[str, ...] = (),
    changes: tuple[str, ...] | None = None,
) -> Case:
    return Case(
        name=name,
        layers=layers,
        expected=expected,
        source=source,
        wasted=wasted or {},
        notices=notices,
        changes=changes,
    )
