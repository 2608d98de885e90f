"""The biggest files of the view that the main screen shows, as one flat list."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Footer

from ocianalyze.report import words
from ocianalyze.tui.looks.cells import bar
from ocianalyze.tui.looks.states import GLYPH, WORD
from ocianalyze.tui.messages import LookInto, Reveal
from ocianalyze.tui.screens.base import SideScreen
from ocianalyze.tui.viewmodel.biggest import biggest
from ocianalyze.tui.viewmodel.paths import REMOVED, PathIndex
from ocianalyze.tui.viewmodel.state import TreeState
from ocianalyze.tui.viewmodel.view import View
from ocianalyze.tui.widgets.table import Cell, Column, Table
from ocianalyze.tui.widgets.title_bar import TitleBar

_COLUMNS = (
    Column(title="", width=4),
    Column(title="Size", width=13, right=True),
    Column(title="", width=14, tone="bar", least=90),
    Column(title="Path", width=0, tone="path"),
    Column(title="Layer", width=8, right=True, tone="muted"),
)


class BiggestScreen(SideScreen):
    """Files by size, removed ones too. Enter goes to the file in the tree, v opens its content."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("v", "view", "View", id="biggest.view", tooltip="Look into the file"),
    ]

    def __init__(self, index: PathIndex, state: TreeState) -> None:
        super().__init__(index, "biggest")
        self._state = state
        self._shown: View | None = None

    def compose(self) -> ComposeResult:
        """Title, table, keys."""
        yield TitleBar(self.index.analysis)
        yield Table[int]("biggest-table", _COLUMNS, self._cells)
        yield Footer(show_command_palette=False)

    def on_screen_resume(self) -> None:
        """Another layer may have been chosen in between."""
        view = self._state.view
        if view is not self._shown:
            self._shown = view
            table = self.query_one(Table)
            table.show_rows(biggest(view), sorted_by=(1, False), empty="No files here.")
            table.border_title = f"Biggest files after layer {view.layer}"

    def _cells(self, i: int) -> list[Cell]:
        view = self._state.view
        node, rows = view.node(i), self.query_one(Table).rows
        most = view.size(rows[0]) if rows else 0
        stored = node.stored_at.layer if node is not None and node.stored_at is not None else ""
        state = view.states[i]
        tone = WORD[state] if state == REMOVED else "path"
        return [
            (f" {GLYPH[state]}", "waste" if state == REMOVED else WORD[state]),
            (words.size(view.size(i)), tone),
            bar(view.size(i) / most if most else 0.0, 12),
            ("/" + words.safe_name(self.index.paths[i]), tone),
            str(stored),
        ]

    @on(Table.RowChosen)
    def _row_chosen(self, event: Table.RowChosen) -> None:
        self.app.post_message(Reveal(self.index.paths[event.row], self._state.layer))

    def action_view(self) -> None:
        """Look into the file."""
        i = self.query_one(Table).current
        if i is not None:
            self.app.post_message(LookInto(self.index.paths[i], self._state.layer))
