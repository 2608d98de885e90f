"""Keys of the screens beside the main one, with their tables and the map, and those of the app itself."""

from __future__ import annotations

from textual.pilot import Pilot

from ocianalyze.analysis.waste.waste import WastedPath
from ocianalyze.tui.widgets.table import Table
from ocianalyze.tui.widgets.treemap import TreemapView
from tests.tui.acting import app_of, head, settle
from tests.tui.keys.registry import case
from tests.tui.loads import cancelled_by
from tests.tui.sample import current, explore


async def focus_table(pilot: Pilot[int]) -> Table[object]:
    """The table of wasted paths."""
    await pilot.press("w")
    await pilot.pause()
    table = pilot.app.screen.query_one(Table)
    table.focus()
    table.styles.height = 6
    await pilot.pause()
    return table


@case("table.down")
async def table_down(pilot: Pilot[int], key: str) -> None:
    table = await focus_table(pilot)
    await pilot.press(key)
    assert table.cursor == 1


@case("table.up")
async def table_up(pilot: Pilot[int], key: str) -> None:
    table = await focus_table(pilot)
    table.cursor = 3
    await pilot.press(key)
    assert table.cursor == 2


@case("table.page-down")
async def table_page_down(pilot: Pilot[int], key: str) -> None:
    table = await focus_table(pilot)
    await pilot.press(key)
    assert table.cursor == 3


@case("table.page-up")
async def table_page_up(pilot: Pilot[int], key: str) -> None:
    table = await focus_table(pilot)
    table.cursor = 5
    await pilot.press(key)
    assert table.cursor == 2


@case("table.first")
async def table_first(pilot: Pilot[int], key: str) -> None:
    table = await focus_table(pilot)
    table.cursor = 5
    await pilot.press(key)
    assert table.cursor == 0


@case("table.last")
async def table_last(pilot: Pilot[int], key: str) -> None:
    table = await focus_table(pilot)
    await pilot.press(key)
    assert table.cursor == len(table.rows) - 1


@case("table.choose")
async def table_choose(pilot: Pilot[int], key: str) -> None:
    table = await focus_table(pilot)
    table.cursor = 1
    await pilot.press(key)
    await pilot.pause()
    app = app_of(pilot)
    assert app.screen is explore(app)
    assert current(app) == "var/cache/apt/pkg4.deb"
    assert explore(app).state.layer == 1


@case("waste.sort")
async def waste_sort(pilot: Pilot[int], key: str) -> None:
    table = await focus_table(pilot)
    await pilot.press(key)
    paths = [row.path for row in table.rows if isinstance(row, WastedPath)]
    assert paths == sorted(paths)
    assert paths[0] == "etc/hostname"


@case("waste.reverse")
async def waste_reverse(pilot: Pilot[int], key: str) -> None:
    table = await focus_table(pilot)
    await pilot.press(key)
    wasted = [row.wasted for row in table.rows if isinstance(row, WastedPath)]
    assert wasted == sorted(wasted)
    assert 0 < wasted[0] < wasted[-1]


@case("side.back")
async def side_back(pilot: Pilot[int], key: str) -> None:
    await pilot.press("w", key)
    assert pilot.app.screen is explore(app_of(pilot))


def _screen_case(name: str) -> None:
    @case(f"app.{name}")
    async def show(pilot: Pilot[int], key: str) -> None:
        await pilot.press(key)
        assert pilot.app.screen.id == name
        await pilot.press(key)
        assert pilot.app.screen.id == "explore"


_screen_case("waste")
_screen_case("image")
_screen_case("biggest")
_screen_case("treemap")


@case("app.help")
async def help_(pilot: Pilot[int], key: str) -> None:
    await pilot.press(key)
    await pilot.pause()
    assert pilot.app.screen.id == "help"


@case("help.close")
async def help_close(pilot: Pilot[int], key: str) -> None:
    await pilot.press("f1", key)
    assert pilot.app.screen.id == "explore"


@case("app.theme")
async def theme(pilot: Pilot[int], key: str) -> None:
    seen = []
    for _ in range(4):
        await pilot.press(key)
        seen.append(pilot.app.theme)
    assert seen == ["ocianalyze-light", "ocianalyze-contrast", "ocianalyze-contrast-light", "ocianalyze-dark"]


@case("app.quit")
async def quit_(pilot: Pilot[int], key: str) -> None:
    await pilot.press(key)
    assert pilot.app.return_value == 0


@case("loading.cancel")
async def loading_cancel(pilot: Pilot[int], key: str) -> None:
    assert await cancelled_by(key) == 130


@case("biggest.view")
async def biggest_view(pilot: Pilot[int], key: str) -> None:
    await pilot.press("b", key)
    await settle(pilot)
    assert pilot.app.screen.id == "viewer"
    assert "/srv/bundle.js" in head(pilot)


async def focus_map(pilot: Pilot[int]) -> TreemapView:
    await pilot.press("t")
    await pilot.pause()
    return pilot.app.screen.query_one(TreemapView)


def chosen(pilot: Pilot[int]) -> str:
    i = pilot.app.screen.query_one(TreemapView).current
    assert i is not None
    return explore(app_of(pilot)).index.paths[i]


@case("map.enter")
async def map_enter(pilot: Pilot[int], key: str) -> None:
    await focus_map(pilot)
    assert chosen(pilot) == "usr"
    await pilot.press(key)
    assert chosen(pilot) == "usr/bin"
    await pilot.press(key)
    assert chosen(pilot) == "usr/bin/tool59"


@case("map.leave")
async def map_leave(pilot: Pilot[int], key: str) -> None:
    await map_enter(pilot, "enter")
    await pilot.press(key, key)
    assert chosen(pilot) == "usr"


def _map_case(name: str, box: str, back: str = "") -> None:
    @case(f"map.{name}")
    async def move(pilot: Pilot[int], key: str) -> None:
        await map_enter(pilot, "enter")
        if back:
            await pilot.press(back)
            assert chosen(pilot) != box
        await pilot.press(key)
        assert chosen(pilot) == box


_map_case("right", "usr/bin/tool55")
_map_case("down", "usr/bin/tool58")
_map_case("left", "usr/bin/tool59", back="right")
_map_case("up", "usr/bin/tool59", back="down")


@case("treemap.reveal")
async def treemap_reveal(pilot: Pilot[int], key: str) -> None:
    await focus_map(pilot)
    await pilot.press(key)
    await pilot.pause()
    assert pilot.app.screen.id == "explore"
    assert current(app_of(pilot)) == "usr"
