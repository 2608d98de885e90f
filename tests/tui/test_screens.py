"""What screens do beside answering keys: hostile names, the mouse, narrow terminals, state, commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.dom import DOMNode
from textual.pilot import Pilot
from textual.widgets import Footer, Input, Static, Tabs

from ocianalyze.analysis.analyze import analyze
from ocianalyze.archive.load import load_image
from ocianalyze.errors import ArchiveError
from ocianalyze.model.image import Image
from ocianalyze.tui.app import OcianalyzeApp
from ocianalyze.tui.commands import BindingCommands
from ocianalyze.tui.content.source import ContentSource
from ocianalyze.tui.index import filters
from ocianalyze.tui.index.paths import ADDED
from ocianalyze.tui.index.rows import Order
from ocianalyze.tui.index.view import Mode
from ocianalyze.tui.keys import our_bindings
from ocianalyze.tui.messages import Reveal
from ocianalyze.tui.screens.help import SECTIONS, HelpScreen
from ocianalyze.tui.screens.loading import LoadingScreen
from ocianalyze.tui.screens.save import SaveScreen
from ocianalyze.tui.widgets import filter_bar
from ocianalyze.tui.widgets.details_pane import DetailsPane
from ocianalyze.tui.widgets.file_tree import FileTree
from ocianalyze.tui.widgets.filter_bar import FilterBar
from ocianalyze.tui.widgets.kind_bar import KindBar
from ocianalyze.tui.widgets.layer_list import LayerList
from ocianalyze.tui.widgets.pager import Pager
from ocianalyze.tui.widgets.table import Table
from ocianalyze.tui.widgets.treemap import TreemapView
from tests.builders import build_image, layer
from tests.tui.acting import SMALL, WIDE, open_path, settle, text_of
from tests.tui.keys.registry import ALL
from tests.tui.sample import EVIL, current, explore, names, sample, sample_app

SAMPLES = Path(__file__).parents[2] / "sample-images"


def flat(app: OcianalyzeApp) -> str:
    """The same on one line, without frames."""
    return " ".join(re.sub("[│▌╭╮╰╯─━]", " ", text_of(app)).split())


def said(app: OcianalyzeApp) -> str:
    """What the save dialog answers."""
    return str(app.screen.query_one("#save-say", Static).render())


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


async def test_names_are_never_markup_nor_escapes() -> None:
    app = sample_app()
    async with app.run_test(size=WIDE) as pilot:
        explore(app).reveal(Reveal(EVIL, 3))
        await settle(pilot)
        for keys in ("", "b", "w", "t", "enter"):
            await pilot.press(*keys.split())
            await settle(pilot)
            text = text_of(app)
            assert "\x1b" not in text
            assert "\u202e" not in text
        await pilot.press("escape", "escape")
        explore(app).reveal(Reveal(EVIL, 3))
        await settle(pilot)
        assert r"evil[" in text_of(app)
        assert r"\x1b[31m\u202egnp.sh" in text_of(app)
        await pilot.press("y", "e")
        await settle(pilot)
        assert "Save /srv/[bold red]evil[/nope]" in text_of(app)


async def test_the_state_of_the_view_survives_other_screens() -> None:
    app = sample_app()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("up", "A", "s", "2", "plus", "slash", *"bundle", "enter")
        await settle(pilot)
        before = names(app)
        assert before == ["srv", "srv/bundle.js", "srv/bundle.min.js"] or before == []
        for key in ("w", "b", "t", "i"):
            await pilot.press(key)
            await settle(pilot)
        await pilot.press("escape")
        state = explore(app).state
        assert (state.layer, state.mode, state.order, set(state.hidden)) == (2, Mode.AGGREGATED, Order.NAME, {ADDED})
        assert names(app) == before
        assert state.filter is not None
        await pilot.press("plus", "backspace")
        await settle(pilot)
        assert "usr" in names(app)


async def test_a_filter_that_means_nothing_says_so_and_keeps_the_last_rows() -> None:
    app = sample_app()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("slash", *"kind:x")
        await settle(pilot)
        assert "no such kind: x" in text_of(app)
        assert app.screen.query_one(FilterBar).has_class("-problem")


async def test_a_filter_that_takes_long_shows_what_it_has_found_so_far_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(filters, "_SLICE", 20)
    for name, seconds in (("_TURN", 0.0), ("_EARLY", 0.0), ("_SOON", -1.0), ("_FRAME", 0.3)):
        monkeypatch.setattr(filter_bar, name, seconds)
    app = sample_app()
    async with app.run_test(size=WIDE) as pilot:
        await settle(pilot)
        app.screen.query_one(Input).value = "tool"
        while "so far" not in text_of(app):
            await pilot.pause(0.01)
        early = names(app)
        assert early
        await settle(pilot)
        assert "60 paths" in text_of(app)
        assert len(early) < len(names(app))
        app.screen.query_one(Input).value = "tool0"
        await settle(pilot)
        assert "10 paths" in text_of(app)


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
        opened = len(names(app))
        assert opened > 4
        await pilot.click(tree, offset=(4, 0))
        await settle(pilot)
        assert screen.state.order is Order.NAME
        await pilot.click(tree, offset=(6, 2), times=2)
        await settle(pilot)
        assert len(names(app)) != opened
        await pilot.click(KindBar, offset=(4, 0))
        await settle(pilot)
        assert screen.state.hidden == {ADDED}
        splitter = screen.query_one("Splitter")
        await pilot.mouse_down(splitter, offset=(0, 5))
        await pilot.hover(screen, offset=(70, 10))
        await pilot.mouse_up(screen, offset=(70, 10))
        await pilot.pause()
        assert screen.query_one("#left").outer_size.width == 70


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


async def test_the_palette_has_every_action() -> None:
    app = sample_app()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("2", "ctrl+p")
        await pilot.pause()
        assert isinstance(app.screen, CommandPalette)
        provider = BindingCommands(explore(app))
        found = {text for text, _, _ in provider._commands()}
        assert {"Filter the tree", "Wasted bytes: where, why and since when", "Open or close the directory"} <= found
        await pilot.press(*"treemap")
        await pilot.pause(0.5)
        await pilot.press("down", "enter")
        await settle(pilot)
        assert app.screen.id == "treemap"


async def test_help_lists_the_keys_and_the_filter_language() -> None:
    app = sample_app()
    async with app.run_test(size=(120, 200)) as pilot:
        await pilot.press("question_mark")
        await pilot.pause()
        pane = app.screen.query_one(DetailsPane)
        text = " ".join(" ".join(pane.render_line(y).text for y in range(pane.size.height)).split())
        for words in ("Show or hide what is removed", "^r", "re:EXPR", "Most terminals send Ctrl+M as Enter"):
            assert words in text


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


async def test_a_map_of_nothing_says_why() -> None:
    app = sample_app()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("slash", *"nowhere", "enter")
        await settle(pilot)
        await pilot.press("t")
        await settle(pilot)
        assert "Nothing here passes the filter." in text_of(app)
        assert "filtered: nowhere" in text_of(app)
        await pilot.press("escape", "backspace")
        await settle(pilot)
        await pilot.press("t")
        await settle(pilot)
        assert "usr" in text_of(app)
        assert "filtered" not in text_of(app)


async def test_biggest_files_have_the_colours_of_their_marks() -> None:
    app = sample_app()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("b")
        await settle(pilot)
        table = app.screen.query_one(Table)
        rows = [table.render_line(y) for y in range(1, 12)]
        removed = next(row for row in rows if "pkg4.deb" in row.text)
        name = next(part for part in removed if "pkg4.deb" in part.text)
        mark = next(part for part in removed if "-" in part.text)
        assert name.style is not None
        assert name.style.strike
        assert name.text.strip() == name.text
        assert mark.style is not None
        assert not mark.style.strike
        kept = next(part for row in rows for part in row if "bundle.js" in part.text)
        assert kept.style is not None
        assert not kept.style.strike


async def test_the_image_screen_shows_config_history_and_notices() -> None:
    app = sample_app()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("i")
        await pilot.pause()
        text = text_of(app)
        for words in ("8080/tcp", "TOKEN=[red]", '["/usr/bin/python", "/srv/app.py"]', "RUN rm -rf", "Efficiency"):
            assert words in text


async def test_an_image_without_layers_can_be_looked_at() -> None:
    app = OcianalyzeApp(analyze(build_image()))
    async with app.run_test(size=WIDE) as pilot:
        for key in ("2", "j", "space", "enter", "z", "s", "A", "e", "c", "y", "Y", "plus", "w", "b", "t", "enter", "i"):
            await pilot.press(key)
            await settle(pilot)
        await pilot.press("escape", "slash", *"x")
        await settle(pilot)
        await pilot.press("escape", "1", "down", "end", "q")
    assert app.return_value == 0


async def test_an_empty_layer_can_be_looked_at() -> None:
    app = OcianalyzeApp(analyze(build_image(layer(), layer())))
    async with app.run_test(size=SMALL) as pilot:
        for key in ("2", "j", "z", "enter", "A", "up", "3", "w", "b", "t", "down", "enter", "backspace"):
            await pilot.press(key)
            await settle(pilot)


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


async def test_files_of_a_real_archive_are_read(tmp_path: Path) -> None:
    archive = SAMPLES / "webapp-v2.tar"
    if not archive.exists():
        pytest.skip("the sample images are not there")
    app = OcianalyzeApp(analyze(load_image(str(archive))))
    async with app.run_test(size=WIDE) as pilot:
        index = explore(app).index
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
        assert index.number("bin/busybox") is not None


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


async def test_an_archive_that_is_gone_is_a_message_in_the_viewer() -> None:
    def gone(_: Image) -> ContentSource:
        raise ArchiveError("the archive is gone")

    app = OcianalyzeApp(sample(), open_contents=gone)
    async with app.run_test(size=WIDE) as pilot:
        await open_path(pilot, "srv/app.py")
        assert "the archive is gone" in text_of(app)
        await pilot.press("escape")
        assert app.screen.id == "explore"


async def test_a_file_is_saved_into_a_directory_that_is_there(tmp_path: Path) -> None:
    app = sample_app()
    async with app.run_test(size=WIDE) as pilot:
        await open_path(pilot, "srv/app.py", "e")
        pilot.app.screen.query_one(Input).value = "~nobody-of-that-name/x"
        await pilot.press("enter")
        assert "Where to?" in said(app)
        await _save_to(pilot, tmp_path)
    assert (tmp_path / "app.py").read_bytes().startswith(b"line of srv")


async def test_help_has_every_binding() -> None:
    owners: list[type[DOMNode]] = [
        OcianalyzeApp,
        HelpScreen,
        LoadingScreen,
        SaveScreen,
        *(owner for _, owner in SECTIONS),
    ]
    shown = {binding.id for owner in owners for binding in our_bindings(owner)}
    assert shown == set(ALL)
