"""The merged tree as a virtual list: rows come from `viewmodel.rows`, and only the rows in sight are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from ocianalyze.tui.viewmodel.paths import ADDED
from ocianalyze.tui.viewmodel.rows import TreeOrder, TreeRow
from ocianalyze.tui.viewmodel.view import View
from ocianalyze.tui.widgets.line_view import LineView
from ocianalyze.tui.widgets.tree_line import COMPONENT_CLASSES, TreeColumns, draw_header, draw_row


class FileTree(LineView, can_focus=True):
    """Rows of a view, with a cursor. The screen knows which directories are open and which filter is set."""

    COMPONENT_CLASSES: ClassVar[set[str]] = COMPONENT_CLASSES

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", id="tree.up", show=False, tooltip="One row up"),
        Binding("down,j", "move(1)", "Down", id="tree.down", show=False, tooltip="One row down"),
        Binding("pageup,u", "page(-1)", "Page up", id="tree.page-up", show=False, tooltip="One page up"),
        Binding("pagedown,d", "page(1)", "Page down", id="tree.page-down", show=False, tooltip="One page down"),
        Binding("home,g", "jump(0)", "First", id="tree.first", show=False, tooltip="To the first row"),
        Binding("end,G", "jump(-1)", "Last", id="tree.last", show=False, tooltip="To the last row"),
        Binding(
            "left,h",
            "close_or_parent",
            "Close",
            id="tree.close",
            show=False,
            tooltip="Close the directory, or go to the one above",
        ),
        Binding(
            "right,l",
            "open_or_child",
            "Open",
            id="tree.open",
            show=False,
            tooltip="Open the directory, or go to its first row",
        ),
        Binding("space", "fold", "Fold", id="tree.fold", show=False, tooltip="Open or close the directory"),
        Binding(
            "ctrl+a",
            f"screen.toggle_kinds(({ADDED},))",
            "Added",
            id="kind.added-in-tree",
            show=False,
            tooltip="Show or hide what is added, in the tree",
        ),
        Binding("enter", "choose", "View", id="tree.choose", tooltip="Look into the file; open or close a directory"),
    ]

    cursor: reactive[int] = reactive(0, init=False)
    attributes: reactive[bool] = reactive(True)
    order: reactive[TreeOrder] = reactive(TreeOrder.SIZE)
    backwards: reactive[bool] = reactive(False)

    @dataclass
    class PathHighlighted(Message):
        """The cursor is on another path, or on none."""

        tree: FileTree
        i: int | None

    @dataclass
    class Toggled(Message):
        """The directory *i* is to be opened or closed."""

        tree: FileTree
        i: int

    @dataclass
    class FileChosen(Message):
        """The file *i* is to be looked into."""

        tree: FileTree
        i: int

    @dataclass
    class SortClicked(Message):
        """The head of a column was clicked."""

        tree: FileTree
        order: TreeOrder

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.rows: Sequence[TreeRow] = ()
        self.view: View | None = None
        self.empty_text = ""

    def show_rows(self, view: View, rows: Sequence[TreeRow], *, at: int | None = None, empty: str = "") -> None:
        """Draw *rows* from now on, with the cursor on path *at*, or on the same path as before."""
        wanted = at if at is not None else self.current
        where = self.cursor - self.scroll_offset.y
        self.view, self.rows, self.empty_text = view, rows, empty
        self.set_extent(0, len(rows) + 1)
        found = self.row_of(wanted) if wanted is not None else None
        cursor = min(self.cursor, max(0, len(rows) - 1)) if found is None else found
        self.set_reactive(FileTree.cursor, cursor)
        self.scroll_to(y=max(0, cursor - min(max(where, 0), self._page - 1)), animate=False, force=True)
        self._reveal()
        self.refresh()

    @property
    def current(self) -> int | None:
        """The path under the cursor."""
        return self.rows[self.cursor].i if self.cursor < len(self.rows) else None

    def row_of(self, i: int) -> int | None:
        """The row that shows path *i*, or else the nearest directory above."""
        at = {row.i: number for number, row in enumerate(self.rows)}
        if i in at or self.view is None:
            return at.get(i)
        return next((at[above] for above in self.view.index.ancestors(i) if above in at), None)

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a row."""
        return max(0, min(cursor, len(self.rows) - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        """Redraw the two rows concerned, and post a message."""
        for row in (old, new):
            self.refresh(Region(0, row + 1 - self.scroll_offset.y, self.line_width, 1))
        self._reveal()
        self.post_message(self.PathHighlighted(self, self.current))

    def render_line(self, y: int) -> Strip:
        """The head, which stays, or one row."""
        width = self.line_width
        columns = TreeColumns.of(width, self.attributes, self.order, compared=self._compared)
        if y == 0:
            return draw_header(self, columns, self.order, self.backwards)
        number = y - 1 + self.scroll_offset.y
        if self.view is None or number >= len(self.rows):
            text = f"  {self.empty_text}" if y == 2 and not self.rows else ""
            style = self.part_style("file-tree--muted")
            return Strip([Segment(text, style)]).adjust_cell_length(self.size.width).apply_style(self.base_style)
        strip = draw_row(self, self.view, self.rows[number], columns)
        return strip.adjust_cell_length(self.size.width).apply_style(self._row_style(number))

    def _row_style(self, number: int) -> Style:
        if number != self.cursor:
            return self.base_style
        name = "file-tree--cursor" if self.has_focus else "file-tree--cursor-blurred"
        return self.base_style + self.part_style(name)

    @property
    def _compared(self) -> bool:
        return self.view is not None and self.view.index.compared

    @property
    def _page(self) -> int:
        return max(1, self.size.height - 1)

    def _reveal(self) -> None:
        """Scroll so that the cursor is in sight."""
        top, page = self.scroll_offset.y, self._page
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, force=True)
        elif self.cursor >= top + page:
            self.scroll_to(y=self.cursor - page + 1, animate=False, force=True)

    def on_resize(self) -> None:
        """A smaller pane may have left the cursor outside."""
        self._reveal()

    def on_click(self, event: events.Click) -> None:
        """On the head: sort. On a row: go there; on its arrow, or once more, or twice: open."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if offset.y == 0:
            columns = TreeColumns.of(self.line_width, self.attributes, self.order, compared=self._compared)
            order = columns.order_at(offset.x)
            self.post_message(self.SortClicked(self, order))
            return
        number = offset.y - 1 + self.scroll_offset.y
        if number >= len(self.rows):
            return
        row = self.rows[number]
        on_arrow = row.folder and 2 * row.depth + 2 <= offset.x < 2 * row.depth + 4
        self.cursor = number
        if on_arrow or event.chain == 2:
            self.action_choose()

    def action_move(self, by: int) -> None:
        """Move by rows."""
        self.cursor += by

    def action_page(self, by: int) -> None:
        """Move by pages."""
        self.cursor += by * self._page

    def action_jump(self, to: int) -> None:
        """To the first row, or to the last."""
        self.cursor = to if to >= 0 else len(self.rows) - 1

    def action_fold(self) -> None:
        """Open or close the directory under the cursor."""
        if self.rows and self.rows[self.cursor].folder:
            self.post_message(self.Toggled(self, self.rows[self.cursor].i))

    def action_choose(self) -> None:
        """Look into a file; open or close a directory."""
        if not self.rows:
            return
        row = self.rows[self.cursor]
        self.post_message(self.Toggled(self, row.i) if row.folder else self.FileChosen(self, row.i))

    def action_open_or_child(self) -> None:
        """Open a closed directory; in an open one, go to its first row."""
        if self.rows and (row := self.rows[self.cursor]).folder:
            if row.open:
                self.cursor += 1
            else:
                self.post_message(self.Toggled(self, row.i))

    def action_close_or_parent(self) -> None:
        """Close an open directory; elsewhere, go to the directory above."""
        if not self.rows:
            return
        row = self.rows[self.cursor]
        if row.open:
            self.post_message(self.Toggled(self, row.i))
            return
        above = (n for n in range(self.cursor - 1, -1, -1) if self.rows[n].depth < row.depth)
        self.cursor = next(above, self.cursor)
