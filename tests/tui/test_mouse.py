"""What the mouse does on the main screen, in tables and in the map."""

from __future__ import annotations

from ocianalyze.tui.viewmodel.paths import ADDED
from ocianalyze.tui.viewmodel.rows import TreeOrder
from ocianalyze.tui.widgets.file_tree import FileTree
from ocianalyze.tui.widgets.kind_bar import KindBar
from ocianalyze.tui.widgets.layer_list import LayerList
from ocianalyze.tui.widgets.table import Table
from ocianalyze.tui.widgets.treemap import TreemapView
from tests.tui.acting import WIDE, settle
from tests.tui.sample import explore, names, sample_app


async def test_the_mouse_chooses_opens_sorts_hides_and_resizes() -> None:
    app = sample_app()
    async with app.run_test(size=WIDE) as pilot:
        screen = explore(app)
        await pilot.click(LayerList, offset=(10, 3))
        await settle(pilot)
        assert screen.state.layer == 1
        tree = screen.query_one(FileTree)
        await pilot.click(tree, offset=(2, 1))
        await settle(pilot)
        assert names(app) == ["usr", "usr/bin", "var", "srv", "etc", "lib"]
        await pilot.click(tree, offset=(4, 0))
        await settle(pilot)
        assert screen.state.order is TreeOrder.NAME
        await pilot.click(tree, offset=(6, 2), times=2)
        await settle(pilot)
        assert names(app) == ["etc", "srv", "srv/three", "usr", "usr/bin", "var", "lib"]
        await pilot.click(KindBar, offset=(4, 0))
        await settle(pilot)
        assert screen.state.hidden == {ADDED}
        splitter = screen.query_one("Splitter")
        await pilot.mouse_down(splitter, offset=(0, 5))
        await pilot.hover(screen, offset=(70, 10))
        await pilot.mouse_up(screen, offset=(70, 10))
        await pilot.pause()
        assert screen.query_one("#left").outer_size.width == 70


async def test_the_mouse_works_in_tables_and_maps() -> None:
    app = sample_app()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("w")
        table = app.screen.query_one(Table)
        await pilot.click(table, offset=(40, 1))
        await settle(pilot)
        paths = [row.path for row in table.rows]
        assert paths == sorted(paths)
        await pilot.click(table, offset=(40, 3))
        assert table.cursor == 1
        await pilot.press("t")
        await pilot.pause()
        await pilot.click(TreemapView, offset=(5, 3), times=2)
        await settle(pilot)
        assert app.screen.query_one(TreemapView).current == explore(app).index.number("usr/bin")
