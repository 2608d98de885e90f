"""The dialog that saves a file: the path to save to, and whether an existing file is overwritten."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from ocianalyze.analysis.union.tree import FileNode
from ocianalyze.api import Extracted, save_node
from ocianalyze.errors import OcianalyzeError
from ocianalyze.report import words
from ocianalyze.tui.contents.source import ContentSource


class SaveScreen(ModalScreen[str | None]):
    """Asks for a path; an existing file is overwritten only after a second Enter. Returns a message for the person."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Cancel", id="save.cancel", tooltip="Save nothing"),
    ]

    @dataclass
    class Done(Message):
        """The file is saved, or cannot be saved."""

        saved: Extracted | None
        problem: str = ""

    def __init__(self, source: ContentSource, path: str, node: FileNode) -> None:
        super().__init__(id="save")
        self._source = source
        self._path = path
        self._node = node
        self._confirmed: str | None = None

    def compose(self) -> ComposeResult:
        """A question and a line to answer it on."""
        name = words.safe_name(self._path.rpartition("/")[2]) or "rootfs"
        with Vertical(id="save-panel"):
            yield Static(Content(f"Save /{words.safe_name(self._path)}"), id="save-what")
            yield Input(name, id="save-path")
            here = words.safe_name(str(Path.cwd()))
            yield Static(Content(f"Enter saves, Escape does not. Paths begin in {here}"), id="save-say")

    def _show_message(self, text: str, *, problem: bool = False) -> None:
        line = self.query_one("#save-say", Static)
        line.update(Content(words.safe_name(text)))
        line.set_class(problem, "-problem")

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        text = event.value.strip()
        target = self._target(text)
        if not text or target is None:
            self._show_message("Where to? A path, please.", problem=True)
        elif os.path.lexists(target) and self._confirmed != text:
            self._confirmed = text
            merged = "Files in it are written over." if target.is_dir() else "It is written over."
            self._show_message(f"{target} is there already. {merged} Enter once more to do so.", problem=True)
        else:
            self._show_message("Saving …")
            self._save(target, self._confirmed == text)

    def _target(self, text: str) -> Path | None:
        """The path that *text* means; a file goes into a directory that is there."""
        try:
            target = Path(os.path.abspath(Path(text).expanduser()))  # noqa: PTH100  # resolve() would follow a link
        except RuntimeError:
            return None
        if self._node.children is None and target.is_dir():
            target /= words.safe_name(self._path.rpartition("/")[2])
        return target if target.name else None

    @work(thread=True, exclusive=True, exit_on_error=False, group="save")
    def _save(self, target: Path, overwrite: bool) -> None:
        try:
            saved = save_node(self._source, self._node, target, overwrite=overwrite)
        except OcianalyzeError as error:
            self.post_message(self.Done(None, str(error)))
        else:
            self.post_message(self.Done(saved))

    @on(Done)
    def _done(self, event: Done) -> None:
        if event.saved is None:
            self._confirmed = None
            self._show_message(event.problem, problem=True)
            return
        saved = event.saved
        text = f"Saved {words.counted(saved.files, 'file')}, {words.size(saved.size)}."
        if saved.skipped:
            text += f" Left out {words.counted(len(saved.skipped), 'device or pipe', 'devices and pipes')}."
        self.dismiss(text)
