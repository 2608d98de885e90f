"""The biggest files of a view."""

from __future__ import annotations

from heapq import nlargest

from ocianalyze.tui.viewmodel.paths import ABSENT, REMOVED
from ocianalyze.tui.viewmodel.view import View

MOST = 1_000
"""Files in the list."""


def biggest(view: View) -> list[int]:
    """Numbers of the biggest files, the removed ones of the view included; biggest first.

    A file with several names counts once.
    """
    others = view.other_names()
    totals, ends, folders, states = view.totals, view.index.ends, view.index.folders, view.states
    there = (
        (totals[i + 1] - totals[i], -i)
        for i, state in enumerate(states)
        if state != ABSENT and state != REMOVED and ends[i] == i + 1 and not folders[i]  # noqa: PLR1714 - hot
    )
    found = nlargest(MOST + len(others), there)
    if view.gone is not None:
        lost = ((view.size(i), -i) for i in view.gone.numbers if states[i] == REMOVED and not folders[i])
        found = sorted([*found, *nlargest(MOST, lost)], reverse=True)
    return [-i for size, i in found if size and -i not in others][:MOST]
