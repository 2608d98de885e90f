"""A pane of text that scrolls."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static


class DetailsPane(VerticalScroll, can_focus=True):
    """What is known about the chosen layer or path."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", "Up", id="details.up", show=False, tooltip="One line up"),
        Binding("down,j", "scroll_down", "Down", id="details.down", show=False, tooltip="One line down"),
        Binding("pageup,u", "page_up", "Page up", id="details.page-up", show=False, tooltip="One page up"),
        Binding("pagedown,d", "page_down", "Page down", id="details.page-down", show=False, tooltip="One page down"),
        Binding("home,g", "scroll_home", "First", id="details.first", show=False, tooltip="To the top"),
        Binding("end,G", "scroll_end", "Last", id="details.last", show=False, tooltip="To the end"),
    ]

    def compose(self) -> ComposeResult:
        """One block of text."""
        yield Static()

    def show(self, content: Content) -> None:
        """Show *content* from its start."""
        self.query_one(Static).update(content)
        self.scroll_home(animate=False)
