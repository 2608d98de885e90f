"""The input of the filter, with the number of paths found, the error of a term, and the filters typed before."""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import Reactive
from textual.widgets import Input, Static

from ocianalyze.report import words
from ocianalyze.tui.viewmodel.filters import Filter, parse_filter
from ocianalyze.tui.viewmodel.path_terms import FilterError, Mask
from ocianalyze.tui.viewmodel.paths import PathIndex

_KEPT = 50
_TURN = 0.01
"""Seconds of searching after which the event loop has its turn."""
_EARLY, _SOON = 0.025, 0.015
"""Seconds after which a search shows the paths found so far, unless the search ends in so many seconds more."""
_FRAME = 0.03
"""Seconds for drawing those paths, before the search goes on."""
_KEPT_FINDS = 24
"""Finds that are kept, 0.2 MB each for 200,000 paths."""


class FilterInput(Input):
    """An input that keeps the texts typed before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "recall(-1)", "Earlier", id="filter.earlier", show=False, tooltip="The filter before"),
        Binding("down", "recall(1)", "Later", id="filter.later", show=False, tooltip="The filter after"),
        Binding("escape,enter,tab", "to_tree", "To the tree", id="filter.leave", tooltip="Keep the filter"),
    ]

    virtual_size: Reactive[Size] = Reactive(Size(0, 0))
    """As every widget's, but a longer text needs no new layout of the screen."""

    @dataclass
    class Left(Message):
        """The filter stays; the focus goes to the tree."""

    def __init__(self) -> None:
        super().__init__(placeholder="filter: name, *.py, re:…, ~fuzzy, >1M, owner:0, kind:added", compact=True)
        self._past: list[str] = []
        self._at = 0

    def action_to_tree(self) -> None:
        """Keep the filter, also among the texts typed before."""
        if self.value and self.value not in self._past[-1:]:
            self._past = [*self._past[-_KEPT:], self.value]
        self._at = len(self._past)
        self.post_message(self.Left())

    def action_recall(self, by: int) -> None:
        """Bring back a text typed before; after the latest, an empty one."""
        self._at = max(0, min(len(self._past), self._at + by))
        self.value = self._past[self._at] if self._at < len(self._past) else ""
        self.cursor_position = len(self.value)


class FilterBar(Horizontal):
    """The input with the number of found paths. The latest text wins; a search for an older one is given up."""

    @dataclass
    class PathsFound(Message):
        """A filter is understood and its paths are found; or there is no filter any more."""

        filter: Filter | None
        found: Mask
        whole: bool = True
        """Whether the search is over; else more may be found."""

    @dataclass
    class Searched(Message):
        """A search has ended."""

        text: str
        filter: Filter | None
        found: Mask
        problem: str = ""

    def __init__(self, index: PathIndex) -> None:
        super().__init__()
        self._index = index
        self._shown_text = ""
        self._found_before: OrderedDict[str, tuple[Filter, Mask]] = OrderedDict()
        """The finds of the latest texts: a text is often typed again after letters are deleted."""

    def compose(self) -> ComposeResult:
        """A slash, the input, the number of found paths."""
        yield Static("/", id="filter-mark")
        yield FilterInput()
        yield Static(id="filter-found")

    def show_count(self, found: int | None, problem: str = "", *, whole: bool = True) -> None:
        """Say how many paths are found, or found so far; None when there is no filter."""
        text = "" if found is None else words.counted(found, "path") if whole else f"{found:,} so far…"
        text_shown = words.safe_name(problem or text)
        if text_shown != self._shown_text:
            self._shown_text = text_shown
            self.query_one("#filter-found", Static).update(Content(text_shown), layout=False)
        self.set_class(bool(problem), "-problem")
        self.set_class(found is not None or bool(problem), "-active")

    def clear(self) -> None:
        """Empty the input without a message."""
        with self.prevent(Input.Changed):
            self.query_one(FilterInput).value = ""

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search for the text."""
        event.stop()
        if event.value.strip():
            self._search(event.value)
        else:
            self.workers.cancel_group(self, "filter")
            self.post_message(self.PathsFound(None, b""))

    @work(exclusive=True, exit_on_error=False, group="filter")
    async def _search(self, text: str) -> None:
        """Search in slices on the event loop: a thread and the event loop would wait for each other."""
        try:
            wanted = parse_filter(text)
        except FilterError as error:
            self.post_message(self.Searched(text, None, b"", str(error)))
            return
        before = self._found_before.get(text)
        found = before[1] if before is not None else await self._find(text, wanted)
        self.post_message(self.Searched(text, wanted, found))

    async def _find(self, text: str, wanted: Filter) -> Mask:
        """The paths that *wanted* finds; in a long search, the first of them are shown before the rest."""
        shorter = self._found_before.get(text[:-1])
        among = shorter[1] if shorter is not None and wanted.narrows(shorter[0]) else None
        start = time.monotonic()
        passed, count = bytearray(), len(self._index)
        pause, early = start + _TURN, start + _EARLY
        for part in wanted.slices(self._index, among):
            passed += part
            now = time.monotonic()
            if now < pause:
                continue
            left = (now - start) * (count - len(passed)) / len(passed)
            if now >= early and left > _SOON and 1 in passed:
                self.post_message(self.PathsFound(wanted, passed.ljust(count, b"\0"), whole=False))
                early = math.inf
                await asyncio.sleep(_FRAME)
            else:
                await asyncio.sleep(0)
            pause = time.monotonic() + _TURN
        return passed

    @on(Searched)
    def _searched(self, event: Searched) -> None:
        event.stop()
        if event.text != self.query_one(FilterInput).value:
            return
        if event.filter is None:
            self.show_count(None, event.problem)
            return
        self._found_before[event.text] = (event.filter, event.found)
        if len(self._found_before) > _KEPT_FINDS:
            self._found_before.popitem(last=False)
        self.post_message(self.PathsFound(event.filter, event.found))
