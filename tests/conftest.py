"""What every test starts from: an environment that says nothing about terminals, and analyses that add up."""

from __future__ import annotations

import pytest

from ocianalyze.analysis.union.analyze import Analysis, Replay
from ocianalyze.model.image import Image
from tests.analysis.invariants import check_waste


@pytest.fixture(autouse=True)
def unset_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the terminal of whoever runs the tests; pytest-xdist's workers claim one of 80 columns."""
    for name in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def recount_waste(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Count the bytes of every image that any test analyses once more; timings are left alone."""
    if request.node.get_closest_marker("perf"):
        return
    finish = Replay.finish

    def finish_and_recount(replay: Replay, image: Image, *, base_layers: int = 1) -> Analysis:
        analysis = finish(replay, image, base_layers=base_layers)
        check_waste(analysis)
        return analysis

    monkeypatch.setattr(Replay, "finish", finish_and_recount)
