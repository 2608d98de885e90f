"""Panes whose borders can be moved, by keys and by the mouse. A narrow terminal shows one pane at a time, whole."""

from __future__ import annotations

from textual import events, on
from textual.screen import Screen

from ocianalyze.tui.widgets.details_pane import DetailsPane
from ocianalyze.tui.widgets.splitter import Splitter

NARROW = 100
"""Columns under which one pane is shown at a time."""
_MEDIUM = 130
"""Columns under which the left panes begin narrower."""
_NARROWEST, _LOWEST = 30, 4
_MOST = 0.7
"""The largest share of the screen's width or height that a pane may have."""


class PanesScreen(Screen[None]):
    """A screen with layers above details on the left, and the tree on the right."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-medium"), (_MEDIUM, "-wide")]  # noqa: RUF012  # as Textual declares it

    _width: int | None = None
    _height: int | None = None
    """The width of the left panes and the height of the layers, as chosen by keys or mouse."""

    def on_resize(self, event: events.Resize) -> None:
        """Keep the chosen sizes, as far as there is room; they mean nothing while one pane has the whole screen."""
        self._place(event.size.width, event.size.height)

    def _place(self, columns: int, rows: int) -> None:
        left, layers = self.query_one("#left").styles, self.query_one("#layers").styles
        for name in ("width", "height", "max_height"):
            (left if name == "width" else layers).clear_rule(name)
        if columns < NARROW:
            return
        if self._width is not None:
            left.width = max(_NARROWEST, min(self._width, int(columns * _MOST)))
        if self._height is not None:
            layers.height = max(_LOWEST, min(self._height, int(rows * _MOST)))
            layers.max_height = "100%"

    def _choose(self, *, width: int | None = None, height: int | None = None) -> None:
        columns, rows = self.size
        if columns >= NARROW:
            self._width = self._width if width is None else max(_NARROWEST, min(width, int(columns * _MOST)))
            self._height = self._height if height is None else max(_LOWEST, min(height, int(rows * _MOST)))
            self._place(columns, rows)

    @on(Splitter.Dragged)
    def _splitter_dragged(self, event: Splitter.Dragged) -> None:
        self._choose(width=event.x)

    @on(DetailsPane.TopDragged)
    def _top_dragged(self, event: DetailsPane.TopDragged) -> None:
        self._choose(height=event.y - self.query_one("#layers").region.y)

    def action_resize(self, by: int) -> None:
        """Move the line between the left panes and the tree."""
        self._choose(width=self.query_one("#left").outer_size.width + by)

    def action_resize_layers(self, by: int) -> None:
        """Move the line between layers and details."""
        self._choose(height=self.query_one("#layers").outer_size.height + by)
