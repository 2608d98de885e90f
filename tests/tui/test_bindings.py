"""Every key of every binding, pressed. A binding without a case here fails `test_every_binding_has_a_case`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable, Iterator

import pytest
from textual.binding import Binding
from textual.dom import DOMNode
from textual.pilot import Pilot
from textual.widgets import Input, Static

import ocianalyze.tui
from ocianalyze.tui.app import OcianalyzeApp
from ocianalyze.tui.index.paths import ADDED, METADATA, MODIFIED, PLAIN, REMOVED, REPLACED, UNCHANGED
from ocianalyze.tui.index.rows import Order
from ocianalyze.tui.index.view import Mode
from ocianalyze.tui.keys import our_bindings
from ocianalyze.tui.messages import Reveal
from ocianalyze.tui.widgets.details_pane import DetailsPane
from ocianalyze.tui.widgets.file_tree import FileTree
from ocianalyze.tui.widgets.filter_bar import FilterInput
from ocianalyze.tui.widgets.layer_list import LayerList
from ocianalyze.tui.widgets.pager import Pager
from ocianalyze.tui.widgets.table import Table
from ocianalyze.tui.widgets.treemap import TreemapView
from tests.tui.sample import current, explore, names, sample_app

Case = Callable[[Pilot[int], str], Awaitable[None]]
CASES: dict[str, Case] = {}


def case(binding_id: str) -> Callable[[Case], Case]:
    """The function presses a key of this binding and asserts what it does."""

    def note(function: Case) -> Case:
        assert binding_id not in CASES
        CASES[binding_id] = function
        return function

    return note


def all_bindings() -> Iterator[Binding]:
    """Our bindings of every class in the package."""
    seen: set[type] = set()
    for module_info in pkgutil.walk_packages(ocianalyze.tui.__path__, "ocianalyze.tui."):
        for value in vars(importlib.import_module(module_info.name)).values():
            if isinstance(value, type) and issubclass(value, DOMNode) and value not in seen:
                seen.add(value)
                yield from our_bindings(value)


ALL = {binding.id: binding for binding in all_bindings()}


def test_every_binding_has_a_case() -> None:
    assert set(CASES) == set(ALL)


def test_every_binding_says_what_it_does() -> None:
    assert [id_ for id_, binding in ALL.items() if not binding.tooltip or not binding.description] == []


@pytest.mark.parametrize("id_", ALL)
async def test_a_key_does_what_its_binding_says(id_: str) -> None:
    """The first key is pressed; that all keys of a binding do the same is Textual's part."""
    app = sample_app()
    async with app.run_test(size=(140, 40)) as pilot:
        await pilot.pause()
        await CASES[id_](pilot, ALL[id_].key.partition(",")[0])


@pytest.mark.parametrize(
    ("key", "id_"),
    [
        ("ctrl+l", "explore.layer-changes"),
        ("ctrl+f", "explore.filter"),
        ("ctrl+slash", "explore.filter"),
        ("ctrl+underscore", "explore.filter"),
        ("ctrl+u", "kind.any-unmodified"),
        ("ctrl+m", "kind.any-modified"),
        ("ctrl+r", "kind.removed"),
        ("ctrl+b", "explore.attributes"),
        ("ctrl+@", "explore.fold-all"),
        ("ctrl+o", "explore.sort"),
        ("l", "tree.open"),
        ("h", "tree.close"),
        ("d", "tree.page-down"),
    ],
)
async def test_a_key_of_dive_works_too(key: str, id_: str) -> None:
    app = sample_app()
    async with app.run_test(size=(140, 40)) as pilot:
        await pilot.pause()
        await CASES[id_](pilot, key)


def app_of(pilot: Pilot[int]) -> OcianalyzeApp:
    assert isinstance(pilot.app, OcianalyzeApp)
    return pilot.app


async def focus_tree(pilot: Pilot[int]) -> FileTree:
    """The tree, by name, with the focus and /usr/bin open: enough rows to scroll."""
    app = app_of(pilot)
    explore(app).state.order = Order.NAME
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


async def focus_table(pilot: Pilot[int]) -> Table[object]:
    """The table of wasted paths."""
    await pilot.press("w")
    await pilot.pause()
    table = pilot.app.screen.query_one(Table)
    table.focus()
    table.styles.height = 6
    await pilot.pause()
    return table


# The tree.


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


# The layers.


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


# The details.


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
    assert pane.scroll_offset.y >= 3


@case("details.page-up")
async def details_page_up(pilot: Pilot[int], key: str) -> None:
    pane = await focus_details(pilot)
    pane.scroll_to(y=8, animate=False)
    await pilot.press(key)
    await pilot.wait_for_animation()
    assert pane.scroll_offset.y <= 5


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


# The main screen.


@case("explore.next-pane")
async def next_pane(pilot: Pilot[int], key: str) -> None:
    visited = []
    for _ in range(3):
        await pilot.press(key)
        assert pilot.app.focused is not None
        visited.append(pilot.app.focused.id)
    assert visited == ["tree", "details", "layers"]


@case("explore.previous-pane")
async def previous_pane(pilot: Pilot[int], key: str) -> None:
    await pilot.press(key)
    assert pilot.app.focused is not None
    assert pilot.app.focused.id == "details"


def _pane_case(pane: str) -> None:
    @case(f"explore.{pane}")
    async def to_pane(pilot: Pilot[int], key: str) -> None:
        await pilot.press("tab" if pane == "layers" else "1", key)
        assert pilot.app.focused is not None
        assert pilot.app.focused.id == pane


for _pane in ("layers", "tree", "details"):
    _pane_case(_pane)


@case("explore.filter")
async def filter_(pilot: Pilot[int], key: str) -> None:
    await pilot.press(key, *"passwd")
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()
    assert names(app_of(pilot)) == ["etc", "etc/passwd"]


@case("explore.clear-filter")
async def clear_filter(pilot: Pilot[int], key: str) -> None:
    await filter_(pilot, "slash")
    await pilot.press("enter", key)
    await pilot.pause()
    assert explore(app_of(pilot)).state.filter is None
    assert "usr" in names(app_of(pilot))


@case("explore.sort")
async def sort(pilot: Pilot[int], key: str) -> None:
    seen = []
    for _ in Order:
        await pilot.press(key)
        seen.append(explore(app_of(pilot)).state.order)
    assert seen == [Order.NAME, Order.WASTE, Order.MTIME, Order.CHANGE, Order.SIZE]


@case("explore.reverse")
async def reverse(pilot: Pilot[int], key: str) -> None:
    before = names(app_of(pilot))
    await pilot.press(key)
    assert names(app_of(pilot)) == before[::-1]


@case("explore.aggregated")
async def aggregated(pilot: Pilot[int], key: str) -> None:
    await pilot.press(key)
    state = explore(app_of(pilot)).state
    assert state.mode is Mode.AGGREGATED
    srv = explore(app_of(pilot)).index.number("srv/bundle.js")
    assert srv is not None
    assert state.view.states[srv] == ADDED


@case("explore.layer-changes")
async def layer_changes(pilot: Pilot[int], key: str) -> None:
    await pilot.press("A", key)
    state = explore(app_of(pilot)).state
    assert state.mode is Mode.LAYER
    srv = explore(app_of(pilot)).index.number("srv/bundle.js")
    assert srv is not None
    assert state.view.states[srv] == PLAIN


@case("explore.lower-layer")
async def lower_layer(pilot: Pilot[int], key: str) -> None:
    await pilot.press("2", key)
    assert explore(app_of(pilot)).state.layer == 2
    assert explore(app_of(pilot)).query_one(LayerList).chosen == 2


@case("explore.upper-layer")
async def upper_layer(pilot: Pilot[int], key: str) -> None:
    await pilot.press("home", "2", key)
    assert explore(app_of(pilot)).state.layer == 1


def _kind_case(name: str, *states: int) -> None:
    @case(f"kind.{name}")
    async def toggle(pilot: Pilot[int], key: str) -> None:
        await pilot.press("z", "2", key)
        state = explore(app_of(pilot)).state
        assert state.hidden == frozenset(states)
        leaves = {row.i for row in explore(app_of(pilot)).query_one(FileTree).rows if not row.folder}
        assert leaves
        assert not {state.view.states[i] for i in leaves} & set(states)
        await pilot.press(key)
        assert state.hidden == frozenset()


_kind_case("added", ADDED)
_kind_case("modified", MODIFIED)
_kind_case("metadata", METADATA)
_kind_case("replaced", REPLACED)
_kind_case("removed", REMOVED)
_kind_case("rewritten", UNCHANGED)
_kind_case("unmodified", PLAIN)
_kind_case("any-modified", MODIFIED, METADATA, REPLACED)
_kind_case("any-unmodified", PLAIN, UNCHANGED)
_kind_case("added-in-tree", ADDED)


@case("explore.attributes")
async def attributes(pilot: Pilot[int], key: str) -> None:
    tree = explore(app_of(pilot)).query_one(FileTree)
    assert "drwxr-xr-x" in tree.render_line(1).text
    await pilot.press(key)
    assert "drwxr-xr-x" not in tree.render_line(1).text


@case("explore.fold-all")
async def fold_all(pilot: Pilot[int], key: str) -> None:
    closed = names(app_of(pilot))
    await pilot.press(key)
    assert len(names(app_of(pilot))) > 60
    await pilot.press(key)
    assert names(app_of(pilot)) == closed


@case("explore.narrower")
async def narrower(pilot: Pilot[int], key: str) -> None:
    await pilot.press(key)
    await pilot.pause()
    assert explore(app_of(pilot)).query_one("#left").outer_size.width == 50


@case("explore.wider")
async def wider(pilot: Pilot[int], key: str) -> None:
    await pilot.press(key)
    await pilot.pause()
    assert explore(app_of(pilot)).query_one("#left").outer_size.width == 58


@case("explore.layers-lower")
async def layers_lower(pilot: Pilot[int], key: str) -> None:
    before = explore(app_of(pilot)).query_one("#layers").outer_size.height
    await pilot.press(key)
    await pilot.pause()
    assert explore(app_of(pilot)).query_one("#layers").outer_size.height == before - 2


@case("explore.layers-higher")
async def layers_higher(pilot: Pilot[int], key: str) -> None:
    before = explore(app_of(pilot)).query_one("#layers").outer_size.height
    await pilot.press(key)
    await pilot.pause()
    assert explore(app_of(pilot)).query_one("#layers").outer_size.height == before + 2


# The filter line.


@case("filter.leave")
async def filter_leave(pilot: Pilot[int], key: str) -> None:
    await filter_(pilot, "slash")
    await pilot.press(key)
    assert isinstance(pilot.app.focused, FileTree)
    assert names(app_of(pilot)) == ["etc", "etc/passwd"]
    assert current(app_of(pilot)) == "etc/passwd"


@case("filter.earlier")
async def filter_earlier(pilot: Pilot[int], key: str) -> None:
    await filter_(pilot, "slash")
    await pilot.press("enter", "backspace", "slash", key)
    assert explore(app_of(pilot)).query_one(FilterInput).value == "passwd"


@case("filter.later")
async def filter_later(pilot: Pilot[int], key: str) -> None:
    await filter_(pilot, "slash")
    await pilot.press("enter", "slash", "up", key)
    assert explore(app_of(pilot)).query_one(FilterInput).value == ""


# Tables and the screens beside the main one.


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
    paths = [getattr(row, "path", "") for row in table.rows]
    assert paths == sorted(paths)
    assert paths[0] == "etc/hostname"


@case("waste.reverse")
async def waste_reverse(pilot: Pilot[int], key: str) -> None:
    table = await focus_table(pilot)
    await pilot.press(key)
    wasted = [getattr(row, "wasted", 0) for row in table.rows]
    assert wasted == sorted(wasted)


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
    from tests.tui.test_loading import cancelled_by

    assert await cancelled_by(key) == 130


# Contents.


async def open_path(pilot: Pilot[int], path: str, key: str = "enter") -> None:
    """Put the cursor on *path*, press *key*, and wait for what that reads."""
    app = app_of(pilot)
    explore(app).reveal(Reveal(path, 3))
    await pilot.pause()
    await pilot.press(key)
    await settle(pilot)


async def settle(pilot: Pilot[int]) -> None:
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def first_line(pilot: Pilot[int]) -> str:
    return pilot.app.screen.query_one(Pager).render_line(0).text


def head(pilot: Pilot[int]) -> str:
    return str(pilot.app.screen.query(Static).first().render())


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


# Biggest files and the map.


@case("biggest.view")
async def biggest_view(pilot: Pilot[int], key: str) -> None:
    await pilot.press("b", key)
    await settle(pilot)
    assert pilot.app.screen.id == "viewer"
    assert "/usr/bin/python" in head(pilot) or "bundle.js" in head(pilot)


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


def _map_case(name: str, back: str) -> None:
    @case(f"map.{name}")
    async def move(pilot: Pilot[int], key: str) -> None:
        await map_enter(pilot, "enter")
        start = chosen(pilot)
        if name in ("left", "up"):
            await pilot.press(back)
            assert chosen(pilot) != start
            await pilot.press(key)
            assert chosen(pilot) == start
        else:
            await pilot.press(key)
            assert chosen(pilot) != start


_map_case("left", "right")
_map_case("right", "left")
_map_case("up", "down")
_map_case("down", "up")


@case("treemap.reveal")
async def treemap_reveal(pilot: Pilot[int], key: str) -> None:
    await focus_map(pilot)
    await pilot.press(key)
    await pilot.pause()
    assert pilot.app.screen.id == "explore"
    assert current(app_of(pilot)) == "usr"
