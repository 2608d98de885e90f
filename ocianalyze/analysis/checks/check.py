"""A check: one object with its code, its documentation, its search and its advice."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.analysis.waste.waste import WasteCause
from ocianalyze.model.finding import Finding, Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One kind of thing that an image could do without."""

    code: str
    """Stable, for machines; the code of its findings."""
    meaning: str
    """Its line in docs/rules.md, and the message of its findings."""
    level: Level = Level.NOTE


@dataclass(frozen=True, slots=True, kw_only=True)
class WasteCheck(Check):
    """A check of wasted copies of files: each copy is taken by the first check of the table that fits.

    A finding sums up the copies that one layer wrote and another hid.
    """

    causes: tuple[WasteCause, ...]
    """The causes of waste that the check takes."""
    only_copied: bool = False
    """Whether the check takes only files that `COPY` or `ADD` wrote."""
    fits_path: Callable[[str], bool] | None = None
    """Whether the check takes a copy at that path; None: at any path."""
    is_pressing: bool = False
    """Whether its findings come first, and are told however small they are."""
    remedy: str
    """Advice, in which {written} and {hidden} stand for the two layers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageCheck(Check):
    """A check of an image as a whole."""

    find: Callable[[Analysis, ImageCheck], Iterable[Finding]]
