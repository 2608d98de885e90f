"""The panes of the main screen: their room in wide and small terminals, what they say, and what survives."""

from __future__ import annotations

import re

import pytest
from textual.widgets import Footer, Tabs

from ocianalyze.tui.messages import Reveal
from ocianalyze.tui.viewmodel.paths import ADDED
from ocianalyze.tui.viewmodel.rows import TreeOrder
from ocianalyze.tui.viewmodel.view import Mode
from ocianalyze.tui.widgets.details_pane import DetailsPane
from ocianalyze.tui.widgets.file_tree import FileTree
from ocianalyze.tui.widgets.layer_list import LayerList
from tests.tui.acting import SMALL, WIDE, settle, text_of
from tests.tui.sample import current, explore, names, sample_app


async def test_the_state_of_the_view_survives_other_screens() -> None:
    app = sample_app()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("up", "A", "s", "2", "plus", "slash", *"passwd", "enter")
        await settle(pilot)
        before = names(app)
        assert before == ["etc", "etc/passwd"]
        for key in ("w", "b", "t", "i"):
            await pilot.press(key)
            await settle(pilot)
        await pilot.press("escape")
        state = explore(app).state
        assert (state.layer, state.mode, state.order) == (2, Mode.AGGREGATED, TreeOrder.NAME)
        assert set(state.hidden) == {ADDED}
        assert names(app) == before
        assert state.filter is not None
        await pilot.press("plus", "backspace")
        await settle(pilot)
        assert "usr" in names(app)


async def test_a_small_terminal_shows_one_pane_at_a_time() -> None:
    app = sample_app()
    async with app.run_test(size=SMALL) as pilot:
        screen = explore(app)
        for key, pane in (("2", "tree"), ("3", "details"), ("1", "layers"), ("tab", "tree")):
            await pilot.press(key)
            await pilot.pause()
            shown = [p for p in ("layers", "tree", "details") if screen.query_one(f"#{p}").region.width > 70]
            assert shown == [pane]
        await pilot.press("1")
        await pilot.click(Tabs, offset=(14, 0))
        await settle(pilot)
        assert screen.query_one(Tabs).active == "tab-tree"
        assert app.focused is screen.query_one(FileTree)


async def test_a_layer_says_when_there_is_no_room_for_all_its_counts() -> None:
    app = sample_app()
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        layers = explore(app).query_one(LayerList)
        assert "+1 ~2 @1 !1 =1 -7" in layers.render_line(7).text
        explore(app)._choose(width=30)
        await settle(pilot)
        assert layers.render_line(7).text.rstrip().endswith("+1 ~2 @1 …")
        assert re.search(r" 538 B wasted *$", layers.render_line(1).text)


async def test_sizes_that_were_chosen_stay_and_a_narrow_terminal_has_one_whole_pane() -> None:
    app = sample_app()
    async with app.run_test(size=WIDE) as pilot:
        screen = explore(app)
        left, layers = screen.query_one("#left"), screen.query_one("#layers")
        await pilot.press("right_square_bracket", *["right_curly_bracket"] * 3)
        await settle(pilot)
        chosen = (left.outer_size.width, layers.outer_size.height)
        assert chosen == (58, 16)
        await pilot.resize_terminal(*SMALL)
        await settle(pilot)
        await pilot.press("left_square_bracket")
        await settle(pilot)
        assert left.outer_size.width == 80
        await pilot.resize_terminal(*WIDE)
        await settle(pilot)
        assert (left.outer_size.width, layers.outer_size.height) == chosen
        details = screen.query_one("#details")
        await pilot.mouse_down(details, offset=(20, 0))
        await pilot.hover(screen, offset=(20, 30))
        await pilot.mouse_up(screen, offset=(20, 30))
        await settle(pilot)
        assert details.region.y == 30


@pytest.mark.parametrize("key", ["", "2", "3", "w", "b", "t", "i"])
async def test_the_footer_and_the_title_fit_a_small_terminal(key: str) -> None:
    app = sample_app()
    async with app.run_test(size=SMALL) as pilot:
        await settle(pilot)
        if key:
            await pilot.press(key)
            await settle(pilot)
        keys = app.screen.query_one(Footer).children
        assert [str(shown.tooltip) for shown in keys][-1] == "Leave ocianalyze"
        assert max(shown.region.right for shown in keys) <= 80
        assert "1.2 MB wasted" in text_of(app).splitlines()[0]


async def test_a_value_that_is_wrapped_stays_in_its_column() -> None:
    app = sample_app()
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        explore(app).reveal(Reveal("var/cache/apt/pkg3.deb", 3))
        await settle(pilot)
        shown = [strip.text for strip in app.screen.query_one(DetailsPane)._strips]
        at = next(n for n, line in enumerate(shown) if line.startswith("BLAKE3"))
        digest = shown[at].removeprefix("BLAKE3").strip() + shown[at + 1].strip()
        assert len(digest) == 64
        assert shown[at + 1].startswith(" " * 11)


async def test_details_follow_the_cursor_and_the_focus() -> None:
    app = sample_app()
    async with app.run_test(size=WIDE) as pilot:
        pane = explore(app).query_one(DetailsPane)
        assert "Layer 3" in pane.render_line(0).text
        explore(app).reveal(Reveal("etc/passwd", 3))
        await settle(pilot)
        assert "passwd" in pane.render_line(0).text
        assert current(app) == "etc/passwd"
        await pilot.press("1", "up")
        await settle(pilot)
        assert "Layer 2" in pane.render_line(0).text


async def test_ci_in_the_environment_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    app = sample_app()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.pause()
        assert app.screen.id == "explore"
        assert "usr" in names(app)
