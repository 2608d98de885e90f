"""Keys that look into files, compare them, save them, and copy what leads to them."""

from __future__ import annotations

from collections.abc import Callable

from textual.pilot import Pilot
from textual.widgets import Input

from ocianalyze.tui.widgets.pager import Pager
from tests.tui.acting import head, open_path, settle
from tests.tui.keys.registry import case


def first_line(pilot: Pilot[int]) -> str:
    return pilot.app.screen.query_one(Pager).render_line(0).text


async def open_pager(pilot: Pilot[int]) -> Pager:
    """A file of many lines, scrolled to line 100."""
    await open_path(pilot, "srv/bundle.js")
    pager = pilot.app.screen.query_one(Pager)
    pager.scroll_to(y=100, animate=False, force=True)
    await pilot.pause()
    assert pager.scroll_offset.y == 100
    return pager


def _pager_case(name: str, expected: Callable[[Pager], int]) -> None:
    @case(f"pager.{name}")
    async def scroll(pilot: Pilot[int], key: str) -> None:
        pager = await open_pager(pilot)
        await pilot.press(key)
        assert pager.scroll_offset.y == expected(pager)


_pager_case("up", lambda _: 99)
_pager_case("down", lambda _: 101)
_pager_case("page-up", lambda pager: 100 - (pager.size.height - 1))
_pager_case("page-down", lambda pager: 100 + (pager.size.height - 1))
_pager_case("first", lambda _: 0)
_pager_case("last", lambda pager: pager.max_scroll_y)


@case("pager.right")
async def pager_right(pilot: Pilot[int], key: str) -> None:
    pager = await open_pager(pilot)
    pager.styles.width = 30
    await pilot.pause()
    await pilot.press(key)
    assert pager.scroll_offset.x == 8
    assert "101  srv/bundle.js" in pager.render_line(0).text


@case("pager.left")
async def pager_left(pilot: Pilot[int], key: str) -> None:
    await pager_right(pilot, "right")
    await pilot.press(key)
    assert pilot.app.screen.query_one(Pager).scroll_offset.x == 0


@case("viewer.form")
async def viewer_form(pilot: Pilot[int], key: str) -> None:
    await open_path(pilot, "srv/app.py")
    assert "1  line of" in first_line(pilot)
    await pilot.press(key)
    assert first_line(pilot).startswith("00000000  6c 69 6e 65 20 6f 66 20")
    await pilot.press(key)
    assert "1  line of" in first_line(pilot)


@case("viewer.older")
async def viewer_older(pilot: Pilot[int], key: str) -> None:
    await open_path(pilot, "etc/hostname")
    assert "version 2 of 2, from layer 3" in head(pilot)
    await pilot.press(key)
    await settle(pilot)
    assert "version 1 of 2, from layer 0" in head(pilot)


@case("viewer.newer")
async def viewer_newer(pilot: Pilot[int], key: str) -> None:
    await viewer_older(pilot, "left_square_bracket")
    await pilot.press(key)
    await settle(pilot)
    assert "version 2 of 2" in head(pilot)


@case("viewer.compare")
async def viewer_compare(pilot: Pilot[int], key: str) -> None:
    await open_path(pilot, "srv/app.py")
    await pilot.press(key)
    await settle(pilot)
    assert pilot.app.screen.id == "diff"
    await pilot.press("escape")
    assert pilot.app.screen.id == "viewer"


@case("viewer.save")
async def viewer_save(pilot: Pilot[int], key: str) -> None:
    await open_path(pilot, "srv/app.py")
    await pilot.press(key)
    await pilot.pause()
    assert pilot.app.screen.id == "save"


@case("viewer.close")
async def viewer_close(pilot: Pilot[int], key: str) -> None:
    await open_path(pilot, "srv/app.py")
    assert pilot.app.screen.id == "viewer"
    await pilot.press(key)
    assert pilot.app.screen.id == "explore"


@case("explore.compare")
async def compare(pilot: Pilot[int], key: str) -> None:
    await open_path(pilot, "etc/passwd", key)
    assert pilot.app.screen.id == "diff"
    assert "version 2 of 2" in head(pilot)
    pager = pilot.app.screen.query_one(Pager)
    shown = [pager.render_line(y).text for y in range(6)]
    assert any("-line of etc/passwd from" in line for line in shown), shown


@case("diff.close")
async def diff_close(pilot: Pilot[int], key: str) -> None:
    await compare(pilot, "c")
    await pilot.press(key)
    assert pilot.app.screen.id == "explore"


async def three_versions(pilot: Pilot[int]) -> None:
    """The comparison of the last two versions of a path that has three."""
    await open_path(pilot, "srv/three", "c")
    assert "- version 2 of 3" in head(pilot)


@case("diff.older")
async def diff_older(pilot: Pilot[int], key: str) -> None:
    await three_versions(pilot)
    await pilot.press(key)
    await settle(pilot)
    assert "- version 1 of 3" in head(pilot)
    assert "+ version 2 of 3" in head(pilot)


@case("diff.newer")
async def diff_newer(pilot: Pilot[int], key: str) -> None:
    await diff_older(pilot, "left_square_bracket")
    await pilot.press(key)
    await settle(pilot)
    assert "+ version 3 of 3" in head(pilot)


@case("diff.first")
async def diff_first(pilot: Pilot[int], key: str) -> None:
    await three_versions(pilot)
    await pilot.press(key)
    await settle(pilot)
    assert "- version 1 of 3" in head(pilot)
    assert "+ version 3 of 3" in head(pilot)


@case("explore.save")
async def save_(pilot: Pilot[int], key: str) -> None:
    await open_path(pilot, "srv/app.py", key)
    assert pilot.app.screen.id == "save"
    assert pilot.app.screen.query_one(Input).value == "app.py"


@case("save.cancel")
async def save_cancel(pilot: Pilot[int], key: str) -> None:
    await save_(pilot, "e")
    await pilot.press(key)
    assert pilot.app.screen.id == "explore"


@case("explore.copy-path")
async def copy_path(pilot: Pilot[int], key: str) -> None:
    await open_path(pilot, "srv/app.py", key)
    assert pilot.app.clipboard == "/srv/app.py"


@case("explore.copy-command")
async def copy_command(pilot: Pilot[int], key: str) -> None:
    await open_path(pilot, "srv/app.py", key)
    assert pilot.app.clipboard == "ocianalyze cat example.tar /srv/app.py --layer 3"
    await open_path(pilot, "srv", key)
    assert pilot.app.clipboard == "ocianalyze ls example.tar /srv --layer 3"
