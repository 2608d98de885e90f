"""Squarified treemaps: rectangles whose areas are sizes (Bruls, Huizing, van Wijk 2000), on a grid of cells."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from ocianalyze.tui.viewmodel.rows import children
from ocianalyze.tui.viewmodel.view import View

_ROOMY = (16, 6)
"""The width and height in cells from which a box has room for boxes inside."""
_DEEPEST = 6
_ASPECT = 2.0
"""The height of a terminal's cell, divided by its width."""


class Box(NamedTuple):
    """A rectangle of cells for one path."""

    i: int
    x: int
    y: int
    width: int
    height: int
    colour: int
    """The number of the colour; shared with the boxes inside."""
    depth: int
    """The number of boxes around this one."""
    filled: bool
    """Whether boxes lie inside this one."""


def neighbour(boxes: Sequence[Box], here: Box, dx: int, dy: int) -> Box | None:
    """The box next to *here* in a direction: the nearest that begins past its edge; None at the border."""

    def cost(box: Box) -> tuple[int, int]:
        gap_x = max(box.x - here.x - here.width, here.x - box.x - box.width)
        gap_y = max(box.y - here.y - here.height, here.y - box.y - box.height)
        off_x, off_y = 2 * (box.x - here.x) + box.width - here.width, 2 * (box.y - here.y) + box.height - here.height
        # A cell is twice as high as wide. A box that is not level with *here* counts as farther away.
        ahead, aside, off = (gap_x, 2 * gap_y, off_y) if dx else (2 * gap_y, gap_x, off_x)
        return ahead + 2 * max(aside + 1, 0), abs(off)

    def is_past(box: Box) -> bool:
        if dx:
            return box.x >= here.x + here.width if dx > 0 else box.x + box.width <= here.x
        return box.y >= here.y + here.height if dy > 0 else box.y + box.height <= here.y

    return min(filter(is_past, boxes), key=cost, default=None)


def treemap(view: View, shown: bytearray, top: int, width: int, height: int) -> list[Box]:
    """Boxes for the children of directory *top*, and inside the large ones for their children; outer ones first."""
    waiting = deque(_boxes(view, shown, top, (0, 0, width, height), None))
    boxes: list[Box] = []
    while waiting:
        box = waiting.popleft()
        inside: list[Box] = []
        if box.width >= _ROOMY[0] and box.height >= _ROOMY[1] and box.depth < _DEEPEST:
            inside = _boxes(view, shown, box.i, (box.x + 1, box.y + 1, box.width - 2, box.height - 2), box)
        boxes.append(box._replace(filled=bool(inside)))
        waiting.extend(inside)
    return boxes


def _boxes(view: View, shown: bytearray, top: int, area: tuple[int, int, int, int], outer: Box | None) -> list[Box]:
    sized = sorted(((view.size(i), -i) for i in children(view, top, shown)), reverse=True)
    sized = [(size, i) for size, i in sized if size > 0]
    x, y, width, height = area
    if not sized or width < 2 or height < 1:
        return []
    rectangles = _squarify([size for size, _ in sized], float(x), float(y), float(width), height * _ASPECT)
    boxes = []
    for number, ((_, i), (left, upper, wide, high)) in enumerate(zip(sized, rectangles, strict=True)):
        x0, x1 = round(left), round(left + wide)
        y0, y1 = round(y + (upper - y) / _ASPECT), round(y + (upper - y + high) / _ASPECT)
        if x1 - x0 >= 2 and y1 > y0:
            colour, depth = (number, 0) if outer is None else (outer.colour, outer.depth + 1)
            boxes.append(Box(-i, x0, y0, x1 - x0, y1 - y0, colour, depth, filled=False))
    return boxes


def _squarify(
    sizes: Sequence[int], x: float, y: float, width: float, height: float
) -> list[tuple[float, float, float, float]]:
    """A rectangle for each of *sizes*, which are positive and sorted, biggest first."""
    scale = width * height / sum(sizes)
    areas = [size * scale for size in sizes]
    placed: list[tuple[float, float, float, float]] = []
    at = 0
    while at < len(areas):
        side = min(width, height)
        row = [areas[at]]
        while at + len(row) < len(areas) and side > 0:
            longer = [*row, areas[at + len(row)]]
            if _worst(longer, side) > _worst(row, side):
                break
            row = longer
        thickness = sum(row) / side if side > 0 else 0.0
        along = 0.0
        for area in row:
            length = area / thickness if thickness > 0 else 0.0
            if width >= height:
                placed.append((x, y + along, thickness, length))
            else:
                placed.append((x + along, y, length, thickness))
            along += length
        if width >= height:
            x, width = x + thickness, max(0.0, width - thickness)
        else:
            y, height = y + thickness, max(0.0, height - thickness)
        at += len(row)
    return placed


def _worst(row: Sequence[float], side: float) -> float:
    """The worst ratio of sides in a row of areas."""
    total = sum(row)
    if total <= 0 or row[-1] <= 0:
        return float("inf")
    return max(side * side * row[0] / (total * total), total * total / (side * side * row[-1]))
