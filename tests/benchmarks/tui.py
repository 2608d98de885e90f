"""How fast the TUI answers on the benchmark's image: `python -m tests.benchmarks.tui`.

The image's entries are made in memory from the recipes of `layers`; no archive is built. Keys are pressed with
Pilot, and what is drawn is rendered to terminal sequences as in a real terminal; Pilot's own waiting for idleness
is left out. A time runs from just before the key to its answer: the last update of the screen that follows from
it; in the filter, where a long search shows what it has found so far, the first update with rows of the new text.
The last column is the last update there as well, with all that the search finds.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import platform
import random
import resource
import statistics
import sys
import tarfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from blake3 import blake3
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip

from ocianalyze.analysis.union.analyze import Analysis, analyze
from ocianalyze.model.entry import Entry, EntryKind
from ocianalyze.model.image import Image
from ocianalyze.model.whiteout import Marker, hidden_name, marker
from ocianalyze.tui.app import OcianalyzeApp
from ocianalyze.tui.screens import explore as explore_screen
from ocianalyze.tui.screens.explore import ExploreScreen
from ocianalyze.tui.widgets.file_tree import FileTree
from ocianalyze.tui.widgets.filter_bar import FilterInput
from tests.benchmarks.content import Content
from tests.benchmarks.layers import NODE, WEB, members, recipes
from tests.benchmarks.measure import MAXRSS_UNIT
from tests.builders import build_image
from tests.tui.sample import Shown

FILTERS = (
    ("words", "index.js"),
    ("words", "lodash"),
    ("globs", "*.d.ts"),
    ("globs", "srv/**/*.map"),
    ("fuzzy", "~pkgjs"),
    ("expressions", "re:.*[0-9]+\\.map$"),
    ("size, owner, kind", ">100k"),
    ("size, owner, kind", "owner:1000"),
    ("size, owner, kind", "kind:added,removed"),
)
LIMIT = 0.100
"""Seconds within which every action answers, at its 95th percentile."""
_KINDS = {tarfile.REGTYPE: EntryKind.FILE, tarfile.DIRTYPE: EntryKind.DIRECTORY} | {
    tarfile.SYMTYPE: EntryKind.SYMLINK,
    tarfile.LNKTYPE: EntryKind.HARDLINK,
}
_MARKERS = {Marker.WHITEOUT: EntryKind.WHITEOUT, Marker.OPAQUE: EntryKind.OPAQUE}


class Sizes(Content):
    """Contents that have a length and no bytes."""

    def __init__(self) -> None:
        pass

    def cut(self, rng: random.Random, kind: str, size: int) -> list[bytes]:
        return cast("list[bytes]", [range(size)])


class TimedApp(OcianalyzeApp):
    """Notes when the screen was written to last, and renders what a terminal would be sent."""

    written = 0.0
    spent = 0.0
    answered = 0.0
    """When the filter's latest text was answered; 0 until then."""

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        super()._display(screen, renderable)
        if renderable is not None and hasattr(renderable, "render_segments"):
            renderable.render_segments(self.console)
        self.written, self.spent = time.perf_counter(), time.process_time()
        if not self.answered and isinstance(screen, ExploreScreen) and self._answers(screen):
            self.answered = self.written

    @staticmethod
    def _answers(screen: ExploreScreen) -> bool:
        """Whether what was just drawn is about the text that the filter's input has."""
        tree, shown = screen.query_one(FileTree), screen.state.filter
        text = screen.query_one(FilterInput).value.strip()
        drawn = isinstance(tree, TimedTree) and tree.drawn is tree.rows
        return drawn and text == (shown.text if shown is not None else "")


class TimedTree(FileTree):
    """Notes which rows it has drawn."""

    drawn: object = None

    def render_lines(self, crop: Region) -> list[Strip]:
        self.drawn = self.rows
        return super().render_lines(crop)


@dataclass(slots=True)
class Timing:
    """One action's times in seconds, by the clock and of the processor."""

    name: str
    times: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    """Until all of the answer was there."""
    cpu: list[float] = field(default_factory=list)

    @property
    def p95(self) -> float:
        """The 95th percentile by the clock."""
        return _p95(self.times)


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def image(scale: float) -> Image:
    """The benchmark's twelve layers, entries only."""
    layers = [[_entry(member.header) for member in members(recipe, Sizes(), scale)] for recipe in recipes()]
    return build_image(*layers, created_by=[recipe.created_by for recipe in recipes()])


def _entry(header: tarfile.TarInfo) -> Entry:
    path, kind = header.name, _KINDS[header.type]
    parent, _, base = path.rpartition("/")
    found = marker(base)
    if found in _MARKERS:
        path = parent if found is Marker.OPAQUE else f"{parent}/{hidden_name(base)}"
        return Entry(path, _MARKERS[found], 0, 0, 0, 0, 0)
    digest = blake3(f"{path} {header.size}".encode()).digest() if kind is EntryKind.FILE else None
    mtime = int(header.mtime) * 10**9
    size = header.size if kind is EntryKind.FILE else 0
    return Entry(path, kind, size, header.mode, header.uid, header.gid, mtime, header.linkname, digest)


class Bench:
    """Presses keys and keeps what each took."""

    def __init__(self, app: TimedApp, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot
        self.timings: dict[str, Timing] = {}

    @property
    def explore(self) -> ExploreScreen:
        """The main screen."""
        return cast("ExploreScreen", self.app.get_screen("explore"))

    async def press(self, name: str, keys: Iterable[str], *, answer: bool = False) -> None:
        """Press each key and note its time under *name*: until the filter's answer, or else the last update."""
        timing = self.timings.setdefault(name, Timing(name))
        for key in keys:
            self.app.answered = 0.0
            start, before = time.perf_counter(), time.process_time()
            await self.pilot.press(key)
            await self.app.workers.wait_for_complete()
            await self.pilot.pause()
            if self.app.written > start:
                answered = self.app.answered if answer and self.app.answered else self.app.written
                timing.times.append(answered - start)
                timing.whole.append(self.app.written - start)
                timing.cpu.append(self.app.spent - before)

    async def show(self, path: str) -> None:
        """Open directory *path* and what leads to it, and put the cursor on it."""
        explore = self.explore
        i = explore.index.number(path)
        assert i is not None, path
        explore.state.reveal(i)
        explore._redraw(at=i)
        await self.pilot.press("2")
        await self.pilot.pause()


async def measure(app: TimedApp) -> tuple[list[Timing], float, int]:
    """The timings, the share of a core that the idle app takes, and how many rows the largest directory gave."""
    explore_screen.FileTree = TimedTree  # type: ignore[attr-defined]  # whatever is drawn, this one notes when
    async with app.run_test(size=(160, 50)) as pilot:
        await pilot.pause()
        bench = Bench(app, pilot)
        layers = [*["up"] * 11, *["down"] * 11]
        await bench.press("switch layers", layers)
        await bench.press("switch layers, all changes", ["A", *layers, "L"])
        for path in (NODE, WEB):
            await bench.show(path)
            await bench.press("open or close node_modules", ["space"] * 10)
        await bench.show(NODE)
        await bench.press("open or close node_modules", ["space"])
        await pilot.press("1")
        rows = len(bench.explore.query_one(FileTree).rows)
        await bench.press("switch layers, node_modules open", layers)
        await pilot.press("2")
        await bench.press("sort", ["s"] * 20 + ["S"] * 6)
        await bench.press("show or hide a kind", ["full_stop", "full_stop", "plus", "plus", "minus", "minus"] * 4)
        await bench.press("move", ["j", "pagedown", "end", "home", "k"] * 6)
        await pilot.press("slash")
        for kind, word in FILTERS:
            await bench.press(f"type into the filter: {kind}", word, answer=True)
            await bench.press("delete from the filter", ["backspace"] * len(word), answer=True)
        await pilot.press("escape")
        idle = await _idle()
    return list(bench.timings.values()), idle, rows


async def _idle() -> float:
    await asyncio.sleep(0.5)
    before, start = time.process_time(), time.monotonic()
    await asyncio.sleep(5)
    return (time.process_time() - before) / (time.monotonic() - start)


def main() -> int:
    """Measure and print; 1 with --check if an action takes more than twice its limit."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.tui", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="size of the image: 1 is 200,000 files")
    parser.add_argument("--check", action="store_true", help="exit 1 if an action takes more than twice its limit")
    options = parser.parse_args()
    analysis = _load(options.scale)
    before = _peak()
    app = TimedApp(Shown(analysis))
    timings, idle, rows = asyncio.run(measure(app))
    _print(analysis, timings, rows)
    print(f"\nidle: {idle:.2%} of a core")
    print(f"peak memory: {before / 1e6:.0f} MB with the analysis alone, {_peak() / 1e6:.0f} MB after all of this")
    return int(options.check and any(timing.p95 > 2 * LIMIT for timing in timings))


def _load(scale: float) -> Analysis:
    analysis = analyze(image(scale))
    gc.collect()
    return analysis


def _print(analysis: Analysis, timings: list[Timing], rows: int) -> None:
    layers = analysis.image.layers
    files = sum(entry.kind is EntryKind.FILE for layer in layers for entry in layer.entries)
    paths = sum(len(changes) for changes in analysis.changes)
    print(f"{len(layers)} layers, {files:,} files, {paths:,} changes; {rows:,} rows with node_modules open")
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, 160x50; milliseconds\n")
    print(f"{'action':40}{'keys':>6}{'median':>9}{'p95':>9}{'most':>9}{'limit':>9}{'cpu p95':>9}{'whole p95':>11}")
    for timing in timings:
        median = statistics.median(timing.times)
        verdict = "reached" if timing.p95 <= LIMIT else "missed"
        figures = "".join(
            f"{1000 * value:9.1f}" for value in (median, timing.p95, max(timing.times), LIMIT, _p95(timing.cpu))
        )
        print(f"{timing.name:40}{len(timing.times):6}{figures}{1000 * _p95(timing.whole):11.1f}  {verdict}")


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MAXRSS_UNIT


if __name__ == "__main__":
    sys.exit(main())
