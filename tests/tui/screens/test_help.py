"""Help and the command palette know every binding."""

from __future__ import annotations

from textual.command import CommandPalette
from textual.dom import DOMNode

from ocianalyze.tui.app import OcianalyzeApp
from ocianalyze.tui.commands import BindingCommands
from ocianalyze.tui.keys import our_bindings
from ocianalyze.tui.screens.help import SECTIONS, HelpScreen
from ocianalyze.tui.screens.loading import LoadingScreen
from ocianalyze.tui.screens.save import SaveScreen
from ocianalyze.tui.widgets.details_pane import DetailsPane
from tests.tui.acting import WIDE, settle
from tests.tui.keys.registry import ALL
from tests.tui.sample import explore, sample_app

ON_SCREEN = {"app", "explore", "kind", "tree", "layers", "details", "filter"}
"""Whose bindings there are on the main screen."""


async def test_the_palette_has_every_action() -> None:
    app = sample_app()
    async with app.run_test(size=WIDE) as pilot:
        await pilot.press("2", "ctrl+p")
        await pilot.pause()
        assert isinstance(app.screen, CommandPalette)
        provider = BindingCommands(explore(app))
        actions = {binding.tooltip for id_, binding in ALL.items() if id_ and id_.partition(".")[0] in ON_SCREEN}
        moves = {text for text in actions if text.startswith("One ")}
        assert moves
        assert {text for text, _, _ in provider._commands()} == actions - moves
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
        unsaid = {id_ for id_, binding in ALL.items() if binding.tooltip not in text}
        assert unsaid == {"help.close", "loading.cancel", "save.cancel"}


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
