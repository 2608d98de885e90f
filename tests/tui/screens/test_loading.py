"""The loading screen: progress, cancelling, failure."""

from __future__ import annotations

from ocianalyze.errors import ArchiveError
from ocianalyze.loading.progress import Progress
from ocianalyze.tui.app import OcianalyzeApp
from tests.tui.acting import text_of
from tests.tui.loads import SlowLoad, cancelled_by, until
from tests.tui.sample import Shown, names


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
    def fail(_: Progress) -> Shown:
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
    def fail(_: Progress) -> Shown:
        raise KeyError("oops")

    app = OcianalyzeApp(fail, source="image.tar")
    async with app.run_test(size=(100, 30)) as pilot:
        await until(app, lambda: app.failure is not None)
        await pilot.pause()
        assert "KeyError: 'oops'" in text_of(app)
        assert "This is a bug in ocianalyze" in text_of(app)
