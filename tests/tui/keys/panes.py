"""Keys of the tree, the layers and the details."""

from __future__ import annotations

from textual.pilot import Pilot

from ocianalyze.tui.viewmodel.rows import TreeOrder
from ocianalyze.tui.widgets.details_pane import DetailsPane
from ocianalyze.tui.widgets.file_tree import FileTree
from ocianalyze.tui.widgets.layer_list import LayerList
from tests.tui.acting import app_of
from tests.tui.keys.registry import case
from tests.tui.sample import current, explore, names


async def focus_tree(pilot: Pilot[int]) -> FileTree:
    """The tree, by name, with the focus and /usr/bin open: enough rows to scroll."""
    app = app_of(pilot)
    explore(app).state.order = TreeOrder.NAME
    await pilot.press("2")
    tree = explore(app).query_one(FileTree)
    for path in ("usr", "usr/bin"):
        i = explore(app).index.number(path)
        assert i is not None
        tree.post_message(FileTree.Toggled(tree, i))
    await pilot.pause()
    assert names(app)[:3] == ["etc", "srv", "usr"]
    tree.cursor = 0
    await pilot.pause()
    return tree


async def focus_details(pilot: Pilot[int]) -> DetailsPane:
    """The details, with more text than room."""
    pane = explore(app_of(pilot)).query_one(DetailsPane)
    pane.styles.height = 6
    await pilot.press("3")
    await pilot.pause()
    assert pane.max_scroll_y > 8
    return pane


@case("tree.down")
async def tree_down(pilot: Pilot[int], key: str) -> None:
    tree = await focus_tree(pilot)
    await pilot.press(key)
    assert tree.cursor == 1


@case("tree.up")
async def tree_up(pilot: Pilot[int], key: str) -> None:
    tree = await focus_tree(pilot)
    tree.cursor = 5
    await pilot.press(key, key)
    assert tree.cursor == 3


@case("tree.page-down")
async def tree_page_down(pilot: Pilot[int], key: str) -> None:
    tree = await focus_tree(pilot)
    await pilot.press(key)
    assert tree.cursor == tree.size.height - 1
    assert tree.scroll_offset.y > 0


@case("tree.page-up")
async def tree_page_up(pilot: Pilot[int], key: str) -> None:
    tree = await focus_tree(pilot)
    tree.cursor = 50
    await pilot.press(key)
    assert tree.cursor == 50 - (tree.size.height - 1)


@case("tree.first")
async def tree_first(pilot: Pilot[int], key: str) -> None:
    tree = await focus_tree(pilot)
    tree.cursor = 50
    await pilot.press(key)
    assert (tree.cursor, tree.scroll_offset.y) == (0, 0)


@case("tree.last")
async def tree_last(pilot: Pilot[int], key: str) -> None:
    tree = await focus_tree(pilot)
    await pilot.press(key)
    assert tree.cursor == len(tree.rows) - 1
    assert tree.scroll_offset.y == len(tree.rows) + 1 - tree.size.height


@case("tree.open")
async def tree_open(pilot: Pilot[int], key: str) -> None:
    await focus_tree(pilot)
    await pilot.press(key)
    assert names(app_of(pilot))[:3] == ["etc", "etc/hostname", "etc/passwd"]
    await pilot.press(key)
    assert current(app_of(pilot)) == "etc/hostname"


@case("tree.close")
async def tree_close(pilot: Pilot[int], key: str) -> None:
    tree = await focus_tree(pilot)
    tree.cursor = 20
    await pilot.press(key)
    assert current(app_of(pilot)) == "usr/bin"
    await pilot.press(key)
    assert names(app_of(pilot)) == ["etc", "srv", "usr", "usr/bin", "var", "lib"]


@case("tree.fold")
async def tree_fold(pilot: Pilot[int], key: str) -> None:
    tree = await focus_tree(pilot)
    tree.cursor = 2
    await pilot.press(key)
    assert names(app_of(pilot)) == ["etc", "srv", "usr", "var", "lib"]
    await pilot.press(key)
    assert len(names(app_of(pilot))) > 60


@case("tree.choose")
async def tree_choose(pilot: Pilot[int], key: str) -> None:
    await focus_tree(pilot)
    await pilot.press(key)
    assert "etc/passwd" in names(app_of(pilot))


@case("layers.up")
async def layers_up(pilot: Pilot[int], key: str) -> None:
    await pilot.press(key)
    assert explore(app_of(pilot)).state.layer == 2


@case("layers.down")
async def layers_down(pilot: Pilot[int], key: str) -> None:
    await pilot.press("home", key)
    assert explore(app_of(pilot)).state.layer == 1


@case("layers.page-up")
async def layers_page_up(pilot: Pilot[int], key: str) -> None:
    explore(app_of(pilot)).query_one(LayerList).styles.height = 6
    await pilot.pause()
    await pilot.press(key)
    assert explore(app_of(pilot)).state.layer == 1


@case("layers.page-down")
async def layers_page_down(pilot: Pilot[int], key: str) -> None:
    explore(app_of(pilot)).query_one(LayerList).styles.height = 6
    await pilot.pause()
    await pilot.press("home", key)
    assert explore(app_of(pilot)).state.layer == 2


@case("layers.first")
async def layers_first(pilot: Pilot[int], key: str) -> None:
    await pilot.press(key)
    assert explore(app_of(pilot)).state.layer == 0
    assert "srv" not in names(app_of(pilot))


@case("layers.last")
async def layers_last(pilot: Pilot[int], key: str) -> None:
    await pilot.press("home", key)
    assert explore(app_of(pilot)).state.layer == 3


@case("details.down")
async def details_down(pilot: Pilot[int], key: str) -> None:
    pane = await focus_details(pilot)
    await pilot.press(key)
    await pilot.wait_for_animation()
    assert pane.scroll_offset.y == 1


@case("details.up")
async def details_up(pilot: Pilot[int], key: str) -> None:
    pane = await focus_details(pilot)
    pane.scroll_to(y=5, animate=False)
    await pilot.press(key)
    await pilot.wait_for_animation()
    assert pane.scroll_offset.y == 4


@case("details.page-down")
async def details_page_down(pilot: Pilot[int], key: str) -> None:
    pane = await focus_details(pilot)
    await pilot.press(key)
    await pilot.wait_for_animation()
    assert pane.scroll_offset.y == pane.size.height - 1


@case("details.page-up")
async def details_page_up(pilot: Pilot[int], key: str) -> None:
    pane = await focus_details(pilot)
    pane.scroll_to(y=8, animate=False)
    await pilot.press(key)
    await pilot.wait_for_animation()
    assert pane.scroll_offset.y == 8 - (pane.size.height - 1)


@case("details.first")
async def details_first(pilot: Pilot[int], key: str) -> None:
    pane = await focus_details(pilot)
    pane.scroll_to(y=8, animate=False)
    await pilot.press(key)
    await pilot.wait_for_animation()
    assert pane.scroll_offset.y == 0


@case("details.last")
async def details_last(pilot: Pilot[int], key: str) -> None:
    pane = await focus_details(pilot)
    await pilot.press(key)
    await pilot.wait_for_animation()
    assert pane.scroll_offset.y == pane.max_scroll_y
