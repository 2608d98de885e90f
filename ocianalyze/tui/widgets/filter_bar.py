"""The filter's input: what is typed, how many paths it finds, what is wrong with it, what was typed before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from ocianalyze.report import words

_KEPT = 50


class FilterInput(Input):
    """An input that remembers."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "recall(-1)", "Earlier", id="filter.earlier", show=False, tooltip="The filter before"),
        Binding("down", "recall(1)", "Later", id="filter.later", show=False, tooltip="The filter after"),
        Binding("escape,enter,tab", "leave", "To the tree", id="filter.leave", tooltip="Keep the filter"),
    ]

    @dataclass
    class Left(Message):
        """The filter stays; the focus goes to the tree."""

    def __init__(self) -> None:
        super().__init__(placeholder="filter: name, *.py, re:…, ~fuzzy, >1M, owner:0, kind:added", compact=True)
        self._past: list[str] = []
        self._at = 0

    def action_leave(self) -> None:
        """Keep the filter, and remember it."""
        if self.value and self.value not in self._past[-1:]:
            self._past = [*self._past[-_KEPT:], self.value]
        self._at = len(self._past)
        self.post_message(self.Left())

    def action_recall(self, by: int) -> None:
        """Bring back what was typed before; past the latest, nothing."""
        self._at = max(0, min(len(self._past), self._at + by))
        self.value = self._past[self._at] if self._at < len(self._past) else ""
        self.cursor_position = len(self.value)


class FilterBar(Horizontal):
    """The input with its findings beside it."""

    @dataclass
    class Changed(Message):
        """Another filter is asked for."""

        text: str

    def compose(self) -> ComposeResult:
        """A slash, the input, the findings."""
        yield Static("/", id="filter-mark")
        yield FilterInput()
        yield Static(id="filter-found")

    def say(self, found: int | None, problem: str = "") -> None:
        """Say how many paths are found; None when there is no filter."""
        text = "" if found is None else words.counted(found, "path")
        self.query_one("#filter-found", Static).update(Content(words.safe_name(problem or text)))
        self.set_class(bool(problem), "-problem")
        self.set_class(found is not None or bool(problem), "-active")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Pass the text on."""
        event.stop()
        self.post_message(self.Changed(event.value))
