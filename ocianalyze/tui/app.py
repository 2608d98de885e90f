"""The application: takes a load or an open image, and pushes screens. Owns no knowledge of images."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from ocianalyze.api import LoadOptions, open_image
from ocianalyze.report import words
from ocianalyze.tui.commands import BindingCommands
from ocianalyze.tui.contents.source import Browsed
from ocianalyze.tui.contents.versions import Version, version_at, versions
from ocianalyze.tui.looks.themes import DARK, THEMES
from ocianalyze.tui.messages import CompareVersions, CopyCommand, CopyPath, LookInto, Reveal, SaveAs
from ocianalyze.tui.screens.base import SideScreen
from ocianalyze.tui.screens.biggest import BiggestScreen
from ocianalyze.tui.screens.content_diff import ContentDiffScreen
from ocianalyze.tui.screens.explore import ExploreScreen
from ocianalyze.tui.screens.help import HelpScreen
from ocianalyze.tui.screens.image import ImageScreen
from ocianalyze.tui.screens.loading import Load, LoadingScreen, Suggest, for_programs, prepare
from ocianalyze.tui.screens.save import SaveScreen
from ocianalyze.tui.screens.treemap import TreemapScreen
from ocianalyze.tui.screens.viewer import ViewerScreen
from ocianalyze.tui.screens.waste import WasteScreen
from ocianalyze.tui.viewmodel.paths import PathIndex
from ocianalyze.tui.viewmodel.timeline import Timeline


class OcianalyzeApp(App[int]):
    """Browses one image."""

    TITLE = "ocianalyze"
    CSS_PATH = Path(__file__).with_name("ocianalyze.tcss")
    COMMANDS = App.COMMANDS | {BindingCommands}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "show('waste')", "Waste", id="app.waste", tooltip="Wasted bytes: where, why and since when"),
        Binding("b", "show('biggest')", "Biggest", id="app.biggest", tooltip="The biggest files, as a flat list"),
        Binding("t", "show('treemap')", "Map", id="app.treemap", tooltip="A treemap of the merged tree by size"),
        Binding("i", "show('image')", "Image", id="app.image", tooltip="Config, history and notices"),
        Binding("question_mark,f1", "help", "Help", id="app.help", key_display="?", tooltip="All keys"),
        Binding("T", "next_theme", "Theme", id="app.theme", show=False, tooltip="Dark, light, high contrast"),
        Binding("q,ctrl+c", "leave", "Quit", id="app.quit", key_display="q", tooltip="Leave ocianalyze"),
    ]

    def __init__(self, image: Browsed | Load, *, source: str = "", suggest: Suggest = for_programs) -> None:
        """Browse *image*, open or still to be loaded; *source* is the name that the user gave."""
        super().__init__()
        self._image = image
        self._source = source
        self._suggest = suggest
        self._opened: Browsed | None = None
        self._index: PathIndex | None = None
        self.failure: BaseException | None = None
        """The error that the load ended with, for the caller of the app."""
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DARK.name

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The commands of Textual that ours do not cover."""
        return [c for c in super().get_system_commands(screen) if c.title in ("Theme", "Screenshot")]

    def on_mount(self) -> None:
        """Show the image, or load it first."""
        if callable(self._image):
            self.push_screen(LoadingScreen(self._image, self._source, self._suggest))
        else:
            self._opened = self._image
            self._explore(self._image, *prepare(self._image.analysis))

    def on_unmount(self) -> None:
        """Close the image."""
        if self._opened is not None:
            self._opened.close()

    def _explore(self, opened: Browsed, index: PathIndex, timeline: Timeline) -> None:
        """Make the screens of the image, and show the main one."""
        self.keep(opened, index)
        explore = ExploreScreen(index, timeline)
        screens: list[Screen[None]] = [explore, WasteScreen(index), ImageScreen(index)]
        screens += [BiggestScreen(index, explore.state), TreemapScreen(index, explore.state)]
        self.show_screens(screens)

    def keep(self, opened: Browsed, index: PathIndex) -> None:
        """Browse *index*, made of *opened*, from now on."""
        self._opened = opened
        self._index = index

    def show_screens(self, screens: list[Screen[None]]) -> None:
        """Keep *screens*, and show the one to explore."""
        for screen in screens:
            self.install_screen(screen, screen.id or "")
        if isinstance(self.screen, LoadingScreen):
            self.switch_screen("explore")
        else:
            self.push_screen("explore")

    @on(LoadingScreen.Loaded)
    def _loaded(self, event: LoadingScreen.Loaded) -> None:
        self._explore(event.opened, event.index, event.timeline)

    @on(LoadingScreen.LoadFailed)
    def _failed(self, event: LoadingScreen.LoadFailed) -> None:
        self.failure = event.error

    @on(Reveal)
    async def _reveal(self, event: Reveal) -> None:
        while not isinstance(self.screen, ExploreScreen) and len(self.screen_stack) > 2:
            await self.pop_screen()
        if isinstance(self.screen, ExploreScreen):
            self.screen.reveal(event)

    @on(LookInto)
    def _look_into(self, event: LookInto) -> None:
        found = self._versions(event.path, least=1)
        if self._index is not None and self._opened is not None and found:
            self.push_screen(ViewerScreen(self._index, self._opened.contents, found, version_at(found, event.layer)))

    @on(CompareVersions)
    def _compare_versions(self, event: CompareVersions) -> None:
        found = self._versions(event.path, least=2)
        if self._index is not None and self._opened is not None and found:
            at = version_at(found, event.layer)
            self.push_screen(ContentDiffScreen(self._index, self._opened.contents, found, at))

    @on(SaveAs)
    def _save_as(self, event: SaveAs) -> None:
        node = self._index.node(event.path, event.layer) if self._index is not None else None
        if node is not None and self._opened is not None:
            self.push_screen(SaveScreen(self._opened.contents, event.path, node), self._saved)

    def _saved(self, message: str | None) -> None:
        if message:
            self.notify(message, markup=False)

    @on(CopyPath)
    def _copy_path(self, event: CopyPath) -> None:
        self._copy("/" + words.safe_name(event.path))

    @on(CopyCommand)
    def _copy_command(self, event: CopyCommand) -> None:
        node = self._index.node(event.path, event.layer) if self._index is not None else None
        command = "ls" if node is None or node.children is not None else "cat"
        image = self._index.analysis.image.source if self._index is not None else self._source
        parts = ["ocianalyze", command, image, "/" + event.path, "--layer", str(event.layer)]
        self._copy(shlex.join(words.safe_name(part) for part in parts))

    def _copy(self, text: str) -> None:
        self.copy_to_clipboard(text)
        self.notify(f"Copied: {text}", markup=False)

    def _versions(self, path: str, least: int) -> list[Version]:
        """The versions of *path*; none, and a notification, when there are fewer than *least*."""
        found = versions(path, self._index.history(path)) if self._index is not None else []
        if len(found) >= least:
            return found
        self.notify("There is only one version of it." if found else "It has no content to look into.")
        return []

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002  # Textual calls it so
        """Whether an action is possible here: a viewer or a dialog leads to no other screen."""
        if action == "show":
            return bool(self.screen_stack) and isinstance(self.screen, (ExploreScreen, SideScreen))
        return self._index is not None if action == "help" else True

    async def action_show(self, name: str) -> None:
        """Show the screen *name*; when that screen is shown already, go back."""
        if isinstance(self.screen, SideScreen):
            shown = self.screen.id
            await self.pop_screen()
            if shown == name:
                return
        if isinstance(self.screen, ExploreScreen):
            await self.push_screen(name)

    def action_help(self) -> None:
        """Show all keys."""
        self.push_screen(HelpScreen())

    async def action_back(self) -> None:
        """Back to the screen below."""
        if not isinstance(self.screen, (ExploreScreen, LoadingScreen)):
            await self.pop_screen()

    def action_next_theme(self) -> None:
        """The next of our themes."""
        names = [theme.name for theme in THEMES]
        at = names.index(self.theme) if self.theme in names else -1
        self.theme = names[(at + 1) % len(names)]

    async def action_leave(self) -> None:
        """Quit, stopping a load if one runs."""
        if isinstance(self.screen, LoadingScreen):
            self.screen.action_cancel()
        else:
            self.exit(0)


def run(
    source: str,
    *,
    options: LoadOptions | None = None,
    base_layers: int = 1,
    base: str | None = None,
    suggest: Suggest = for_programs,
) -> int:
    """Open *source* in the terminal; the exit code. Raises the error of a failed load, once the screen is left."""
    app = OcianalyzeApp(
        lambda progress: open_image(source, options=options, base_layers=base_layers, base=base, progress=progress),
        source=source,
        suggest=suggest,
    )
    code = app.run()
    if app.failure is not None:
        raise app.failure
    return 0 if code is None else code
