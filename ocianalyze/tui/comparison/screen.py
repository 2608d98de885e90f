"""The screen of a comparison: one tree of both images with the bytes that each path gained, and the layers aligned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Footer

from ocianalyze.analysis.compare.imagediff import ImageDiff
from ocianalyze.analysis.compare.layerdiff import LayerPair, LayerStatus
from ocianalyze.model.image import Layer
from ocianalyze.report import words
from ocianalyze.tui.comparison.pair import NEW, Pair
from ocianalyze.tui.looks.cells import bar
from ocianalyze.tui.looks.states import COLOUR, GLYPH
from ocianalyze.tui.looks.text import field, heading, layer_text, lines, plain
from ocianalyze.tui.screens.base import SideScreen
from ocianalyze.tui.screens.explore import ExploreScreen
from ocianalyze.tui.viewmodel.paths import ADDED, MODIFIED, PLAIN, REMOVED, PathIndex
from ocianalyze.tui.viewmodel.rows import TreeOrder
from ocianalyze.tui.viewmodel.timeline import Timeline
from ocianalyze.tui.widgets.details_pane import DetailsPane
from ocianalyze.tui.widgets.layer_list import LayerItem, LayerList
from ocianalyze.tui.widgets.title_bar import BRAND, RULE, TitleBar

STATE_OF = {
    LayerStatus.SHARED: PLAIN,
    LayerStatus.CHANGED: MODIFIED,
    LayerStatus.INSERTED: ADDED,
    LayerStatus.DROPPED: REMOVED,
}


class CompareScreen(ExploreScreen):
    """The explore screen over a Pair: the layers pane shows the alignment, and the tree the paths that differ first."""

    def __init__(self, index: PathIndex, timeline: Timeline, pair: Pair) -> None:
        super().__init__(index, timeline)
        self._diff = pair.diff
        self._at = 0
        moves = [change for change in pair.diff.changes if change.moved_from]
        self._came_from = {change.path: change.moved_from for change in moves}
        self._went_to = {change.moved_from: change.path for change in moves}
        self.state.layer = NEW
        self.state.order = TreeOrder.CHANGE
        self.state.hidden = frozenset({PLAIN}) if pair.diff.changes else frozenset()

    def title_bar(self) -> Widget:
        """How much larger the new image is."""
        return CompareTitle(self._diff)

    def layer_items(self) -> tuple[LayerItem, ...]:
        """The layers of both, side by side."""
        return tuple(_rows(self._diff))

    def chosen_layer(self) -> int:
        """The row of the alignment that is chosen."""
        return self._at

    def titles(self) -> tuple[str, str]:
        """The title of the tree, and the meaning of its marks."""
        return "Both images", "marks: what the new image does to the old one"

    def layer_content(self) -> Content:
        """The chosen row: both layers in full."""
        pair = self._diff.layers[self._at] if self._diff.layers else None
        return lines(_row_details(self._diff, pair)) if pair else Content("Neither image has layers.")

    def path_content(self, number: int) -> Content:
        """Details of a path; of a moved file, the other path first."""
        path = self.index.paths[number]
        moved = [("Moved from", self._came_from.get(path)), ("Moved to", self._went_to.get(path))]
        said = [field(label, f"/{place}") for label, place in moved if place is not None]
        rest = super().path_content(number)
        return lines([*said, Content(""), rest]) if said else rest

    @on(LayerList.LayerChosen)
    def _layer_chosen(self, event: LayerList.LayerChosen) -> None:
        event.prevent_default()
        self._at = event.layer
        self.query_one(DetailsPane).show(self.layer_content())

    def action_step_layer(self, by: int) -> None:
        """The row below or above, from any pane."""
        self.query_one(LayerList).chosen += by


class CompareTitle(TitleBar):
    """The two images, and by how much they differ."""

    def __init__(self, diff: ImageDiff) -> None:
        super().__init__(diff.new)
        self._diff = diff

    def lengths(self) -> list[Content]:
        """The texts of the title, the longest first."""
        return [self._compared(40), *(self._compared(longest, brief=True) for longest in (40, 18, 12))]

    def _compared(self, longest: int, *, brief: bool = False) -> Content:
        diff = self._diff
        old, new = (image.names[0] if image.names else image.source for image in (diff.old.image, diff.new.image))
        before, after = (words.cut(words.safe_name(name), longest) for name in (old, new))
        delta = diff.size_delta
        return Content.assemble(
            BRAND,
            (f" {before} → {after} ", "bold $foreground"),
            RULE,
            (f" {words.signed_size(delta)} ", "$text-error" if delta > 0 else "$text-success"),
            RULE,
            (f" {words.counted(len(diff.changes), 'path')} differ", "$foreground"),
            *([] if brief else [(" │", RULE[1]), (f" {words.size(diff.pull_cost)} to pull", "$text-muted")]),
        )


class SummaryScreen(SideScreen):
    """The differences beside the files: settings, history, waste, the layers that a host has to pull."""

    BINDINGS: ClassVar = []

    def __init__(self, index: PathIndex, diff: ImageDiff) -> None:
        super().__init__(index, "image")
        self._diff = diff

    def compose(self) -> ComposeResult:
        """One text to scroll through."""
        yield CompareTitle(self._diff)
        yield DetailsPane("summary")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Fill the pane."""
        pane = self.query_one(DetailsPane)
        pane.border_title = "What differs beside the files"
        pane.show(lines(_summary(self._diff)))


def _rows(diff: ImageDiff) -> Iterator[LayerItem]:
    layers = (diff.old.image.layers, diff.new.image.layers)
    largest = max((layer.blob_size for side in layers for layer in side), default=0)
    for number, pair in enumerate(diff.layers):
        old, new = _sides(diff, pair)
        shown = new or old
        assert shown is not None  # noqa: S101 - a row has a layer on one side; for the type checker
        at = f"{'' if old is None else old.index}→{'' if new is None else new.index}"
        yield LayerItem(
            index=number,
            instruction=f"{at} {layer_text(shown)}",
            label="=" if pair.status is LayerStatus.SHARED else GLYPH[STATE_OF[pair.status]],
            note=pair.status.value,
            size=shown.blob_size,
            share=shown.blob_size / largest if largest else 0.0,
            counts={STATE_OF[pair.status]: 1} if pair.status is not LayerStatus.SHARED else {},
            wasted=0,
            base=pair.status is LayerStatus.SHARED,
        )


def _sides(diff: ImageDiff, pair: LayerPair) -> tuple[Layer | None, Layer | None]:
    old = None if pair.old is None else diff.old.image.layers[pair.old]
    new = None if pair.new is None else diff.new.image.layers[pair.new]
    return old, new


def _row_details(diff: ImageDiff, pair: LayerPair) -> Iterator[Content]:
    state = STATE_OF[pair.status]
    yield Content.styled(f"{GLYPH[state]} {pair.status.value} layer", f"bold {COLOUR[state]}")
    old, new = _sides(diff, pair)
    if pair.status is LayerStatus.SHARED:
        old = None
    for word, layer in (("Old", old), ("New", new)):
        if layer is None:
            continue
        yield Content("")
        yield heading(f"{word} layer {layer.index}" if old else f"Layer {layer.index}")
        yield Content(layer_text(layer))
        yield field("Blob", f"{words.size(layer.blob_size)} ({layer.compression})")
        yield field("Tar", words.size(layer.tar_size))
        yield field("Diff ID", layer.diff_id)
        if layer.digest:
            yield field("Digest", layer.digest)


def _summary(diff: ImageDiff) -> Iterator[Content]:
    old, new = diff.old, diff.new
    yield heading("In numbers")
    for label, before, after in (
        ("Content", old.waste.live, new.waste.live),
        ("Stored", old.waste.stored, new.waste.stored),
        ("Wasted", old.waste.wasted, new.waste.wasted),
    ):
        yield field(label, f"{words.size(before)} → {words.size(after)} ({words.signed_size(after - before)})")
    efficiency = " → ".join(words.efficiency(one.waste.efficiency, one.image.missing_layers) for one in (old, new))
    yield field("Efficiency", efficiency)
    yield field("To pull", f"{words.size(diff.pull_cost)} in {words.counted(len(diff.to_pull), 'layer')}")
    if diff.growth:
        yield Content("")
        yield heading("Where the bytes went")
        most = max(row.moved_bytes for row in diff.growth)
        for row in diff.growth:
            tone = "$text-error" if row.delta > 0 else "$text-success"
            amount = Content.styled(f"{words.signed_size(row.delta):>10}  {bar(row.moved_bytes / most, 12)}  ", tone)
            yield Content.assemble(amount, plain(words.place(row.path, directory=row.is_directory, rest=row.is_rest)))
    if diff.config:
        yield Content("")
        yield heading("Settings")
        for change in diff.config:
            yield plain(f"{change.field} {change.key}".rstrip(), "$text-secondary")
            if change.old is not None:
                yield plain(f"  - {change.old}", "$text-error")
            if change.new is not None:
                yield plain(f"  + {change.new}", "$text-success")
    if diff.history:
        yield Content("")
        yield heading("Steps of the build")
        for step in diff.history:
            yield plain(
                f"{'+' if step.is_new else '-'} {step.instruction}", "$text-success" if step.is_new else "$text-error"
            )
