"""Two versions of a file against each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer, Static

from ocianalyze.errors import OcianalyzeError
from ocianalyze.report import words
from ocianalyze.tui.contents.diff import DiffLine, compare_documents
from ocianalyze.tui.contents.lines import ReadyLines
from ocianalyze.tui.contents.pages import PagedFile
from ocianalyze.tui.contents.source import ContentSource
from ocianalyze.tui.contents.versions import Version
from ocianalyze.tui.looks.text import layer_text, lines, plain
from ocianalyze.tui.viewmodel.paths import PathIndex
from ocianalyze.tui.widgets.pager import Pager


class ContentDiffScreen(Screen[None]):
    """The older version in red, the newer in green; brackets go through the pairs of neighbours."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "app.back", "Close", id="diff.close", key_display="esc", tooltip="Close the comparison"),
        Binding("left_square_bracket", "step(-1)", "Older", id="diff.older", tooltip="The pair before"),
        Binding("right_square_bracket", "step(1)", "Newer", id="diff.newer", tooltip="The pair after"),
        Binding(
            "o",
            "from_first",
            "First/before",
            id="diff.first",
            tooltip="Compare with the first version, or the one before",
        ),
    ]

    @dataclass
    class Compared(Message):
        """The differences are known."""

        pair: tuple[int, int]
        lines: list[DiffLine]

    def __init__(self, index: PathIndex, source: ContentSource, found: list[Version], at: int) -> None:
        super().__init__(id="diff")
        self._index = index
        self._source = source
        self._versions = found
        self._new = max(1, at)
        self._against_first = False

    def compose(self) -> ComposeResult:
        """The two versions, the differences, keys."""
        yield Static(id="diff-head")
        yield Pager("diff-pager")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Begin."""
        self._open()

    @property
    def _pair(self) -> tuple[int, int]:
        return (0 if self._against_first else self._new - 1, self._new)

    def _open(self) -> None:
        old, new = (self._versions[n] for n in self._pair)
        self.query_one("#diff-head", Static).update(
            lines(
                [
                    plain("/" + new.path, "bold $text-accent"),
                    self._label("-", self._pair[0], old, "$text-error"),
                    self._label("+", self._pair[1], new, "$text-success"),
                ]
            )
        )
        self.query_one(Pager).show(ReadyLines([[("note", "comparing …")]]))
        self._compare(self._pair, old, new)

    def _label(self, sign: str, number: int, version: Version, style: str) -> Content:
        which = f"{sign} version {number + 1} of {len(self._versions)}"
        text = f"{which}, {words.size(version.entry.size)}, layer {version.since}: "
        return Content.assemble((text, style), layer_text(self._index.analysis.image.layers[version.since]))

    @work(thread=True, exclusive=True, exit_on_error=False, group="diff")
    def _compare(self, pair: tuple[int, int], old: Version, new: Version) -> None:
        try:
            found = compare_documents(PagedFile(self._source, old), PagedFile(self._source, new))
        except OcianalyzeError as error:
            found = [DiffLine("removed", words.safe_name(str(error)))]
        self.post_message(self.Compared(pair, found))

    @on(Compared)
    def _show(self, event: Compared) -> None:
        if event.pair == self._pair:
            self.query_one(Pager).show(ReadyLines([[line] for line in event.lines]))

    def action_step(self, by: int) -> None:
        """Another pair."""
        new = self._new + by
        if 1 <= new < len(self._versions):
            self._new = new
            self._open()

    def action_from_first(self) -> None:
        """Against the first version, or the one before."""
        self._against_first = not self._against_first
        self._open()
