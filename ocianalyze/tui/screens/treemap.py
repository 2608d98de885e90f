"""The treemap of the merged tree by size."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Footer, Static

from ocianalyze.report import words
from ocianalyze.tui.messages import Reveal
from ocianalyze.tui.screens.base import SideScreen
from ocianalyze.tui.viewmodel.paths import ROOT, PathIndex
from ocianalyze.tui.viewmodel.state import TreeState
from ocianalyze.tui.widgets.title_bar import TitleBar
from ocianalyze.tui.widgets.treemap import TreemapView


class TreemapScreen(SideScreen):
    """Areas are sizes. Arrows choose a box, Enter opens its directory, Backspace leads out."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "reveal", "In tree", id="treemap.reveal", tooltip="Go to the chosen path in the tree"),
    ]

    def __init__(self, index: PathIndex, state: TreeState) -> None:
        super().__init__(index, "treemap")
        self._state = state

    def compose(self) -> ComposeResult:
        """Title, the shown directory, the map, keys."""
        yield TitleBar(self.index.analysis)
        yield Static(id="treemap-where")
        yield TreemapView("treemap-view")
        yield Footer(show_command_palette=False)

    def on_screen_resume(self) -> None:
        """Another layer may have been chosen in between."""
        view, shown = self._state.view, self._state.shown_mask()
        for i in view.other_names():
            shown[i] = 0
        nothing = "Nothing here passes the filter." if self._state.filter else "Nothing here takes any bytes."
        self.query_one(TreemapView).show(view, shown, empty=nothing)

    @on(TreemapView.Moved)
    def _moved(self, event: TreemapView.Moved) -> None:
        view = self._state.view
        top = self.index.paths[event.top]
        parts = [
            (f" after layer {view.layer} ", "$text-muted"),
            ("/" + words.safe_name(top), "bold $text-accent"),
            (f"  {words.size(view.size(event.top))}", "$foreground"),
        ]
        if self._state.filter is not None:
            parts.insert(1, (f"filtered: {words.cut(words.safe_name(self._state.filter.text), 30)}  ", "$text-warning"))
        if event.i is not None:
            whole = view.size(event.top)
            share = words.percent(view.size(event.i) / whole) if whole else "0%"
            name = words.safe_name(self.index.paths[event.i][len(top) :].lstrip("/"))
            parts += [("   ▸ ", "$text-muted"), (f"{name}  {words.size(view.size(event.i))}, {share}", "$foreground")]
        self.query_one("#treemap-where", Static).update(Content.assemble(*parts))

    def action_reveal(self) -> None:
        """Go to the chosen path in the tree."""
        i = self.query_one(TreemapView).current
        if i is not None and i != ROOT:
            self.app.post_message(Reveal(self.index.paths[i], self._state.layer))
