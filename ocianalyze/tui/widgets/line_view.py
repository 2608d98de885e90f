"""The base of widgets that draw line by line."""

from __future__ import annotations

from rich.style import Style
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip


class LineView(ScrollView):
    """A view that computes styles once a frame, and changes its extent without a new layout of the whole screen.

    Styles for every line, and a layout for every change of the number of lines, take two thirds of the time between
    a key and its answer.
    """

    base_style = Style.null()

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        self._part_styles: dict[str, Style] = {}

    @property
    def line_width(self) -> int:
        """Cells of a line that no scroll bar covers."""
        return self.scrollable_content_region.width

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of *crop*."""
        self.base_style = self.rich_style
        self._part_styles = {}
        return super().render_lines(crop)

    def part_style(self, name: str) -> Style:
        """The style of a component class, on any background."""
        style = self._part_styles.get(name)
        if style is None:
            style = self._part_styles[name] = self.get_component_rich_style(name, partial=True)
        return style

    def set_extent(self, width: int, height: int) -> None:
        """Set the number of cells and lines to scroll through."""
        size = Size(width, height)
        if size != self.virtual_size:
            self.set_reactive(ScrollView.virtual_size, size)
            self._scroll_update(size)
