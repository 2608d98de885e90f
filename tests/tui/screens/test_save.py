"""The dialog that saves files out of the image."""

from __future__ import annotations

from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input, Static

from ocianalyze.tui.app import OcianalyzeApp
from tests.tui.acting import WIDE, open_path, settle
from tests.tui.sample import sample_app


def said(app: OcianalyzeApp) -> str:
    """What the save dialog answers."""
    return str(app.screen.query_one("#save-say", Static).render())


async def test_a_file_is_saved_and_only_written_over_after_asking(tmp_path: Path) -> None:
    app = sample_app()
    target = tmp_path / "saved.py"
    async with app.run_test(size=WIDE) as pilot:
        await open_path(pilot, "srv/app.py", "e")
        await _save_to(pilot, target)
        assert target.read_bytes().startswith(b"line of srv")
        target.write_bytes(b"mine")
        await open_path(pilot, "srv/app.py", "e")
        await _save_to(pilot, target)
        assert target.read_bytes() == b"mine"
        assert "is there already" in said(app)
        await pilot.press("enter")
        await settle(pilot)
        assert target.read_bytes().startswith(b"line of srv")
        assert app.screen.id == "explore"


async def _save_to(pilot: Pilot[int], target: Path) -> None:
    pilot.app.screen.query_one(Input).value = str(target)
    await pilot.press("enter")
    await settle(pilot)


async def test_a_directory_that_was_removed_can_be_saved(tmp_path: Path) -> None:
    app = sample_app()
    async with app.run_test(size=WIDE) as pilot:
        await open_path(pilot, "var/cache/apt", "e")
        await _save_to(pilot, tmp_path / "apt")
    assert sorted(path.name for path in (tmp_path / "apt").iterdir()) == [f"pkg{n}.deb" for n in range(5)]


async def test_a_save_that_cannot_be_says_why(tmp_path: Path) -> None:
    app = sample_app()
    async with app.run_test(size=WIDE) as pilot:
        await open_path(pilot, "srv/app.py", "e")
        await _save_to(pilot, tmp_path / "no" / "such" / "place")
        assert "No such file or directory" in said(app)


async def test_a_file_is_saved_into_a_directory_that_is_there(tmp_path: Path) -> None:
    app = sample_app()
    async with app.run_test(size=WIDE) as pilot:
        await open_path(pilot, "srv/app.py", "e")
        pilot.app.screen.query_one(Input).value = "~nobody-of-that-name/x"
        await pilot.press("enter")
        assert "Where to?" in said(app)
        await _save_to(pilot, tmp_path)
    assert (tmp_path / "app.py").read_bytes().startswith(b"line of srv")
