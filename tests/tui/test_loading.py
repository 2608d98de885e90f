"""The loading screen: progress, cancelling, failure."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ocianalyze.analysis.analyze import Analysis
from ocianalyze.archive.progress import PlannedLayer, Progress
from ocianalyze.errors import ArchiveError
from ocianalyze.model.documents import History
from ocianalyze.tui.app import OcianalyzeApp
from ocianalyze.tui.loading import LoadCancelled
from tests.tui.sample import names, sample

LAYERS = (
    PlannedLayer(index=0, blob_size=1000, history=History(created_by="ADD [red]x[/nope] /")),
    PlannedLayer(index=1, blob_size=3000, history=None),
)


class SlowLoad:
    """Announces two layers, reads half of the first, and waits for the test."""

    def __init__(self) -> None:
        self.reached, self.go, self.stopped = threading.Event(), threading.Event(), threading.Event()

    def __call__(self, progress: Progress) -> Analysis:
        progress.begin(LAYERS)
        progress.advance(0, 500)
        self.reached.set()
        assert self.go.wait(10)
        try:
            progress.advance(0, 500)
        except LoadCancelled:
            self.stopped.set()
            raise
        return sample()


def text_of(app: OcianalyzeApp) -> str:
    """All that the screen says."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def until(app: OcianalyzeApp, reached: Callable[[], bool]) -> None:
    import asyncio

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


async def test_layers_and_bytes_are_shown_while_they_are_read() -> None:
    load = SlowLoad()
    app = OcianalyzeApp(load, source="image.tar")
    async with app.run_test(size=(100, 30)) as pilot:
        await until(app, load.reached.is_set)
        await pilot.pause(0.1)
        text = text_of(app)
        assert "Reading image.tar" in text
        assert "ADD [red]x[/nope] /" in text
        assert "3.0 kB" in text
        load.go.set()
        await until(app, lambda: app.screen.id == "explore")
        await pilot.pause()
        assert "usr" in names(app)


async def test_cancelling_stops_the_load_and_exits_with_130() -> None:
    assert await cancelled_by("escape") == 130
    assert await cancelled_by("q") == 130


async def test_a_failure_shows_message_and_hint_and_no_traceback() -> None:
    def fail(_: Progress) -> Analysis:
        raise ArchiveError("not an archive: [bold]\x1b[31m", hint="try podman save")

    app = OcianalyzeApp(fail, source="image.tar")
    async with app.run_test(size=(100, 30)) as pilot:
        await until(app, lambda: app.failure is not None)
        await pilot.pause()
        text = text_of(app)
        assert r"not an archive: [bold]\x1b[31m" in text
        assert "try podman save" in text
        assert "Traceback" not in text
        await pilot.press("w", "question_mark", "q")
    assert app.return_value == 3


async def test_an_unforeseen_failure_is_called_a_bug() -> None:
    def fail(_: Progress) -> Analysis:
        raise KeyError("oops")

    app = OcianalyzeApp(fail, source="image.tar")
    async with app.run_test(size=(100, 30)) as pilot:
        await until(app, lambda: app.failure is not None)
        await pilot.pause()
        assert "KeyError: 'oops'" in text_of(app)
        assert "This is a bug in ocianalyze" in text_of(app)
