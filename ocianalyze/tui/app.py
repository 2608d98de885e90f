"""The application: takes a load or a ready Analysis, and pushes screens. Owns no knowledge of images."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen

from ocianalyze.analysis.analyze import Analysis
from ocianalyze.api import analyze_file
from ocianalyze.archive.load import LoadOptions
from ocianalyze.tui.commands import BindingCommands
from ocianalyze.tui.index.paths import PathIndex
from ocianalyze.tui.index.timeline import Timeline
from ocianalyze.tui.messages import Reveal
from ocianalyze.tui.screens.base import SideScreen
from ocianalyze.tui.screens.explore import ExploreScreen
from ocianalyze.tui.screens.help import HelpScreen
from ocianalyze.tui.screens.image import ImageScreen
from ocianalyze.tui.screens.loading import Load, LoadingScreen, prepare
from ocianalyze.tui.screens.waste import WasteScreen
from ocianalyze.tui.themes import DARK, THEMES


class OcianalyzeApp(App[int]):
    """Browses one image."""

    TITLE = "ocianalyze"
    CSS_PATH = Path("ocianalyze.tcss")
    COMMANDS = App.COMMANDS | {BindingCommands}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "show('waste')", "Waste", id="app.waste", tooltip="Wasted bytes: where, why and since when"),
        Binding("i", "show('image')", "Image", id="app.image", tooltip="Config, history and notices"),
        Binding("question_mark,f1", "help", "Help", id="app.help", key_display="?", tooltip="All keys"),
        Binding("T", "next_theme", "Theme", id="app.theme", show=False, tooltip="Dark, light, high contrast"),
        Binding("q,ctrl+c", "leave", "Quit", id="app.quit", key_display="q", tooltip="Leave ocianalyze"),
    ]

    def __init__(self, image: Analysis | Load, *, source: str = "") -> None:
        super().__init__()
        self._image = image
        self._source = source
        self.failure: BaseException | None = None
        """What the load ended with, for whoever started the app."""
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = DARK.name

    def on_mount(self) -> None:
        """Show what is loaded, or load it."""
        if isinstance(self._image, Analysis):
            self._explore(*prepare(self._image))
        else:
            self.push_screen(LoadingScreen(self._image, self._source))

    def _explore(self, index: PathIndex, timeline: Timeline) -> None:
        """Make the screens of the image, and show the main one."""
        screens: list[Screen[None]] = [ExploreScreen(index, timeline), WasteScreen(index), ImageScreen(index)]
        for screen in screens:
            self.install_screen(screen, screen.id or "")
        if isinstance(self.screen, LoadingScreen):
            self.switch_screen("explore")
        else:
            self.push_screen("explore")

    @on(LoadingScreen.Loaded)
    def _loaded(self, event: LoadingScreen.Loaded) -> None:
        self._explore(event.index, event.timeline)

    @on(LoadingScreen.Failed)
    def _failed(self, event: LoadingScreen.Failed) -> None:
        self.failure = event.error

    @on(Reveal)
    async def _reveal(self, event: Reveal) -> None:
        while not isinstance(self.screen, ExploreScreen) and len(self.screen_stack) > 2:
            await self.pop_screen()
        if isinstance(self.screen, ExploreScreen):
            self.screen.reveal(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002  # Textual calls it so
        """Other screens are there once an image is."""
        return self.is_screen_installed("explore") if action in ("show", "help") else True

    async def action_show(self, name: str) -> None:
        """Show this screen; when it is shown already, go back."""
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


def run(source: str, *, options: LoadOptions | None = None, base_layers: int = 1, base: str | None = None) -> int:
    """Open *source* in the terminal; the exit code. Raises what the load failed with, once it was read."""
    app = OcianalyzeApp(
        lambda progress: analyze_file(source, options=options, base_layers=base_layers, base=base, progress=progress),
        source=source,
    )
    code = app.run()
    if app.failure is not None:
        raise app.failure
    return 0 if code is None else code
