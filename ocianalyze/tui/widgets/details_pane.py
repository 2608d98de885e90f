"""A pane of text that scrolls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.style import Style
from textual.visual import Visual

from ocianalyze.tui.looks.text import HANG
from ocianalyze.tui.widgets.line_view import LineView

_NARROWEST = 16
"""Cells that a value needs beside its label; with less room, the value goes below."""


class DetailsPane(LineView, can_focus=True):
    """The details of the chosen layer or path; wrapped once, drawn line by line as they come into sight."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "by(-1)", "Up", id="details.up", show=False, tooltip="One line up"),
        Binding("down,j", "by(1)", "Down", id="details.down", show=False, tooltip="One line down"),
        Binding("pageup,u", "turn(-1)", "Page up", id="details.page-up", show=False, tooltip="One page up"),
        Binding("pagedown,d", "turn(1)", "Page down", id="details.page-down", show=False, tooltip="One page down"),
        Binding("home,g", "jump(0)", "First", id="details.first", show=False, tooltip="To the top"),
        Binding("end,G", "jump(-1)", "Last", id="details.last", show=False, tooltip="To the end"),
    ]

    @dataclass
    class TopDragged(Message):
        """The mouse drags the upper border to this row of the screen."""

        y: int

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._content = Content("")
        self._strips: list[Strip] = []
        self._wrapped: object = None

    def show(self, content: Content) -> None:
        """Show *content* from its start, unless the same content is shown already."""
        if (content.plain, content.spans) == (self._content.plain, self._content.spans):
            return
        self._content = content
        self._wrapped = None
        if self.scroll_y:
            self.scroll_to(y=0, animate=False, force=True)
        self._wrap()
        self.refresh()

    def _wrap(self) -> None:
        """Wrap the content to the width of the pane, unless it is wrapped already."""
        width = self.scrollable_content_region.width
        key = (width, self.visual_style)
        if width and self._wrapped != key:
            self._wrapped = key
            self._strips = self._wrapped_to(width)
            self.set_extent(0, len(self._strips))

    def _wrapped_to(self, width: int) -> list[Strip]:
        return [strip for line in self._content.split("\n", allow_blank=True) for strip in self._line(line, width)]

    def _line(self, line: Content, width: int) -> list[Strip]:
        """One line of the content, wrapped; a value stays in its own column."""
        hang = _hang(line)
        if not hang or line.cell_length <= width or width - hang < _NARROWEST:
            return Visual.to_strips(self, line, width, None, self.visual_style)
        head = Visual.to_strips(self, line[:hang], hang, None, self.visual_style)[0]
        rest = Visual.to_strips(self, line[hang:], width - hang, None, self.visual_style)
        blank = Strip.blank(hang, self.visual_style.rich_style)
        starts = [head.adjust_cell_length(hang, self.visual_style.rich_style), *[blank] * (len(rest) - 1)]
        return [Strip.join([start, strip]) for start, strip in zip(starts, rest, strict=True)]

    def watch_show_vertical_scrollbar(self) -> None:
        """A scroll bar takes a column: wrap again, and draw every line again."""
        self.call_later(self.refresh)

    def on_resize(self) -> None:
        """Another width wraps otherwise."""
        self._wrap()

    def get_content_height(self, container: object, viewport: object, width: int) -> int:  # noqa: ARG002  # Textual calls it so
        """As many lines as the content takes."""
        return len(self._wrapped_to(width)) if width > 0 else 0

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of *crop*, wrapped to the width that there is now."""
        self._wrap()
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One line of the wrapped content."""
        number = y + self.scroll_offset.y
        width = self.size.width
        if number >= len(self._strips):
            return Strip.blank(width, self.base_style)
        return self._strips[number].adjust_cell_length(width, self.base_style)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to drag the upper border."""
        if event.y == 0:
            self.capture_mouse()
            event.stop()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the mouse while the border is held."""
        if self.app.mouse_captured is self:
            self.post_message(self.TopDragged(int(event.screen_y)))

    def on_mouse_up(self) -> None:
        """Let go."""
        self.release_mouse()

    def action_by(self, lines: int) -> None:
        """Scroll by lines."""
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False, force=True)

    def action_turn(self, pages: int) -> None:
        """Scroll by pages."""
        self.action_by(pages * max(1, self.size.height - 1))

    def action_jump(self, to: int) -> None:
        """To the top, or to the end."""
        self.scroll_to(y=0 if to == 0 else self.max_scroll_y, animate=False, force=True)


def _hang(line: Content) -> int:
    metas = (span.style.meta for span in line.spans if isinstance(span.style, Style))
    return next((int(meta[HANG]) for meta in metas if HANG in meta), 0)
