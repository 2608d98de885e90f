"""The change kinds with their counts: a legend for the marks, and buttons that show and hide them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ocianalyze.tui.looks.states import GLYPH, WORD
from ocianalyze.tui.viewmodel.paths import ADDED, METADATA, MODIFIED, PLAIN, REMOVED, REPLACED, UNCHANGED

KINDS = (ADDED, MODIFIED, METADATA, REPLACED, REMOVED, UNCHANGED, PLAIN)


class KindBar(Widget):
    """All kinds in one line; the marks alone where there is no room for words."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"kind-bar--{WORD[state]}" for state in KINDS),
        "kind-bar--count",
        "kind-bar--hidden",
        "kind-bar--none",
    }

    @dataclass
    class Clicked(Message):
        """The kind is to be shown, or hidden."""

        state: int

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[int, int] = {}
        self._hidden: frozenset[int] = frozenset()

    def show(self, counts: dict[int, int], hidden: frozenset[int]) -> None:
        """Draw these counts from now on."""
        if (counts, hidden) != (self._counts, self._hidden):
            self._counts, self._hidden = counts, hidden
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The kinds, each with its count."""
        segments = []
        for state, text, count in self._pieces() if y == 0 else ():
            name = WORD[state] if count else "none"
            style = self.get_component_rich_style(
                "kind-bar--hidden" if state in self._hidden else f"kind-bar--{name}", partial=True
            )
            segments.append(Segment(text, style))
            segments.append(Segment(count, self.get_component_rich_style("kind-bar--count", partial=True)))
            segments.append(Segment("  "))
        return Strip(segments).adjust_cell_length(self.size.width).apply_style(self.rich_style)

    def _pieces(self) -> list[tuple[int, str, str]]:
        """State, mark and word, count of each kind."""
        wide = [(state, f"{_mark(state)} {WORD[state]}", _short(self._counts.get(state, 0))) for state in KINDS]
        if sum(len(text) + len(count) + 2 for _, text, count in wide) <= self.size.width:
            return wide
        return [(state, _mark(state), count) for state, _, count in wide]

    def on_click(self, event: events.Click) -> None:
        """Ask for the other state of the kind that was clicked."""
        offset = event.get_content_offset(self)
        end = 0
        for state, text, count in self._pieces():
            end += len(text) + len(count) + 2
            if offset is not None and offset.x < end:
                self.post_message(self.Clicked(state))
                return


def _mark(state: int) -> str:
    """The key that shows and hides the kind: its mark, or a full stop for the kind without a mark."""
    return GLYPH[state].strip() or "."


def _short(count: int) -> str:
    if not count:
        return ""
    return f" {count}" if count < 10_000 else f" {count // 1000}k"
