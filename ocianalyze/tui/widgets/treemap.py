"""Boxes by size, with one chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ocianalyze.report import words
from ocianalyze.tui.looks.cells import fit
from ocianalyze.tui.viewmodel.paths import ROOT
from ocianalyze.tui.viewmodel.treemap import Box, neighbour, treemap
from ocianalyze.tui.viewmodel.view import View

_COLOURS = 6


class TreemapView(Widget, can_focus=True):
    """The map of one directory."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"treemap-view--colour-{n}" for n in range(_COLOURS)),
        *(f"treemap-view--inner-{n}" for n in range(_COLOURS)),
        "treemap-view--chosen",
        "treemap-view--empty",
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "move(-1, 0)", "Left", id="map.left", show=False, tooltip="The box to the left"),
        Binding("right,l", "move(1, 0)", "Right", id="map.right", show=False, tooltip="The box to the right"),
        Binding("up,k", "move(0, -1)", "Up", id="map.up", show=False, tooltip="The box above"),
        Binding("down,j", "move(0, 1)", "Down", id="map.down", show=False, tooltip="The box below"),
        Binding("enter", "enter", "Into", id="map.enter", tooltip="Into the chosen directory"),
        Binding("backspace", "out", "Out", id="map.leave", tooltip="To the directory above"),
    ]

    @dataclass
    class Moved(Message):
        """Another box is chosen, or another directory is shown."""

        top: int
        i: int | None

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self._view: View | None = None
        self._shown = bytearray()
        self._empty = ""
        self._top = ROOT
        self._chosen: int | None = None
        self._boxes: list[Box] = []
        self._lines: dict[int, list[Box]] = {}

    def show(self, view: View, shown: bytearray, *, empty: str) -> None:
        """Draw *view* from now on, the same directory if it exists there; *empty* is the text of an empty map."""
        self._view, self._shown, self._empty = view, shown, empty
        if shown.find(1, self._top, view.index.ends[self._top]) < 0:
            self._top = ROOT
        self._layout()

    @property
    def current(self) -> int | None:
        """The chosen path."""
        return self._chosen

    def _layout(self) -> None:
        if self._view is None or not self.size:
            return
        self._boxes = treemap(self._view, self._shown, self._top, self.size.width, self.size.height)
        outer = [box.i for box in self._boxes if not box.depth]
        if self._chosen not in outer:
            self._chosen = outer[0] if outer else None
        self._lines = {}
        for box in self._boxes:
            for y in range(box.y, box.y + box.height):
                self._lines.setdefault(y, []).append(box)
        self.refresh()
        self.post_message(self.Moved(self._top, self._chosen))

    def on_resize(self) -> None:
        """The boxes follow the room."""
        self._layout()

    def render_line(self, y: int) -> Strip:
        """One line of all boxes: outer boxes first, the boxes inside over them."""
        width = self.size.width
        if not self._boxes and y == 1:
            muted = self.get_component_rich_style("treemap-view--empty")
            return Strip([Segment(fit(f"  {self._empty}", width), muted)])
        cells: list[tuple[str, Style]] = [(" ", self.rich_style)] * width
        for box in self._lines.get(y, ()):
            style = self._style(box)
            at = box.x
            for character in self._text(box, y):
                span = cell_len(character)
                if at + span > width:
                    break
                cells[at] = (character, style)
                if span == 2:
                    cells[at + 1] = ("", style)
                at += span
        return _joined(cells)

    def _style(self, box: Box) -> Style:
        kind = "inner" if box.depth else "colour"
        style = self.get_component_rich_style(f"treemap-view--{kind}-{box.colour % _COLOURS}")
        if box.i == self._chosen:
            style += self.get_component_rich_style("treemap-view--chosen")
        return style

    def _text(self, box: Box, y: int) -> str:
        """The text of a box on line *y*: its name on the first, its size on the second; a gap at the right."""
        room = box.width - 1
        view = self._view
        text = ""
        one_line = box.filled or not box.depth
        if view is not None and y == box.y:
            text = words.safe_name(view.index.name(box.i))
            if one_line and room > 24:
                text = f"{text}  {words.size(view.size(box.i))}"
        elif view is not None and y == box.y + 1 and not one_line:
            text = words.size(view.size(box.i))
        if y == box.y + box.height - 1 and box.height > 2:
            return "▁" * room + "▕"
        return fit(f" {text}" if room > 3 else "", room) + ("▕" if room else " ")

    def on_click(self, event: events.Click) -> None:
        """Choose a box; on a second click, go into its directory."""
        hit = [b for b in self._boxes if b.x <= event.x < b.x + b.width and b.y <= event.y < b.y + b.height]
        outer = [box.i for box in hit if not box.depth]
        if outer:
            self._choose(outer[0])
            if event.chain == 2:
                self.action_enter()

    def _choose(self, i: int) -> None:
        self._chosen = i
        self.refresh()
        self.post_message(self.Moved(self._top, i))

    def action_move(self, dx: int, dy: int) -> None:
        """The nearest box in a direction."""
        here = next((box for box in self._boxes if box.i == self._chosen), None)
        if here is None:
            return
        there = neighbour([box for box in self._boxes if not box.depth], here, dx, dy)
        if there is not None:
            self._choose(there.i)

    def action_enter(self) -> None:
        """Into the chosen directory."""
        view = self._view
        if view is not None and self._chosen is not None and view.index.ends[self._chosen] > self._chosen + 1:
            self._top, self._chosen = self._chosen, None
            self._layout()

    def action_out(self) -> None:
        """To the directory above."""
        if self._view is not None and self._top != ROOT:
            self._chosen, self._top = self._top, self._view.index.parent(self._top)
            self._layout()


def _joined(cells: list[tuple[str, Style]]) -> Strip:
    """Neighbours of one style as one segment."""
    segments: list[Segment] = []
    text, style = "", cells[0][1] if cells else Style.null()
    for character, own in cells:
        if own is not style:
            segments.append(Segment(text, style))
            text, style = "", own
        text += character
    return Strip([*segments, Segment(text, style)])
