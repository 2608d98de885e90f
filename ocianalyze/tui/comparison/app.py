"""The application over two images: what browses one browses a comparison, with a few screens of its own."""

from __future__ import annotations

from ocianalyze.analysis.compare.imagediff import DiffOptions, ImageDiff
from ocianalyze.analysis.union.analyze import Analysis
from ocianalyze.api.load import compare_files
from ocianalyze.contents.contents import Contents
from ocianalyze.errors import OcianalyzeError
from ocianalyze.loading.load import LoadOptions
from ocianalyze.loading.progress import Progress
from ocianalyze.model.image import Image
from ocianalyze.tui.app import OcianalyzeApp, OpenContents
from ocianalyze.tui.comparison.pair import Pair, PairSource
from ocianalyze.tui.comparison.screen import CompareScreen, SummaryScreen
from ocianalyze.tui.contents.source import ContentSource
from ocianalyze.tui.screens.biggest import BiggestScreen
from ocianalyze.tui.screens.loading import Suggest, for_programs
from ocianalyze.tui.screens.treemap import TreemapScreen
from ocianalyze.tui.viewmodel.paths import PathIndex
from ocianalyze.tui.viewmodel.timeline import Timeline


class CompareApp(OcianalyzeApp):
    """Browses two images side by side."""

    def __init__(
        self,
        pair: PairLoad,
        diff: ImageDiff | None = None,
        *,
        source: str = "",
        open_contents: OpenContents = Contents,
        suggest: Suggest = for_programs,
    ) -> None:
        load = pair if diff is None else pair.take(diff)
        super().__init__(load, source=source, open_contents=pair.opener(open_contents), suggest=suggest)
        self._pair_load = pair

    def _explore(self, index: PathIndex, timeline: Timeline) -> None:
        pair = self._pair_load.pair
        assert pair is not None  # noqa: S101 - it is loaded by now; for the type checker
        index.compared = True
        self.keep(index)
        explore = CompareScreen(index, timeline, pair)
        state = explore.state
        side = [SummaryScreen(index, pair.diff), BiggestScreen(index, state), TreemapScreen(index, state)]
        self.show_screens([explore, *side])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is wasted is a question about one image."""
        if action == "show" and parameters == ("waste",):
            return False
        return super().check_action(action, parameters)


class PairLoad:
    """A load of two images, as the loading screen runs it; keeps the Pair for the screens."""

    def __init__(
        self,
        old: str,
        new: str,
        *,
        old_options: LoadOptions | None = None,
        new_options: LoadOptions | None = None,
        options: DiffOptions | None = None,
    ) -> None:
        self._paths = (old, new)
        self._read = (old_options, new_options)
        self._options = options
        self.pair: Pair | None = None

    def __call__(self, progress: Progress) -> Analysis:
        """Load both and compare them."""
        diff = compare_files(
            *self._paths,
            old_options=self._read[0],
            new_options=self._read[1],
            options=self._options,
            progress=progress,
        )
        return self.take(diff)

    def take(self, diff: ImageDiff) -> Analysis:
        """Go on from *diff*."""
        self.pair = Pair(diff)
        return self.pair.analysis

    def opener(self, open_one: OpenContents) -> OpenContents:
        """A function that opens both archives with *open_one*."""

        def open_both(_: Image) -> ContentSource:
            pair = self.pair
            assert pair is not None  # noqa: S101 - contents are asked for on a screen; for the type checker
            old = open_one(pair.diff.old.image)
            try:
                new = open_one(pair.diff.new.image)
            except OcianalyzeError:
                old.close()
                raise
            return PairSource(pair, (old, new))

        return open_both


def run(load: PairLoad, source: str, suggest: Suggest = for_programs) -> int:
    """Open a comparison in the terminal; the exit code. Raises what the load failed with, once it was read."""
    app = CompareApp(load, source=source, suggest=suggest)
    code = app.run()
    if app.failure is not None:
        raise app.failure
    return 0 if code is None else code
