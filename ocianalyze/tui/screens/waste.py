"""The waste screen: every path with wasted bytes, the layers that wrote them and the layers that hid them."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Footer, Static

from ocianalyze.analysis.waste.waste import WastedCopy, WastedPath
from ocianalyze.report import words
from ocianalyze.tui.looks.cells import bar
from ocianalyze.tui.looks.details import CAUSE_TEXT
from ocianalyze.tui.looks.text import field, heading, layer_text, lines
from ocianalyze.tui.messages import Reveal
from ocianalyze.tui.screens.base import SideScreen
from ocianalyze.tui.viewmodel.paths import PathIndex
from ocianalyze.tui.widgets.details_pane import DetailsPane
from ocianalyze.tui.widgets.table import Cell, Column, Table
from ocianalyze.tui.widgets.title_bar import TitleBar

_COLUMNS = (
    Column(title="Wasted", width=13, right=True, tone="waste"),
    Column(title="", width=12, tone="bar", least=110),
    Column(title="Path", width=0, tone="path"),
    Column(title="Copies", width=9, right=True, tone="muted", least=116),
    Column(title="Cause", width=31, least=60),
    Column(title="Writer", width=9, right=True, tone="muted", least=116),
    Column(title="Killer", width=9, right=True, tone="muted", least=116),
)
_KEYS: dict[int, Callable[[WastedPath], object]] = {
    0: lambda path: (-path.wasted, path.path),
    2: lambda path: path.path,
    3: lambda path: (-len(path.copies), -path.wasted),
    4: lambda path: (path.cause.value, -path.wasted),
    5: lambda path: (path.main_copy.written_by, -path.wasted),
    6: lambda path: (path.main_copy.killed_by, -path.wasted),
}
"""Sort key by column."""
_ORDER = (0, 2, 3, 4, 5, 6)


class WasteScreen(SideScreen):
    """A table to sort, a summary by cause, and the history of the path under the cursor."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s,ctrl+o", "sort", "Sort", id="waste.sort", key_display="s", tooltip="Sort by the next column"),
        Binding("S", "reverse", "Reverse", id="waste.reverse", show=False, tooltip="Sort the other way round"),
    ]

    def __init__(self, index: PathIndex) -> None:
        super().__init__(index, "waste")
        self._column, self._backwards = 0, False

    def compose(self) -> ComposeResult:
        """Title, summary, table, details of the row."""
        yield TitleBar(self.index.analysis)
        with Horizontal(id="waste-top"):
            yield Static(self._summary(), id="waste-summary")
            yield Static(self._pairs(), id="waste-pairs")
        yield Table[WastedPath]("waste-table", _COLUMNS, self._cells)
        yield DetailsPane("waste-details")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Fill the table."""
        self.query_one("#waste-table").border_title = "Wasted paths"
        self.query_one(DetailsPane).border_title = "What happened"
        self.query_one("#waste-summary").border_title = "By cause"
        self.query_one("#waste-pairs").border_title = "By layer: written in, hidden by"
        self._redraw()

    def _redraw(self) -> None:
        rows = sorted(self.index.analysis.waste.paths, key=_KEYS[self._column], reverse=self._backwards)  # type: ignore[arg-type]  # keys of one column compare
        up = self._backwards == (self._column in (0, 3))
        self._table.show_rows(rows, sorted_by=(self._column, up), empty="No layer hides bytes of another.")

    @property
    def _table(self) -> Table[WastedPath]:
        return self.query_one("#waste-table", Table)

    def _cells(self, path: WastedPath) -> list[Cell]:
        copy, most = path.main_copy, self.index.analysis.waste.paths[0].wasted
        return [
            words.size(path.wasted),
            bar(path.wasted / most if most else 0.0, 10),
            "/" + words.safe_name(path.path),
            str(len(path.copies)),
            CAUSE_TEXT[path.cause],
            str(copy.written_by),
            str(copy.killed_by),
        ]

    def _summary(self) -> Content:
        waste = self.index.analysis.waste
        ratio = words.percent(1 - waste.efficiency)
        parts = [
            Content.assemble(
                (words.size(waste.wasted), "bold $text-error"),
                f" wasted of {words.size(waste.stored)} stored ({ratio})",
            )
        ]
        for cause, count in sorted(waste.by_cause.items(), key=lambda item: -item[1]):
            if count:
                share = Content.styled(bar(count / waste.wasted, 10), "$primary")
                parts.append(Content.assemble(words.size(count).rjust(10), "  ", share, f" {CAUSE_TEXT[cause]}"))
        return lines(parts)

    def _pairs(self) -> Content:
        pairs = sorted(self.index.analysis.waste.by_layer_pair.items(), key=lambda item: -item[1])
        parts = [
            Content.assemble(
                words.size(count).rjust(10),
                (f"  {writer:>3} → {killer:<3} ", "$text-accent"),
                (words.cut(layer_text(self.index.analysis.image.layers[killer]), 60), "$text-muted"),
            )
            for (writer, killer), count in pairs[:6]
        ]
        return lines(parts)

    @on(Table.RowHighlighted)
    def _row_highlighted(self) -> None:
        path = self._table.current
        self.query_one(DetailsPane).show(self._story(path) if path is not None else Content(""))

    def _story(self, path: WastedPath) -> Content:
        parts = [heading("/" + words.safe_name(path.path))]
        parts += [part for copy in path.copies for part in self._copy_story(copy)]
        return lines(parts)

    def _copy_story(self, copy: WastedCopy) -> list[Content]:
        layers = self.index.analysis.image.layers
        return [
            Content.assemble((words.size(copy.size), "$text-error"), f" {CAUSE_TEXT[copy.cause]}"),
            field("  written", f"layer {copy.written_by}: {layer_text(layers[copy.written_by])}"),
            field("  hidden", f"layer {copy.killed_by}: {layer_text(layers[copy.killed_by])}"),
        ]

    @on(Table.RowChosen)
    def _row_chosen(self, event: Table.RowChosen) -> None:
        path: WastedPath = event.row
        self.app.post_message(Reveal(path.path, path.main_copy.written_by))

    @on(Table.HeadClicked)
    def _head_clicked(self, event: Table.HeadClicked) -> None:
        if event.column in _KEYS:
            self._backwards = not self._backwards if event.column == self._column else False
            self._column = event.column
            self._redraw()

    def action_sort(self) -> None:
        """Sort by the next column."""
        self._column = _ORDER[(_ORDER.index(self._column) + 1) % len(_ORDER)]
        self._backwards = False
        self._redraw()

    def action_reverse(self) -> None:
        """Sort the other way round."""
        self._backwards = not self._backwards
        self._redraw()
