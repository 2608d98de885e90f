"""run_checks(analysis): the findings of all checks, each with its layers, a remedy and the bytes saved by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ocianalyze.analysis.checks.check import ImageCheck, WasteCheck
from ocianalyze.analysis.checks.table import CHECKS
from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.analysis.waste.waste import WasteCause, WastedCopy
from ocianalyze.model.finding import Finding, FoundBy
from ocianalyze.model.image import Layer
from ocianalyze.model.instruction import instruction

LEAST_SHARE = 0.001
"""The share of the stored bytes that a finding of waste has to save to be told; a pressing finding is always told."""
MOST_PATHS = 5
_WASTE = tuple(check for check in CHECKS if isinstance(check, WasteCheck))
_BY_CAUSE = {
    (cause, copied): [check for check in _WASTE if cause in check.causes and (copied or not check.only_copied)]
    for cause in WasteCause
    for copied in (False, True)
}
"""The checks that may take a copy, by its cause and by whether it was copied into the image."""


def run_checks(analysis: Analysis) -> tuple[Finding, ...]:
    """The findings of every check: the pressing first, then those that save the most, then those of the whole image."""
    whole = (check.find(analysis, check) for check in CHECKS if isinstance(check, ImageCheck))
    return (*_of_waste(analysis), *(finding for found in whole for finding in found))


def _of_waste(analysis: Analysis) -> Iterator[Finding]:
    groups: dict[tuple[str, int, int], tuple[WasteCheck, list[WastedCopy]]] = {}
    copying = [_is_copy(layer) for layer in analysis.image.layers]
    for _, _, copies in analysis.waste.paths:
        for copy in copies:
            path, _, cause, written_by, hidden_by = copy
            check = _first_that_fits(_BY_CAUSE[cause, copying[written_by]], path)
            groups.setdefault((check.code, written_by, hidden_by), (check, []))[1].append(copy)
    least = LEAST_SHARE * analysis.waste.stored
    found = [(check, _finding(check, copies)) for check, copies in groups.values()]
    found = [(check, one) for check, one in found if check.is_pressing or one.bytes >= least]
    found.sort(key=lambda pair: (not pair[0].is_pressing, -pair[1].bytes, pair[1].layer, pair[1].hidden_by))
    return (finding for _, finding in found)


def _first_that_fits(checks: Iterable[WasteCheck], path: str) -> WasteCheck:
    return next(check for check in checks if check.fits_path is None or check.fits_path(path))


def _finding(check: WasteCheck, copies: list[WastedCopy]) -> Finding:
    """The finding of *check* about *copies*, which the same two layers wrote and hid."""
    ordered = sorted(copies, key=lambda copy: (-copy.size, copy.path))
    written, hidden = ordered[0].written_by, ordered[0].killed_by
    paths = dict.fromkeys(copy.path for copy in ordered)
    return Finding(
        code=check.code,
        message=check.meaning,
        level=check.level,
        found_by=FoundBy.CHECK,
        layer=written,
        hidden_by=hidden,
        paths=tuple(paths)[:MOST_PATHS],
        paths_total=len(paths),
        bytes=sum(copy.size for copy in ordered),
        remedy=check.remedy.format(written=written, hidden=hidden),
    )


def _is_copy(layer: Layer) -> bool:
    return instruction(layer.history).partition(" ")[0] in ("COPY", "ADD")
