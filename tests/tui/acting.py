"""What tests do to a running app, and what they read off its screen."""

from __future__ import annotations

from textual.pilot import Pilot
from textual.widgets import Static

from ocianalyze.tui.app import OcianalyzeApp
from ocianalyze.tui.messages import Reveal
from tests.tui.sample import explore

WIDE, SMALL = (160, 50), (80, 24)


def app_of(pilot: Pilot[int]) -> OcianalyzeApp:
    assert isinstance(pilot.app, OcianalyzeApp)
    return pilot.app


async def open_path(pilot: Pilot[int], path: str, key: str = "enter") -> None:
    """Put the cursor on *path*, press *key*, and wait for what that reads."""
    app = app_of(pilot)
    explore(app).reveal(Reveal(path, 3))
    await pilot.pause()
    await pilot.press(key)
    await settle(pilot)


async def settle(pilot: Pilot[int]) -> None:
    """Wait until nothing is read or searched any more, and it is on the screen."""
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def text_of(app: OcianalyzeApp) -> str:
    """All that the screen says."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def head(pilot: Pilot[int]) -> str:
    """The first line of a screen that shows a file or a comparison."""
    return str(pilot.app.screen.query(Static).first().render())
