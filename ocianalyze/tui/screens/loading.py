"""The loading screen: a bar for each layer, a bar by bytes over all; or the error of the load, and what to try."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer, Static

from ocianalyze.analysis.union.analyze import Analysis, for_good
from ocianalyze.api import Progress
from ocianalyze.errors import OcianalyzeError
from ocianalyze.model.instruction import instruction
from ocianalyze.report import words
from ocianalyze.tui.contents.source import Browsed
from ocianalyze.tui.looks.cells import bar
from ocianalyze.tui.looks.text import lines, plain
from ocianalyze.tui.viewmodel.loading import LoadCancelled, LoadWatch
from ocianalyze.tui.viewmodel.paths import PathIndex
from ocianalyze.tui.viewmodel.timeline import Timeline

Load = Callable[[Progress], Browsed]
"""Opens what will be browsed, and tells its progress."""
Suggest = Callable[[OcianalyzeError], str | None]
"""Words for what an error's hint and remedy say, for whoever started the screens."""


def for_programs(error: OcianalyzeError) -> str | None:
    """What *error* suggests, where nobody words it for the command line."""
    return error.suggestion


class LoadingScreen(Screen[None]):
    """Runs a load in a thread and shows its progress."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", id="loading.cancel", tooltip="Stop reading, and leave"),
    ]

    @dataclass
    class Progressed(Message):
        """The counters have moved."""

    @dataclass
    class Loaded(Message):
        """The image is read, replayed and indexed."""

        opened: Browsed
        index: PathIndex
        timeline: Timeline

    @dataclass
    class LoadFailed(Message):
        """The image could not be read."""

        error: BaseException

    def __init__(self, load: Load, source: str, suggest: Suggest) -> None:
        super().__init__(id="loading")
        self._load = load
        self._source = source
        self._suggest = suggest
        self._watch = LoadWatch(lambda: self.post_message(self.Progressed()))
        self.failed = False

    def compose(self) -> ComposeResult:
        """One panel in the middle."""
        with Vertical(id="loading-panel"):
            yield Static(id="loading-total")
            with VerticalScroll(id="loading-scroll", can_focus=False):
                yield Static(id="loading-layers")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Begin."""
        self.query_one("#loading-panel").border_title = Content(f"Reading {words.safe_name(self._source)}")
        self._show()
        self._run()

    @work(thread=True, exclusive=True, exit_on_error=False, group="load")
    def _run(self) -> None:
        try:
            with contextlib.ExitStack() as undo, for_good():
                opened = self._load(self._watch)
                undo.callback(opened.close)
                self._watch.check()
                index, timeline = prepare(opened.analysis)
                self._watch.check()
                undo.pop_all()
        except LoadCancelled:
            return
        except Exception as error:  # the edge: any failure becomes a panel
            self.post_message(self.LoadFailed(error))
        else:
            self.post_message(self.Loaded(opened, index, timeline))

    @on(Progressed)
    def _show(self) -> None:
        watch = self._watch
        size = sum(layer.blob_size for layer in watch.layers)
        done = sum(watch.done.values())
        width = max(10, self.query_one("#loading-panel").content_size.width)
        self.query_one("#loading-total", Static).update(_total(done, size, watch, width))
        rows = [
            Content.assemble(
                (f"{layer.index:>4} ", "$text-accent"),
                (bar(_share(watch.done.get(layer.index, 0), layer.blob_size), 16), "$primary"),
                (f" {words.size(layer.blob_size):>9}  ", "$text-muted"),
                words.cut(words.safe_name(instruction(layer.history)), max(8, width - 34)),
            )
            for layer in watch.layers
        ]
        self.query_one("#loading-layers", Static).update(lines(rows))

    @on(LoadFailed)
    def _show_failure(self, event: LoadFailed) -> None:
        self.failed = True
        panel = self.query_one("#loading-panel")
        panel.add_class("-failed")
        panel.border_title = "This image could not be read"
        panel.border_subtitle = "Escape leaves"
        self.query_one("#loading-total", Static).update(lines(_failure(event.error, self._suggest)))
        self.query_one("#loading-layers", Static).update("")

    def action_cancel(self) -> None:
        """Stop the load, and leave."""
        self._watch.cancel()
        self.app.exit(3 if self.failed else 130)


def prepare(analysis: Analysis) -> tuple[PathIndex, Timeline]:
    """The index and the timeline of *analysis*, which the screens draw from, made once.

    None of their objects is garbage while the app runs, so the collector never looks at them: looking through a
    million objects now and then held up a key for 0.2 to 2 seconds.
    """
    with for_good():
        index = PathIndex(analysis)
        timeline = Timeline(index)
        timeline.warm()
    return index, timeline


def _total(done: int, size: int, watch: LoadWatch, width: int) -> Content:
    if not watch.layers:
        text = f"{words.size(watch.spool)} read" if watch.spool else "Looking at the archive"
        return Content.styled(text, "$text-muted")
    if done >= size:
        return Content.assemble((bar(1, width), "$primary"), ("\nReplaying the layers", "$text-muted"))
    text = f"\n{words.size(done)} of {words.size(size)}, {words.percent(_share(done, size))}"
    return Content.assemble((bar(_share(done, size), width), "$primary"), (text, "$text-muted"))


def _share(done: int, size: int) -> float:
    return min(1.0, done / size) if size else 1.0


def _failure(error: BaseException, suggest: Suggest) -> list[Content]:
    if isinstance(error, OcianalyzeError):
        parts = [plain(line, "bold $text-error") for line in str(error).splitlines()]
        suggestion = suggest(error)
        return [*parts, Content(""), plain(suggestion)] if suggestion else parts
    return [
        plain(f"{type(error).__name__}: {error}", "bold $text-error"),
        Content(""),
        Content("This is a bug in ocianalyze. Please report it with the command that you ran."),
    ]
