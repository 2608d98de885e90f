"""One row of the tree, drawn: glyph, rails, name, mode, owner, size and bar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from ocianalyze.analysis.union.tree import FileNode
from ocianalyze.model.entry import IMPLIED, EntryKind
from ocianalyze.report import words
from ocianalyze.tui.looks.cells import bar, fit, fit_right, struck_words
from ocianalyze.tui.looks.states import GLYPH
from ocianalyze.tui.viewmodel.paths import (
    ABSENT,
    ADDED,
    METADATA,
    MODIFIED,
    PLAIN,
    REMOVED,
    REPLACED,
    ROOT,
    UNCHANGED,
)
from ocianalyze.tui.viewmodel.rows import TreeOrder, TreeRow
from ocianalyze.tui.viewmodel.view import View
from ocianalyze.tui.widgets.line_view import LineView

StyleOf = Callable[[str], Style]

_STATE_CLASS = {
    ABSENT: "file-tree--muted",
    PLAIN: "file-tree--plain",
    ADDED: "file-tree--added",
    MODIFIED: "file-tree--modified",
    METADATA: "file-tree--metadata",
    REPLACED: "file-tree--replaced",
    UNCHANGED: "file-tree--unchanged",
    REMOVED: "file-tree--removed",
}
COMPONENT_CLASSES = {
    *_STATE_CLASS.values(),
    "file-tree--bar",
    "file-tree--cursor",
    "file-tree--cursor-blurred",
    "file-tree--directory",
    "file-tree--guide",
    "file-tree--header",
    "file-tree--header-sorted",
    "file-tree--inside",
    "file-tree--size",
    "file-tree--waste",
}
INSIDE = "·"
"""Marks a directory that holds changes and is unchanged itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeColumns:
    """Widths of the columns; 0 for one that is not shown."""

    name: int
    mode: int
    owner: int
    size: int
    extra: int
    extra_title: str

    EXTRAS: ClassVar[dict[TreeOrder, tuple[str, int]]] = {
        TreeOrder.WASTE: ("Waste", 11),
        TreeOrder.MTIME: ("Modified", 18),
    }

    @classmethod
    def of(cls, width: int, attributes: bool, order: TreeOrder, *, compared: bool = False) -> TreeColumns:
        """The columns that fit in *width* cells."""
        share = ("Gained", 16 if width < 100 else 24) if compared else ("Share", 10 if width < 100 else 14)
        title, extra = cls.EXTRAS.get(order, share)
        if width < 44 and order not in cls.EXTRAS:
            extra = 0
        mode = 12 if attributes and width >= 54 else 0
        owner = 11 if attributes and width >= 66 else 0
        name = max(8, width - mode - owner - 11 - extra - 1)
        return cls(name=name, mode=mode, owner=owner, size=11, extra=extra, extra_title=title)

    def order_at(self, x: int) -> TreeOrder:
        """The order that a click on the head at column *x* asks for."""
        if x < self.name:
            return TreeOrder.NAME
        if x < self.name + self.mode + self.owner:
            return TreeOrder.CHANGE
        by_title = {"Waste": TreeOrder.WASTE, "Modified": TreeOrder.MTIME}
        in_extra = x >= self.name + self.mode + self.owner + self.size
        return by_title.get(self.extra_title, TreeOrder.SIZE) if in_extra else TreeOrder.SIZE


def draw_header(widget: LineView, columns: TreeColumns, order: TreeOrder, backwards: bool) -> Strip:
    """The heads of the columns, with an arrow at the one that sorts."""
    plain = widget.part_style("file-tree--header")
    marked = widget.part_style("file-tree--header-sorted")
    arrow = "▲" if backwards != (order is TreeOrder.NAME) else "▼"
    by_change = order is TreeOrder.CHANGE

    def head(title: str, width: int, by: TreeOrder | None, pad: Callable[[str, int], str]) -> Segment:
        return Segment(pad(f"{arrow} {title}", width), marked) if by is order else Segment(pad(title, width), plain)

    cells = [
        Segment("  ", plain),
        *([Segment("Name  ", plain)] if by_change else []),
        head("by change", columns.name - 8, TreeOrder.CHANGE, fit)
        if by_change
        else head("Name", columns.name - 2, TreeOrder.NAME, fit),
        head("Mode   ", columns.mode, None, fit_right),
        head("Owner", columns.owner, None, fit_right),
        head("Size", columns.size, TreeOrder.SIZE, fit_right),
    ]
    by = order if order in TreeColumns.EXTRAS else None
    cells.append(
        head(columns.extra_title if by else "  " + columns.extra_title, columns.extra, by, fit_right if by else fit)
    )
    kept = [cell for cell in cells if cell.text]
    return Strip(kept).adjust_cell_length(widget.size.width, plain).apply_style(widget.base_style)


def draw_row(widget: LineView, view: View, row: TreeRow, columns: TreeColumns) -> Strip:
    """One path of *view*."""
    style = widget.part_style
    state, node = view.states[row.i], view.node(row.i)
    own = style(_STATE_CLASS[state])
    rails = _rails(row)
    cells = [_mark(view, row, own, style), Segment(rails, style("file-tree--guide"))]
    cells += _name(view, row, node, own, style, columns.name - 2 - len(rails))
    muted, header = style("file-tree--muted"), node.header if node is not None else IMPLIED
    size = own if state == REMOVED else style("file-tree--size")
    if columns.mode:
        cells.append(Segment(fit_right(words.mode(header), columns.mode), muted))
    if columns.owner:
        cells.append(Segment(fit_right(f"{header.uid}:{header.gid}", columns.owner), muted))
    cells.append(Segment(fit_right(_size_text(view, row, node), columns.size), size))
    if columns.extra:
        cells.append(_extra(view, row, columns, style))
    return Strip(struck_words(cells) if state == REMOVED else cells)


def _mark(view: View, row: TreeRow, own: Style, style: StyleOf) -> Segment:
    """The state's glyph; for an unchanged directory with changes inside, a dot."""
    state = view.states[row.i]
    if state == PLAIN and row.folder and _changed_inside(view, row.i):
        return Segment(INSIDE + " ", style("file-tree--inside"))
    return Segment(GLYPH[state] + " ", own + Style(strike=False))


def _changed_inside(view: View, i: int) -> bool:
    inside = view.states[i + 1 : view.index.ends[i]]
    return bool(inside.translate(None, bytes((ABSENT, PLAIN))))


def _rails(row: TreeRow) -> str:
    """The lines that lead from a directory down to this row, and its arrow."""
    before = "".join("│ " if row.rails >> depth & 1 else "  " for depth in range(min(row.depth, 40)))
    arrow = ("▾ " if row.open else "▸ ") if row.folder else ("╰ " if row.last else "├ ") if row.depth else "  "
    return before + arrow


def _name(view: View, row: TreeRow, node: FileNode | None, own: Style, style: StyleOf, width: int) -> list[Segment]:
    name = words.safe_name(view.index.name(row.i))
    directory = node is None or node.children is not None
    shown = own if view.states[row.i] != PLAIN or not directory else style("file-tree--directory")
    if directory:
        name += "/"
    elif node is not None and node.kind is EntryKind.SYMLINK and node.entry is not None:
        target = words.safe_name(node.entry.link_target)
        head = fit(name, min(cell_len(name), width))
        rest = width - cell_len(head)
        return [Segment(head, shown), Segment(fit(f" → {target}", rest), style("file-tree--muted"))]
    return [Segment(fit(name, width), shown)]


def _size_text(view: View, row: TreeRow, node: FileNode | None) -> str:
    if node is not None and node.children is None and node.kind is not EntryKind.FILE:
        if node.entry is not None and node.entry.device is not None:
            return "{}, {}".format(*node.entry.device)
        return "–"
    return words.size(view.size(row.i))


def _extra(view: View, row: TreeRow, columns: TreeColumns, style: StyleOf) -> Segment:
    width = columns.extra
    if columns.extra_title == "Waste":
        wasted = view.index.wasted_below(row.i)
        return Segment(fit_right(words.size(wasted) if wasted else "", width), style("file-tree--waste"))
    if columns.extra_title == "Modified":
        node = view.node(row.i)
        text = words.clock(node.entry.mtime_ns) if node is not None and node.entry is not None else ""
        return Segment(fit_right(text, width), style("file-tree--muted"))
    if view.index.compared:
        return _delta(view, row, width, style)
    whole = 0 if view.states[row.i] == REMOVED else view.size(view.index.parent(row.i))
    share = view.size(row.i) / whole if whole > 0 else 0.0
    return Segment("  " + bar(share, width - 2), style("file-tree--bar"))


def _delta(view: View, row: TreeRow, width: int, style: StyleOf) -> Segment:
    """The bytes that the path gained or lost, and a bar of them beside the largest such number."""
    delta = view.delta(row.i)
    if not delta:
        return Segment(" " * width, style("file-tree--muted"))
    tone = style("file-tree--removed" if delta > 0 else "file-tree--added") + Style(strike=False)
    most = max(1, abs(view.delta(ROOT)), abs(view.delta(view.index.parent(row.i))), abs(delta))
    return Segment(fit_right(words.signed_size(delta), 11) + " " + bar(abs(delta) / most, width - 12), tone)
