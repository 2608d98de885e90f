"""The change kinds with their counts: a legend for the marks, and buttons that show and hide them."""

from __future__ import annotations

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from ocianalyze.tui.index.paths import ADDED, METADATA, MODIFIED, PLAIN, REMOVED, REPLACED, UNCHANGED
from ocianalyze.tui.render import COLOUR, GLYPH, WORD

KINDS = (ADDED, MODIFIED, METADATA, REPLACED, REMOVED, UNCHANGED, PLAIN)


class KindToggle(Static):
    """One kind."""

    @dataclass
    class Clicked(Message):
        """The kind is to be shown, or hidden."""

        state: int

    def __init__(self, state: int) -> None:
        super().__init__(classes="kind-toggle")
        self.state = state
        self.tooltip = f"Show or hide what is {WORD[state]}"

    def show(self, count: int, hidden: bool) -> None:
        """Draw the kind with its count, struck out when hidden."""
        glyph = GLYPH[self.state].strip() or "."
        text = glyph if self.screen.has_class("-narrow") else f"{glyph} {WORD[self.state]}"
        style = "$text-muted strike" if hidden else COLOUR[self.state] if count else "$text-disabled"
        number = f" {_short(count)}" if count and not hidden else ""
        self.update(Content.assemble((text, style), (number, "$text-muted")))

    def on_click(self) -> None:
        """Ask for the other state."""
        self.post_message(self.Clicked(self.state))


class KindBar(Horizontal):
    """All kinds in a row."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[dict[int, int], frozenset[int]] = ({}, frozenset())

    def on_resize(self) -> None:
        """On a narrow terminal there is room for the marks alone."""
        self.show(*self._shown)

    def compose(self) -> ComposeResult:
        """One toggle a kind."""
        for state in KINDS:
            yield KindToggle(state)

    def show(self, counts: dict[int, int], hidden: frozenset[int]) -> None:
        """Draw all kinds."""
        self._shown = counts, hidden
        for toggle in self.query(KindToggle):
            toggle.show(counts.get(toggle.state, 0), toggle.state in hidden)


def _short(count: int) -> str:
    return str(count) if count < 10_000 else f"{count // 1000}k"
