"""What the viewer shows of a file: what was removed, what a real archive holds, and why it can not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ocianalyze.api import open_image
from ocianalyze.errors import ArchiveError
from ocianalyze.model.entry import Entry
from ocianalyze.tui.app import OcianalyzeApp
from ocianalyze.tui.messages import Reveal
from ocianalyze.tui.widgets.pager import Pager
from tests.cli.run import SAMPLES
from tests.tui.acting import WIDE, open_path, settle, text_of
from tests.tui.sample import MadeUp, Shown, explore, sample, sample_app


def flat(app: OcianalyzeApp) -> str:
    """All that the screen says on one line, without frames."""
    return " ".join(re.sub("[│▌╭╮╰╯─━]", " ", text_of(app)).split())


async def test_a_removed_file_is_shown_with_its_killer_and_can_be_opened() -> None:
    app = sample_app()
    async with app.run_test(size=WIDE) as pilot:
        await open_path(pilot, "var/cache/apt/pkg3.deb")
        assert "line of var/cache/apt/pkg3.deb from layer 1" in text_of(app)
        await pilot.press("escape")
        text = text_of(app)
        assert "killed by layer 3:" in flat(app)
        line = next(line for line in text.splitlines() if "pkg3.deb" in line and "100.0 kB" in line)
        assert "- " in line


async def test_files_of_a_real_archive_are_read(tmp_path: Path) -> None:
    archive = SAMPLES / "webapp-v2.tar"
    if not archive.exists():
        pytest.skip("the sample images are not there")
    app = OcianalyzeApp(open_image(str(archive)))
    async with app.run_test(size=WIDE) as pilot:
        await open_path(pilot, "etc/passwd")
        assert "root:x:0:0" in text_of(app)
        await pilot.press("c")
        await settle(pilot)
        assert "+app:x:1000:1000" in text_of(app)
        await pilot.press("escape", "escape")
        explore(app).reveal(Reveal("bin/busybox", 9))
        await settle(pilot)
        await pilot.press("enter")
        await settle(pilot)
        assert "7f 45 4c 46" in app.screen.query_one(Pager).render_line(0).text
        assert "ELF 64-bit" in text_of(app)


async def test_an_archive_that_is_gone_is_a_message_in_the_viewer() -> None:
    class Gone(MadeUp):
        def read(self, layer: int, entry: Entry, *, start: int = 0, length: int | None = None) -> bytes:
            raise ArchiveError("the archive is gone")

    app = OcianalyzeApp(Shown(sample(), Gone()))
    async with app.run_test(size=WIDE) as pilot:
        await open_path(pilot, "srv/app.py")
        assert "the archive is gone" in text_of(app)
        await pilot.press("escape")
        assert app.screen.id == "explore"
