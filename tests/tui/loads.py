"""A load that waits for its test, to be watched and to be cancelled."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

from ocianalyze.loading.progress import PlannedLayer, Progress
from ocianalyze.model.documents import History
from ocianalyze.tui.app import OcianalyzeApp
from ocianalyze.tui.viewmodel.loading import LoadCancelled
from tests.tui.acting import text_of
from tests.tui.sample import Shown, sample

LAYERS = (
    PlannedLayer(index=0, blob_size=1000, history=History(created_by="ADD [red]x[/nope] /")),
    PlannedLayer(index=1, blob_size=3000, history=None),
)


class SlowLoad:
    """Announces two layers, reads half of the first, and waits for the test."""

    def __init__(self) -> None:
        self.reached, self.go, self.stopped = threading.Event(), threading.Event(), threading.Event()

    def __call__(self, progress: Progress) -> Shown:
        progress.begin(LAYERS)
        progress.advance(0, 500)
        self.reached.set()
        assert self.go.wait(10)
        try:
            progress.advance(0, 500)
        except LoadCancelled:
            self.stopped.set()
            raise
        return Shown(sample())


async def until(app: OcianalyzeApp, reached: Callable[[], bool]) -> None:
    for _ in range(500):
        if reached():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(text_of(app))


async def cancelled_by(key: str) -> int | None:
    """The exit code of a load that *key* cancels."""
    load = SlowLoad()
    app = OcianalyzeApp(load, source="image.tar")
    async with app.run_test(size=(100, 30)) as pilot:
        await until(app, load.reached.is_set)
        await pilot.press(key)
        load.go.set()
        await until(app, load.stopped.is_set)
    return app.return_value
