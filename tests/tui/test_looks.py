"""Pictures of the main screens. After a change that is meant: look at them, then `pytest --snapshot-update`."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from ocianalyze.tui.messages import Reveal
from tests.tui.acting import settle
from tests.tui.sample import sample_app

Compare = Callable[..., bool]


@pytest.mark.parametrize("size", [(160, 50), (80, 24)], ids=["160x50", "80x24"])
@pytest.mark.parametrize(
    ("path", "keys"),
    [
        pytest.param("var/cache/apt/pkg3.deb", "", id="explore"),
        pytest.param("etc/passwd", "c", id="compare"),
        pytest.param(None, "w", id="waste"),
        pytest.param(None, "t", id="treemap"),
    ],
)
def test_a_screen_looks_as_it_did(snap_compare: Compare, size: tuple[int, int], path: str | None, keys: str) -> None:
    async def before(pilot: Pilot[int]) -> None:
        await settle(pilot)
        if path is not None:
            pilot.app.post_message(Reveal(path, 3))
            await settle(pilot)
        for key in keys.split():
            await pilot.press(key)
            await settle(pilot)

    assert snap_compare(sample_app(), terminal_size=size, run_before=before)


@pytest.mark.parametrize("theme", ["ocianalyze-light", "ocianalyze-contrast", "ocianalyze-contrast-light"])
def test_a_theme_looks_as_it_did(snap_compare: Compare, theme: str) -> None:
    async def before(pilot: Pilot[int]) -> None:
        pilot.app.theme = theme
        pilot.app.post_message(Reveal("var/cache/apt/pkg3.deb", 3))
        await settle(pilot)

    assert snap_compare(sample_app(), terminal_size=(120, 30), run_before=before)
