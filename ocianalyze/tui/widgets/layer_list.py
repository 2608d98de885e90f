"""The layers, bottom first, two lines each: the instruction; size, changes and waste."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from ocianalyze.report import words
from ocianalyze.tui.looks.cells import bar, fit, fit_right
from ocianalyze.tui.looks.states import GLYPH
from ocianalyze.tui.looks.text import layer_text
from ocianalyze.tui.viewmodel.paths import ADDED, METADATA, MODIFIED, REMOVED, REPLACED, STATE_OF, UNCHANGED, PathIndex
from ocianalyze.tui.widgets.line_view import LineView


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerItem:
    """The fields of one layer that the list shows."""

    index: int
    instruction: str
    size: int
    """Bytes of the files that the layer stores."""
    share: float
    """The share in the bytes that all layers store."""
    counts: dict[int, int]
    """The number of paths that the layer left in each state."""
    wasted: int
    """Bytes that the layer stores and the final image does not show."""
    base: bool
    """Whether the layer counts as the base image."""
    label: str = ""
    """A text in place of the index."""
    note: str = ""
    """A text in place of the counts, in the colour of the state in `counts`."""


def layer_items(index: PathIndex) -> tuple[LayerItem, ...]:
    """The rows of the list of layers."""
    image, waste = index.analysis.image, index.analysis.waste
    return tuple(
        LayerItem(
            index=layer.index,
            instruction=layer_text(layer),
            size=sums.size,
            share=sums.size / waste.stored if waste.stored else 0.0,
            counts={STATE_OF[kind]: count for kind, (count, _) in sums.changes.items()},
            wasted=sums.wasted,
            base=layer.index < waste.base_layers,
        )
        for layer, sums in zip(image.layers, index.sums, strict=True)
    )


_CLASS = {
    ADDED: "layer-list--added",
    MODIFIED: "layer-list--modified",
    METADATA: "layer-list--metadata",
    REPLACED: "layer-list--replaced",
    UNCHANGED: "layer-list--unchanged",
    REMOVED: "layer-list--removed",
}
_LINES = 2
_BARS = ((56, 12), (46, 8), (36, 4))
"""(least width of the list, cells of a bar)."""


class LayerList(LineView, can_focus=True):
    """The layers to choose from. The chosen one's rows are marked whether or not the list has the focus."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *_CLASS.values(),
        "layer-list--bar",
        "layer-list--base",
        "layer-list--chosen",
        "layer-list--chosen-blurred",
        "layer-list--index",
        "layer-list--muted",
        "layer-list--size",
        "layer-list--waste",
    }

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", id="layers.up", show=False, tooltip="The layer below in the stack"),
        Binding("down,j", "move(1)", "Down", id="layers.down", show=False, tooltip="The next layer"),
        Binding("pageup,u", "page(-1)", "Page up", id="layers.page-up", show=False, tooltip="One page up"),
        Binding("pagedown,d", "page(1)", "Page down", id="layers.page-down", show=False, tooltip="One page down"),
        Binding("home,g", "jump(0)", "First", id="layers.first", show=False, tooltip="To the first layer"),
        Binding("end,G", "jump(-1)", "Last", id="layers.last", show=False, tooltip="To the last layer"),
    ]

    chosen: reactive[int] = reactive(0, init=False)

    @dataclass
    class LayerChosen(Message):
        """Another layer is chosen."""

        layer: int

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.rows: tuple[LayerItem, ...] = ()

    def show_rows(self, rows: tuple[LayerItem, ...], chosen: int) -> None:
        """Draw *rows* from now on."""
        self.rows = rows
        self.set_extent(0, len(rows) * _LINES)
        self.set_reactive(LayerList.chosen, chosen)
        self._reveal()
        self.refresh()

    def validate_chosen(self, chosen: int) -> int:
        """Keep to the layers that there are."""
        return max(0, min(chosen, len(self.rows) - 1))

    def watch_chosen(self, old: int, new: int) -> None:
        """Redraw the two layers concerned, and post a message."""
        self._reveal()
        for layer in (old, new):
            self.refresh(Region(0, layer * _LINES - self.scroll_offset.y, self.line_width, _LINES))
        self.post_message(self.LayerChosen(self.chosen))

    def render_line(self, y: int) -> Strip:
        """The first or second line of a layer."""
        number, line = divmod(y + self.scroll_offset.y, _LINES)
        width = self.line_width
        if number >= len(self.rows):
            return Strip.blank(width, self.base_style)
        row = self.rows[number]
        strip = Strip(self._instruction(row, width) if line == 0 else self._numbers(row, width))
        return strip.adjust_cell_length(self.size.width).apply_style(self._row_style(number))

    def _row_style(self, number: int) -> Style:
        if number != self.chosen:
            return self.base_style
        name = "layer-list--chosen" if self.has_focus else "layer-list--chosen-blurred"
        return self.base_style + self.part_style(name)

    def _style(self, name: str) -> Style:
        return self.part_style(f"layer-list--{name}")

    def _instruction(self, row: LayerItem, width: int) -> list[Segment]:
        mark = Segment("▌" if row.index == self.chosen else " ", self._style("index"))
        number = Segment(f"{row.label or row.index:>3} ", self._style("index"))
        text = fit(row.instruction, width - 5)
        return [mark, number, Segment(text, self._style("base") if row.base else None)]

    def _numbers(self, row: LayerItem, width: int) -> list[Segment]:
        mark = Segment("▌" if row.index == self.chosen else " ", self._style("index"))
        wide = next((cells for least, cells in _BARS if width >= least), 0)
        waste = f" {words.size(row.wasted)} wasted" if row.wasted else ""
        cells = [
            mark,
            Segment(fit_right(words.size(row.size), 12) + " ", self._style("size")),
            *([Segment(bar(row.share, wide) + " ", self._style("bar"))] if wide else []),
        ]
        left = width - 15 - (wide + 1 if wide else 0) - len(waste)
        if row.note:
            style = self.part_style(_CLASS[next(iter(row.counts))]) if row.counts else self._style("muted")
            cells.append(Segment(fit(f" {row.note}", max(0, left)), style))
            return [*cells, Segment(waste, self._style("waste"))]
        counts = [
            (f" {GLYPH[state]}{_short(n)}", name) for state, name in _CLASS.items() if (n := row.counts.get(state))
        ]
        for text, name in _fitting(counts, left):
            cells.append(Segment(text, self.part_style(name)))
            left -= len(text)
        if not row.counts and left >= 11:
            cells.append(Segment(" no changes", self._style("muted")))
            left -= 11
        return [*cells, Segment(" " * max(0, left)), Segment(waste, self._style("waste"))]

    @property
    def _page(self) -> int:
        return max(1, self.size.height // _LINES)

    def _reveal(self) -> None:
        """Scroll so that the chosen layer is in sight."""
        top, height = self.scroll_offset.y, self.size.height
        first = self.chosen * _LINES
        if first < top:
            self.scroll_to(y=first, animate=False, force=True)
        elif first + _LINES > top + height:
            self.scroll_to(y=first + _LINES - height, animate=False, force=True)

    def on_resize(self) -> None:
        """A smaller pane may have left the chosen layer outside."""
        self._reveal()

    def on_click(self, event: events.Click) -> None:
        """Choose the layer that was clicked."""
        offset = event.get_content_offset(self)
        number = (offset.y + self.scroll_offset.y) // _LINES if offset is not None else len(self.rows)
        if number < len(self.rows):
            self.chosen = number

    def action_move(self, by: int) -> None:
        """Choose by steps."""
        self.chosen += by

    def action_page(self, by: int) -> None:
        """Choose by pages."""
        self.chosen += by * self._page

    def action_jump(self, to: int) -> None:
        """The first layer, or the last."""
        self.chosen = to if to >= 0 else len(self.rows) - 1


def _fitting(counts: list[tuple[str, str]], room: int) -> list[tuple[str, str]]:
    """The first of *counts* that fit, and `…` where there are more."""
    if sum(len(text) for text, _ in counts) <= room:
        return counts
    fitting: list[tuple[str, str]] = []
    room -= 2
    for text, name in counts:
        if len(text) > room:
            break
        fitting.append((text, name))
        room -= len(text)
    return [*fitting, (" …", "layer-list--muted")] if room >= 0 else []


def _short(count: int) -> str:
    """A count in at most four characters."""
    if count < 10_000:
        return str(count)
    return f"{count // 1000}k" if count < 1_000_000 else f"{count // 1_000_000}M"
