"""The filter's input: what is typed, how many paths it finds, what is wrong with it, what was typed before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from ocianalyze.report import words
from ocianalyze.tui.index.filters import Filter, FilterError, parse_filter
from ocianalyze.tui.index.paths import PathIndex

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
    """The input with its findings beside it. The latest text wins; a search for an older one is given up."""

    @dataclass
    class Found(Message):
        """A filter is understood and its paths are found; or there is no filter any more."""

        filter: Filter | None
        found: list[int]

    @dataclass
    class Searched(Message):
        """A search has ended."""

        text: str
        filter: Filter | None
        found: list[int]
        problem: str = ""

    def __init__(self, index: PathIndex) -> None:
        super().__init__()
        self._index = index
        self._said = ""
        self._latest: tuple[str, list[int]] = ("", [])

    def compose(self) -> ComposeResult:
        """A slash, the input, the findings."""
        yield Static("/", id="filter-mark")
        yield FilterInput()
        yield Static(id="filter-found")

    def say(self, found: int | None, problem: str = "") -> None:
        """Say how many paths are found; None when there is no filter."""
        text = "" if found is None else words.counted(found, "path")
        said = words.safe_name(problem or text)
        if said != self._said:
            self._said = said
            self.query_one("#filter-found", Static).update(Content(said))
        self.set_class(bool(problem), "-problem")
        self.set_class(found is not None or bool(problem), "-active")

    def clear(self) -> None:
        """Empty the input, saying nothing of it."""
        with self.prevent(Input.Changed):
            self.query_one(FilterInput).value = ""
        self._latest = ("", [])

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search for the text."""
        event.stop()
        if event.value.strip():
            self._search(event.value)
        else:
            self.workers.cancel_group(self, "filter")
            self.post_message(self.Found(None, []))

    @work(thread=True, exclusive=True, exit_on_error=False, group="filter")
    def _search(self, text: str) -> None:
        worker = get_current_worker()
        try:
            wanted = parse_filter(text)
        except FilterError as error:
            self.post_message(self.Searched(text, None, [], str(error)))
            return
        before, among = self._latest
        narrower = bool(before) and text.startswith(before) and text.replace(" ", "").isalnum()
        found = wanted.paths(self._index, among if narrower else None, cancelled=lambda: worker.is_cancelled)
        if not worker.is_cancelled:
            self.post_message(self.Searched(text, wanted, found))

    @on(Searched)
    def _searched(self, event: Searched) -> None:
        event.stop()
        if event.text != self.query_one(FilterInput).value:
            return
        if event.filter is None:
            self.say(None, event.problem)
            return
        self._latest = (event.text, event.found)
        self.post_message(self.Found(event.filter, event.found))
