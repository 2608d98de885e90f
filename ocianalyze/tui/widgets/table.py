"""A virtual table: columns of text over any number of rows, of which the rows in sight are made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from ocianalyze.report import words
from ocianalyze.tui.looks.cells import fit, fit_right, struck_words
from ocianalyze.tui.looks.states import WORD
from ocianalyze.tui.widgets.line_view import LineView

T = TypeVar("T")
Cell = str | tuple[str, str]
"""A text, or a text and its own tone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column."""

    title: str
    width: int
    """Cells; with 0, the cells that the other columns leave."""
    right: bool = False
    tone: str = "plain"
    """The component class of its colour: `plain`, `muted`, `waste`, `path`, `bar`, or the word of a state."""
    least: int = 0
    """Width of the table under which the column is left out."""


class Table(Generic[T], LineView, can_focus=True):
    """Rows with a cursor. *cells* turns a row into harmless text, a cell a column."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"table--{word}" for word in WORD.values()),
        "table--bar",
        "table--cursor",
        "table--cursor-blurred",
        "table--header",
        "table--header-sorted",
        "table--muted",
        "table--path",
        "table--plain",
        "table--waste",
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", id="table.up", show=False, tooltip="One row up"),
        Binding("down,j", "move(1)", "Down", id="table.down", show=False, tooltip="One row down"),
        Binding("pageup,u", "page(-1)", "Page up", id="table.page-up", show=False, tooltip="One page up"),
        Binding("pagedown,d", "page(1)", "Page down", id="table.page-down", show=False, tooltip="One page down"),
        Binding("home,g", "jump(0)", "First", id="table.first", show=False, tooltip="To the first row"),
        Binding("end,G", "jump(-1)", "Last", id="table.last", show=False, tooltip="To the last row"),
        Binding("enter", "choose", "In tree", id="table.choose", tooltip="Go to this path in the tree"),
    ]

    cursor: reactive[int] = reactive(0, init=False)

    @dataclass
    class RowChosen(Message):
        """A row is chosen, by Enter or by two clicks."""

        table: Table[Any]
        row: Any

    @dataclass
    class RowHighlighted(Message):
        """The cursor is on another row."""

        table: Table[Any]

    @dataclass
    class HeadClicked(Message):
        """The head of a column was clicked."""

        table: Table[Any]
        column: int

    def __init__(self, name: str, columns: Sequence[Column], cells: Callable[[T], Sequence[Cell]]) -> None:
        super().__init__(name)
        self.columns = tuple(columns)
        self.rows: Sequence[T] = ()
        self._cells = cells
        self._sorted: tuple[int, bool] | None = None
        self._empty = ""

    def show_rows(self, rows: Sequence[T], *, sorted_by: tuple[int, bool] | None = None, empty: str = "") -> None:
        """Draw *rows* from now on; *sorted_by* is the column with the arrow, and whether the arrow points up."""
        self.rows, self._sorted, self._empty = rows, sorted_by, empty
        self.set_extent(0, len(rows) + 1)
        self.set_reactive(Table.cursor, min(self.cursor, max(0, len(rows) - 1)))
        self._reveal()
        self.refresh()
        self.post_message(self.RowHighlighted(self))

    @property
    def current(self) -> T | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a row."""
        return max(0, min(cursor, len(self.rows) - 1))

    def watch_cursor(self) -> None:
        """Redraw, and post a message."""
        self._reveal()
        self.refresh()
        self.post_message(self.RowHighlighted(self))

    def render_line(self, y: int) -> Strip:
        """The head, which stays, or one row."""
        width = self.line_width
        if y == 0:
            return self._head(width)
        number = y - 1 + self.scroll_offset.y
        if number >= len(self.rows):
            text = f"  {self._empty}" if y == 2 and not self.rows else ""
            return (
                Strip([Segment(text, self._style("muted"))])
                .adjust_cell_length(self.size.width)
                .apply_style(self.base_style)
            )
        cells = self._cells(self.rows[number])
        segments = []
        for at, column, wide in self._fitted(width):
            cell = cells[at]
            text, tone = (cell, column.tone) if isinstance(cell, str) else cell
            segments += struck_words([Segment(_placed(text, column, wide), self._style(tone))])
        strip = Strip([Segment(" "), *segments]).adjust_cell_length(self.size.width)
        return strip.apply_style(self._row_style(number))

    def _head(self, width: int) -> Strip:
        segments = [Segment(" ", self._style("header"))]
        for at, column, wide in self._fitted(width):
            marked = self._sorted is not None and self._sorted[0] == at
            arrow = "▲ " if self._sorted is not None and self._sorted[1] else "▼ "
            text = arrow + column.title if marked else column.title
            segments.append(Segment(_placed(text, column, wide), self._style("header-sorted" if marked else "header")))
        return Strip(segments).adjust_cell_length(width, self._style("header")).apply_style(self.base_style)

    def _fitted(self, width: int) -> list[tuple[int, Column, int]]:
        """Number, column and width of the columns that are shown."""
        kept = [(at, column) for at, column in enumerate(self.columns) if width >= column.least]
        fixed = sum(column.width for _, column in kept)
        return [(at, column, column.width or max(4, width - fixed - 2)) for at, column in kept]

    def _style(self, name: str) -> Style:
        return self.part_style(f"table--{name}")

    def _row_style(self, number: int) -> Style:
        if number != self.cursor:
            return self.base_style
        return self.base_style + self._style("cursor" if self.has_focus else "cursor-blurred")

    @property
    def _page(self) -> int:
        return max(1, self.size.height - 1)

    def _reveal(self) -> None:
        top, page = self.scroll_offset.y, self._page
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, force=True)
        elif self.cursor >= top + page:
            self.scroll_to(y=self.cursor - page + 1, animate=False, force=True)

    def on_resize(self) -> None:
        """A smaller table may have left the cursor outside."""
        self._reveal()

    def on_click(self, event: events.Click) -> None:
        """On the head: sort. On a row: go there; on a second click, choose the row."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if offset.y == 0:
            self._head_clicked(offset.x)
        elif (number := offset.y - 1 + self.scroll_offset.y) < len(self.rows):
            self.cursor = number
            if event.chain == 2:
                self.action_choose()

    def _head_clicked(self, x: int) -> None:
        start = 1
        for at, _, wide in self._fitted(self.line_width):
            if start <= x < start + wide:
                self.post_message(self.HeadClicked(self, at))
            start += wide

    def action_move(self, by: int) -> None:
        """Move by rows."""
        self.cursor += by

    def action_page(self, by: int) -> None:
        """Move by pages."""
        self.cursor += by * self._page

    def action_jump(self, to: int) -> None:
        """To the first row, or to the last."""
        self.cursor = to if to >= 0 else len(self.rows) - 1

    def action_choose(self) -> None:
        """Choose the row under the cursor."""
        if self.rows:
            self.post_message(self.RowChosen(self, self.rows[self.cursor]))


def _placed(text: str, column: Column, width: int) -> str:
    """*text* in its column; a path loses its middle, everything else its end."""
    if column.right:
        return fit_right(text, width - 2) + "  "
    if column.tone == "path":
        text = words.cut_path(text, width - 2)
    return fit(text, width - 2) + "  "
