"""The application over two images: the screens that browse one image, and a few of its own."""

from __future__ import annotations

from typing import Protocol

from ocianalyze.analysis.compare.imagediff import DiffOptions, ImageDiff
from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.api import LoadOptions, Progress, open_pair
from ocianalyze.tui.app import OcianalyzeApp
from ocianalyze.tui.comparison.pair import Pair, PairSource
from ocianalyze.tui.comparison.screen import CompareScreen, SummaryScreen
from ocianalyze.tui.contents.source import Browsed, ContentSource
from ocianalyze.tui.screens.biggest import BiggestScreen
from ocianalyze.tui.screens.loading import Load, Suggest, for_programs
from ocianalyze.tui.screens.treemap import TreemapScreen
from ocianalyze.tui.viewmodel.paths import PathIndex
from ocianalyze.tui.viewmodel.timeline import Timeline


class CompareApp(OcianalyzeApp):
    """Browses two images side by side."""

    def _explore(self, opened: Browsed, index: PathIndex, timeline: Timeline) -> None:
        assert isinstance(opened, OpenedComparison)  # noqa: S101 - only comparisons are opened; for the type checker
        pair = opened.pair
        index.compared = True
        self.keep(opened, index)
        explore = CompareScreen(index, timeline, pair)
        state = explore.state
        side = [SummaryScreen(index, pair.diff), BiggestScreen(index, state), TreemapScreen(index, state)]
        self.show_screens([explore, *side])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether an action is possible here: waste is a question about one image."""
        if action == "show" and parameters == ("waste",):
            return False
        return super().check_action(action, parameters)


class HasContents(Protocol):
    """One of two images that are open."""

    @property
    def contents(self) -> ContentSource:
        """The content of every file."""


class TwoImages(Protocol):
    """Two images that are open, as `open_pair` gives them."""

    @property
    def difference(self) -> ImageDiff:
        """How they differ."""

    @property
    def old(self) -> HasContents:
        """The old image."""

    @property
    def new(self) -> HasContents:
        """The new image."""

    def close(self) -> None:
        """Close both sources."""


class OpenedComparison:
    """An open comparison for the screens to browse. A `Browsed`."""

    def __init__(self, opened: TwoImages) -> None:
        """Take over *opened*."""
        self.pair = Pair(opened.difference)
        self.contents = PairSource(self.pair, (opened.old.contents, opened.new.contents))
        self._opened = opened

    @property
    def analysis(self) -> Analysis:
        """See `Browsed`."""
        return self.pair.analysis

    def close(self) -> None:
        """See `Browsed`."""
        self._opened.close()


def pair_load(
    old: str,
    new: str,
    *,
    old_options: LoadOptions | None = None,
    new_options: LoadOptions | None = None,
    options: DiffOptions | None = None,
) -> Load:
    """A load of two images for the loading screen to run."""

    def load(progress: Progress) -> OpenedComparison:
        opened = open_pair(
            old, new, old_options=old_options, new_options=new_options, options=options, progress=progress
        )
        return OpenedComparison(opened)

    return load


def run(load: Load, source: str, suggest: Suggest = for_programs) -> int:
    """Open a comparison in the terminal; the exit code. Raises the error of a failed load, once the screen is left."""
    app = CompareApp(load, source=source, suggest=suggest)
    code = app.run()
    if app.failure is not None:
        raise app.failure
    return 0 if code is None else code
