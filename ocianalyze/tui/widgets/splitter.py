"""A line between two panes that the mouse can drag."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.widget import Widget


class Splitter(Widget):
    """A line that posts the column to which the mouse drags it; the screen moves the panes."""

    @dataclass
    class Dragged(Message):
        """The line is to be at this column of the screen."""

        x: int

    def render(self) -> str:
        """Nothing: the style draws the line."""
        return ""

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Hold on."""
        self.capture_mouse()
        event.stop()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the mouse while the button is down."""
        if self.app.mouse_captured is self:
            self.post_message(self.Dragged(int(event.screen_x)))

    def on_mouse_up(self) -> None:
        """Let go."""
        self.release_mouse()
