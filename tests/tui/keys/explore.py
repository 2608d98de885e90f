"""Keys of the main screen and of its filter line."""

from __future__ import annotations

from textual.pilot import Pilot

from ocianalyze.tui.app import OcianalyzeApp
from ocianalyze.tui.viewmodel.paths import ADDED, METADATA, MODIFIED, PLAIN, REMOVED, REPLACED, UNCHANGED
from ocianalyze.tui.viewmodel.rows import TreeOrder
from ocianalyze.tui.viewmodel.view import Mode
from ocianalyze.tui.widgets.file_tree import FileTree
from ocianalyze.tui.widgets.filter_bar import FilterInput
from ocianalyze.tui.widgets.layer_list import LayerList
from tests.tui.acting import app_of
from tests.tui.keys.registry import case
from tests.tui.sample import current, explore, names


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
    for _ in TreeOrder:
        await pilot.press(key)
        seen.append(explore(app_of(pilot)).state.order)
    assert seen == [TreeOrder.NAME, TreeOrder.WASTE, TreeOrder.MTIME, TreeOrder.CHANGE, TreeOrder.SIZE]


@case("explore.reverse")
async def reverse(pilot: Pilot[int], key: str) -> None:
    before = names(app_of(pilot))
    await pilot.press(key)
    assert names(app_of(pilot)) == before[::-1]


def state_of(app: OcianalyzeApp, path: str) -> int:
    """How the tree marks *path*."""
    i = explore(app).index.number(path)
    assert i is not None
    return explore(app).state.view.states[i]


@case("explore.aggregated")
async def aggregated(pilot: Pilot[int], key: str) -> None:
    await pilot.press(key)
    assert explore(app_of(pilot)).state.mode is Mode.AGGREGATED
    assert state_of(app_of(pilot), "srv/bundle.js") == ADDED


@case("explore.layer-changes")
async def layer_changes(pilot: Pilot[int], key: str) -> None:
    await pilot.press("A", key)
    assert explore(app_of(pilot)).state.mode is Mode.LAYER
    assert state_of(app_of(pilot), "srv/bundle.js") == PLAIN


@case("explore.lower-layer")
async def lower_layer(pilot: Pilot[int], key: str) -> None:
    await pilot.press("2", key)
    assert explore(app_of(pilot)).state.layer == 2
    assert explore(app_of(pilot)).query_one(LayerList).chosen == 2


@case("explore.upper-layer")
async def upper_layer(pilot: Pilot[int], key: str) -> None:
    await pilot.press("home", "2", key)
    assert explore(app_of(pilot)).state.layer == 1


def kinds(pilot: Pilot[int]) -> set[int]:
    """What has happened to the files among the tree's rows."""
    screen = explore(app_of(pilot))
    return {screen.state.view.states[row.i] for row in screen.query_one(FileTree).rows if not row.folder}


def _kind_case(name: str, *states: int) -> None:
    @case(f"kind.{name}")
    async def toggle(pilot: Pilot[int], key: str) -> None:
        await pilot.press("z", "2")
        before = kinds(pilot)
        assert before > set(states)
        await pilot.press(key)
        assert kinds(pilot) == before - set(states)
        await pilot.press(key)
        assert kinds(pilot) == before


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
