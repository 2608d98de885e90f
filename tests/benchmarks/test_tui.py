"""The TUI's benchmark runs, on a small image, and no action is more than twofold off."""

from __future__ import annotations

import pytest

from ocianalyze.analysis.union.analyze import analyze
from tests.benchmarks.tui import LIMIT, TimedApp, image, measure
from tests.tui.sample import Shown


@pytest.mark.perf
async def test_keys_are_answered_in_time() -> None:
    timings, idle, rows = await measure(TimedApp(Shown(analyze(image(0.05)))))
    assert rows > 50
    assert idle < 0.05
    assert {timing.name: timing.p95 for timing in timings if timing.p95 > 2 * LIMIT} == {}
