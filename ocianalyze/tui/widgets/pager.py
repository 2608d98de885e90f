"""Lines of anything, drawn as they come into sight: text, hex, listings, diffs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from ocianalyze.tui.widgets.line_view import LineView


class Lines(Protocol):
    """The lines of a pager. Methods are cheap: a line that has to be read first is None until `Wanted` is served."""

    @property
    def count(self) -> int:
        """The number of lines, or of those that are known so far."""

    @property
    def width(self) -> int:
        """Cells of the widest line, about."""

    def line(self, number: int) -> Sequence[tuple[str, str]] | None:
        """Pieces of text with the names of their tones; None when the line has to be read first."""


class Pager(LineView, can_focus=True):
    """Shows Lines, with numbers in the margin if they are lines of a text."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "pager--added",
        "pager--hunk",
        "pager--margin",
        "pager--note",
        "pager--plain",
        "pager--removed",
        "pager--same",
        "pager--syntax-comment",
        "pager--syntax-keyword",
        "pager--syntax-name",
        "pager--syntax-number",
        "pager--syntax-string",
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_by(0, -1)", "Up", id="pager.up", show=False, tooltip="One line up"),
        Binding("down,j", "scroll_by(0, 1)", "Down", id="pager.down", show=False, tooltip="One line down"),
        Binding("left,h", "scroll_by(-8, 0)", "Left", id="pager.left", show=False, tooltip="To the left"),
        Binding("right,l", "scroll_by(8, 0)", "Right", id="pager.right", show=False, tooltip="To the right"),
        Binding("pageup,u", "turn(-1)", "Page up", id="pager.page-up", show=False, tooltip="One page up"),
        Binding("pagedown,d,space", "turn(1)", "Page down", id="pager.page-down", show=False, tooltip="One page down"),
        Binding("home,g", "jump(0)", "First", id="pager.first", show=False, tooltip="To the first line"),
        Binding("end,G", "jump(-1)", "Last", id="pager.last", show=False, tooltip="To the last line"),
    ]

    @dataclass
    class Wanted(Message):
        """A line in sight has to be read first."""

        number: int

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._lines: Lines | None = None
        self._numbered = False
        self._asked: int | None = None

    def show(self, lines: Lines | None, *, numbered: bool = False) -> None:
        """Show other lines, from the first."""
        self._lines, self._numbered = lines, numbered
        self.scroll_to(0, 0, animate=False, force=True)
        self.renew()

    def renew(self) -> None:
        """The lines have changed, or more of them are known or read."""
        lines = self._lines
        self._asked = None
        self.set_extent(*((lines.width + self._margin, lines.count) if lines else (0, 0)))
        self.refresh()

    @property
    def _margin(self) -> int:
        return len(str(self._lines.count)) + 2 if self._numbered and self._lines else 0

    def render_line(self, y: int) -> Strip:
        """One line, from the column that is scrolled to."""
        width = self.line_width
        left, top = self.scroll_offset
        number = y + top
        if self._lines is None or number >= self._lines.count:
            return Strip.blank(width, self.base_style)
        pieces = self._lines.line(number)
        if pieces is None:
            pieces = [("note", "reading …")]
            if self._asked is None:
                self._asked = number
                self.post_message(self.Wanted(number))
        segments = [Segment(text, self.part_style(f"pager--{tone}")) for tone, text in pieces]
        body = Strip(segments).crop(left, left + max(0, width - self._margin))
        if self._margin:
            style = self.part_style("pager--margin")
            body = Strip([Segment(f"{number + 1:>{self._margin - 2}}  ", style), *body])
        return body.adjust_cell_length(self.size.width).apply_style(self.base_style)

    def action_scroll_by(self, columns: int, rows: int) -> None:
        """Scroll by cells."""
        left, top = self.scroll_offset
        self.scroll_to(left + columns, top + rows, animate=False, force=True)

    def action_turn(self, pages: int) -> None:
        """Scroll by pages."""
        self.action_scroll_by(0, pages * max(1, self.size.height - 1))

    def action_jump(self, to: int) -> None:
        """To the first line, or to the last."""
        self.scroll_to(y=0 if to == 0 else self.max_scroll_y, animate=False, force=True)
