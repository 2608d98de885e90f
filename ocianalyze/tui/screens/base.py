"""The base of all full-size screens beside the main one: title, keys to other screens, Escape back."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.screen import Screen

from ocianalyze.tui.screens.panes import NARROW
from ocianalyze.tui.viewmodel.paths import PathIndex


class SideScreen(Screen[None]):
    """A screen over the main one. A screen that is left and opened again is as it was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.back", "Back", id="side.back", tooltip="Back to the tree"),
    ]

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-wide")]  # noqa: RUF012  # as Textual declares it

    def __init__(self, index: PathIndex, name: str) -> None:
        super().__init__(id=name)
        self.index = index
