"""The content viewer: any version of a file in any layer, as text, in hex, or as a listing of an archive."""

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
from textual.worker import get_current_worker

from ocianalyze.errors import OcianalyzeError
from ocianalyze.report import words
from ocianalyze.tui.contents.lines import HexLines, ReadyLines, TextLines, coloured
from ocianalyze.tui.contents.listing import member_lines
from ocianalyze.tui.contents.pages import PagedFile
from ocianalyze.tui.contents.sniff import HEAD, Look, look
from ocianalyze.tui.contents.source import ContentSource
from ocianalyze.tui.contents.versions import Version
from ocianalyze.tui.looks.text import layer_text, lines, plain
from ocianalyze.tui.messages import CompareVersions, SaveAs
from ocianalyze.tui.viewmodel.paths import PathIndex
from ocianalyze.tui.widgets.pager import Lines, Pager

_REPORT_EVERY = 16
"""Pages between two reports of how many lines are known."""


class ViewerScreen(Screen[None]):
    """One version at a time."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "app.back", "Close", id="viewer.close", key_display="esc", tooltip="Close the viewer"),
        Binding("x", "next_form", "Text/hex", id="viewer.form", tooltip="Text, hex, or the members of an archive"),
        Binding("left_square_bracket", "step(-1)", "Older", id="viewer.older", tooltip="The version before"),
        Binding("right_square_bracket", "step(1)", "Newer", id="viewer.newer", tooltip="The version after"),
        Binding("c", "compare", "Compare", id="viewer.compare", tooltip="Compare with the version before"),
        Binding("e,ctrl+e", "save", "Save", id="viewer.save", key_display="e", tooltip="Save this version to disk"),
    ]

    @dataclass
    class Opened(Message):
        """The first bytes of a version are read."""

        document: PagedFile
        look: Look
        colours: ReadyLines | None

    @dataclass
    class Read(Message):
        """More lines are known, or a missing page is read."""

        document: PagedFile

    @dataclass
    class MembersListed(Message):
        """The members of an archive are known."""

        document: PagedFile
        members: list[str]

    @dataclass
    class ReadFailed(Message):
        """The archive could not be read."""

        document: PagedFile
        problem: str

    def __init__(self, index: PathIndex, source: ContentSource, found: list[Version], at: int) -> None:
        super().__init__(id="viewer")
        self._index = index
        self._source = source
        self._versions = found
        self._at = at
        self._document = PagedFile(source, found[at])
        self._look: Look | None = None
        self._form = "text"
        self._forms: dict[str, Lines] = {}

    def compose(self) -> ComposeResult:
        """The path and the format of the file, its lines, keys."""
        yield Static(id="viewer-head")
        yield Pager("viewer-pager")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Begin to read."""
        self._open()

    def _open(self) -> None:
        self._document = PagedFile(self._source, self._versions[self._at])
        self._look, self._forms = None, {}
        self.query_one(Pager).show(ReadyLines([[("note", "reading …")]]))
        self._show_head()
        self._read_head(self._document)

    def _show_head(self) -> None:
        version, found = self._versions[self._at], self._versions
        about = self._look.about if self._look else "…"
        which = f"version {self._at + 1} of {len(found)}" if len(found) > 1 else "the only version"
        layer = self._index.analysis.image.layers[version.since]
        head = lines(
            [
                Content.assemble(
                    plain("/" + version.path, "bold $text-accent"),
                    f"  {words.size(version.entry.size)}  {words.safe_name(about)}  ",
                    (self._form if self._look else "", "$text-muted"),
                ),
                Content.assemble((f"{which}, from layer {version.since}: ", "$text-muted"), layer_text(layer)),
            ]
        )
        self.query_one("#viewer-head", Static).update(head)

    @work(thread=True, exclusive=True, exit_on_error=False, group="content")
    def _read_head(self, document: PagedFile) -> None:
        worker = get_current_worker()
        try:
            seen = look(document.read(0, HEAD))
            colours = coloured(document) if seen.text else None
            self.post_message(self.Opened(document, seen, colours))
        except OcianalyzeError as error:
            self.post_message(self.ReadFailed(document, str(error)))
            return
        if seen.archive and not worker.is_cancelled:
            self.post_message(self.MembersListed(document, member_lines(document)))

    @on(Opened)
    def _opened(self, event: Opened) -> None:
        if event.document is not self._document:
            return
        self._look = event.look
        text = TextLines(event.document)
        self._forms = {"text": event.colours or text, "hex": HexLines(event.document)}
        if not event.look.text:
            # Most useful first: bytes that are no text are rarely read as one.
            self._forms = dict(reversed(self._forms.items()))
        self._show_form(next(iter(self._forms)))
        if event.colours is None:
            self._index_lines(event.document, text)

    @work(thread=True, exclusive=True, exit_on_error=False, group="lines")
    def _index_lines(self, document: PagedFile, text: TextLines) -> None:
        worker = get_current_worker()
        pages = 0
        try:
            while not text.complete and not worker.is_cancelled:
                text.index_more()
                pages += 1
                if pages == 1 or pages % _REPORT_EVERY == 0:
                    self.post_message(self.Read(document))
        except OcianalyzeError as error:
            self.post_message(self.ReadFailed(document, str(error)))
        self.post_message(self.Read(document))

    @on(MembersListed)
    def _listed(self, event: MembersListed) -> None:
        if event.document is self._document:
            self._forms["members"] = ReadyLines([[("plain", line)] for line in event.members])
            self._show_form("members")

    @on(Read)
    def _renew(self, event: Read) -> None:
        if event.document is self._document:
            self.query_one(Pager).renew()

    @on(ReadFailed)
    def _show_failure(self, event: ReadFailed) -> None:
        if event.document is self._document:
            self.query_one(Pager).show(ReadyLines([[("removed", words.safe_name(event.problem))]]))

    @on(Pager.Wanted)
    def _line_wanted(self, event: Pager.Wanted) -> None:
        shown = self._forms.get(self._form)
        if isinstance(shown, (TextLines, HexLines)):
            self._read_page(self._document, *shown.place(event.number))

    @work(thread=True, exclusive=True, exit_on_error=False, group="page")
    def _read_page(self, document: PagedFile, start: int, length: int) -> None:
        try:
            # A screenful and a bit: neighbours of the line that was asked for are in sight as well.
            document.read(start, length + (32 << 10))
        except OcianalyzeError as error:
            self.post_message(self.ReadFailed(document, str(error)))
        self.post_message(self.Read(document))

    def _show_form(self, form: str) -> None:
        self._form = form
        self.query_one(Pager).show(self._forms[form], numbered=form == "text")
        self._show_head()

    def action_next_form(self) -> None:
        """Text, hex, members, and around again."""
        forms = list(self._forms)
        if forms:
            self._show_form(forms[(forms.index(self._form) + 1) % len(forms)])

    def action_step(self, by: int) -> None:
        """Another version."""
        at = self._at + by
        if 0 <= at < len(self._versions):
            self._at = at
            self._open()

    def action_compare(self) -> None:
        """Compare with the version before."""
        version = self._versions[self._at]
        self.app.post_message(CompareVersions(version.path, version.since))

    def action_save(self) -> None:
        """Save this version."""
        version = self._versions[self._at]
        self.app.post_message(SaveAs(version.path, version.since))
