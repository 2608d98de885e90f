"""The documents that formats write: a report, a comparison and a listing, each with the parts that only some show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TextIO

if TYPE_CHECKING:
    from ocianalyze.report.values.blocks import Row
    from ocianalyze.report.values.change import ChangeRow
    from ocianalyze.report.values.diff import DiffReport
    from ocianalyze.report.values.report import Report
    from ocianalyze.report.values.sizemap import SizeMap


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDocument:
    """The report on one image."""

    kind: ClassVar[str] = "report"
    report: Report
    maps: Callable[[], tuple[SizeMap, SizeMap]]
    """The map of the merged view and the map of the waste, made when they are asked for."""
    changes: Callable[[], Iterable[ChangeRow]] | None = None
    """Every change of every layer, made one by one when they are asked for; None where nobody wants them."""
    top: int | None = None
    """How many wasted paths and largest files text shows; None for as many as fit on a screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonDocument:
    """The report on two images."""

    kind: ClassVar[str] = "comparison"
    report: DiffReport
    top: int | None = None
    """How many paths text shows; None for as many as fit on a screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Rows of one type, and how they are laid out for people."""

    kind: ClassVar[str] = "listing"
    row_type: type[Row]
    rows: Iterable[Row]
    """Read once, as they come."""
    write_text: Callable[[TextIO], None]


Document = ReportDocument | ComparisonDocument | Listing
