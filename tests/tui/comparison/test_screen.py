"""Browsing a comparison: the keys of the browser, over both images at once."""

from __future__ import annotations

from rich.cells import cell_len
from textual.pilot import Pilot

from ocianalyze.analysis.compare.imagediff import ImageDiff, compare
from ocianalyze.analysis.union.analyze import analyze
from ocianalyze.api import open_pair
from ocianalyze.tui.comparison.app import CompareApp, OpenedComparison
from ocianalyze.tui.comparison.pair import NEW, OLD, Pair
from ocianalyze.tui.comparison.screen import CompareScreen, CompareTitle, SummaryScreen
from ocianalyze.tui.screens.content_diff import ContentDiffScreen
from ocianalyze.tui.widgets.file_tree import FileTree
from ocianalyze.tui.widgets.layer_list import LayerList
from tests.builders import build_image, directory, file, hardlink, layer, symlink
from tests.cli.run import SAMPLES
from tests.loading.loader import load_image
from tests.tui.sample import Shown

OLD_IMAGE = build_image(
    layer(file("same", 5), file("a/gone", 70), file("a/grows", 10), file("b/moves", 300), hardlink("b/also", "same")),
    layer(file("old-only", 1)),
)
NEW_IMAGE = build_image(
    layer(file("same", 5), file("a/grows", 90), directory("b"), symlink("b/link", "x"), hardlink("b/also", "same")),
    layer(file("c/moves", b"")._replace(**{k: getattr(file("b/moves", 300), k) for k in ("size", "content")})),
)


class Compared:
    """Two images that were made and not opened, as an `OpenedPair`."""

    def __init__(self, difference: ImageDiff) -> None:
        self.difference = difference
        self.old, self.new = Shown(difference.old), Shown(difference.new)

    def close(self) -> None:
        """Nothing is open."""


def app() -> CompareApp:
    return CompareApp(OpenedComparison(Compared(compare(analyze(OLD_IMAGE), analyze(NEW_IMAGE)))))


async def ready(pilot: Pilot[int]) -> CompareScreen:
    for _ in range(400):
        await pilot.pause(0.02)
        screen = pilot.app.screen
        if isinstance(screen, CompareScreen) and any(tree.view is not None for tree in screen.query(FileTree)):
            return screen
    raise AssertionError("the comparison did not open")


def shown(screen: CompareScreen) -> list[str]:
    tree = screen.query_one(FileTree)
    return [screen.index.paths[row.i] for row in tree.rows]


def test_a_pair_shows_the_new_image_with_marks_of_what_it_did_to_the_old_one() -> None:
    diff = compare(analyze(OLD_IMAGE), analyze(NEW_IMAGE))
    pair = Pair(diff)
    old, new = pair.analysis.trees
    assert [path for path, _ in old.walk()] == [path for path, _ in diff.old.tree.walk()]
    assert [path for path, _ in new.walk()] == [path for path, _ in diff.new.tree.walk()]
    assert {path: node.size for path, node in new.walk()} == {path: node.size for path, node in diff.new.tree.walk()}
    assert [notice for notice in pair.analysis.notices if notice.code != "device-whiteout"] == []


async def test_it_opens_on_what_differs_the_largest_first() -> None:
    async with app().run_test(size=(160, 50)) as pilot:
        screen = await ready(pilot)
        await pilot.press("tab", "z")
        assert "same" not in shown(screen)
        assert shown(screen)[0] in {"b", "c"}
        index, view = screen.index, screen.state.view
        deltas = {path: view.delta(number) for number, path in enumerate(index.paths)}
        assert deltas["a/grows"] == 80
        assert deltas["a/gone"] == -70
        assert deltas["a"] == 10
        assert deltas[""] == 80 - 70 - 1
        await pilot.press("full_stop")
        assert "same" in shown(screen)


async def test_the_layers_pane_is_the_alignment() -> None:
    async with app().run_test(size=(160, 50)) as pilot:
        screen = await ready(pilot)
        rows = screen.query_one(LayerList).rows
        assert [(row.label, row.note) for row in rows] == [("~", "changed"), ("~", "changed")]
        await pilot.press("down")
        assert "New layer 1" in screen.layer_content().plain
        assert screen.state.layer == NEW


async def test_a_file_that_moved_says_where_from_and_where_to() -> None:
    async with app().run_test(size=(160, 50)) as pilot:
        screen = await ready(pilot)
        for path, said in (("c/moves", "Moved from  /b/moves"), ("b/moves", "Moved to    /c/moves")):
            number = screen.index.number(path)
            assert number is not None
            assert said.split() == screen.path_content(number).plain.splitlines()[0].split()
        number = screen.index.number("a/grows")
        assert number is not None
        assert "Moved" not in screen.path_content(number).plain


async def test_filters_kinds_and_marks_work_as_in_one_image() -> None:
    async with app().run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        await pilot.press("2", "full_stop", "slash", *"grows", "enter")
        for _ in range(100):
            await pilot.pause(0.02)
            if shown(screen) == ["a", "a/grows"]:
                break
        assert shown(screen) == ["a", "a/grows"]
        assert screen.state.view.delta(screen.index.number("a/grows") or 0) == 80


async def test_the_title_says_in_80_columns_which_images_differ_by_how_much() -> None:
    made = app()
    async with made.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        title = made.screen.query_one(CompareTitle)
        for content in title.lengths()[1:]:
            assert "differ" in content.plain
        assert cell_len(str(title.render())) <= 80
        assert "to pull" in title.lengths()[0].plain


async def test_the_head_says_once_what_the_rows_are_sorted_by() -> None:
    made = app()
    async with made.run_test(size=(160, 50)) as pilot:
        await ready(pilot)
        head = made.screen.query_one(FileTree).render_line(0).text
        assert "Name  ▼ by change" in head
        assert head.count("▼") == 1


async def test_the_summary_is_a_screen_and_waste_is_none() -> None:
    async with app().run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        await pilot.press("w")
        assert pilot.app.screen is screen
        await pilot.press("i")
        assert isinstance(pilot.app.screen, SummaryScreen)
        await pilot.press("escape")
        assert pilot.app.screen is screen


async def test_contents_of_both_versions_come_from_their_own_archives() -> None:
    opened = OpenedComparison(open_pair(str(SAMPLES / "webapp-v1.tar"), str(SAMPLES / "webapp-v2.tar")))
    application = CompareApp(lambda _: opened, source="two images")
    async with application.run_test(size=(160, 50)) as pilot:
        screen = await ready(pilot)
        number = screen.index.number("srv/app/site/index.html")
        assert number is not None
        await pilot.press("tab")
        screen.state.reveal(number)
        screen._redraw(at=number)
        await pilot.press("c")
        for _ in range(200):
            await pilot.pause(0.02)
            if isinstance(pilot.app.screen, ContentDiffScreen):
                break
        assert isinstance(pilot.app.screen, ContentDiffScreen)
        for side, path in ((OLD, "webapp-v1.tar"), (NEW, "webapp-v2.tar")):
            entries = opened.analysis.image.layers[side].entries
            entry = next(one for one in entries if one.path == "srv/app/site/index.html")
            tree = analyze(load_image(str(SAMPLES / path))).tree
            node = tree.get("srv/app/site/index.html")
            assert node is not None
            assert len(opened.contents.read(side, entry)) == node.size
            assert (b"static/app.css" in opened.contents.read(side, entry)) == (side == NEW)
