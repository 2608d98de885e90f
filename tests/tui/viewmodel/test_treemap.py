"""Which box of the treemap is next to which."""

from __future__ import annotations

import pytest

from ocianalyze.tui.viewmodel.treemap import Box, neighbour


def box(i: int, x: int, y: int, width: int, height: int) -> Box:
    return Box(i, x, y, width, height, colour=0, depth=0, filled=False)


# 0000001122
# 0000001122
# 0000003333
# 4455553333
BOXES = [box(0, 0, 0, 6, 3), box(1, 6, 0, 2, 2), box(2, 8, 0, 2, 2), box(3, 6, 2, 4, 2), box(4, 0, 3, 2, 1)]
BOXES.append(box(5, 2, 3, 4, 1))


@pytest.mark.parametrize(
    ("here", "right", "left", "down", "up"),
    [
        (0, 1, None, 5, None),
        (1, 2, 0, 3, None),
        (2, None, 1, 3, None),
        (3, None, 5, None, 1),
        (4, 5, None, None, 0),
        (5, 3, 4, None, 0),
    ],
)
def test_an_arrow_leads_to_the_box_past_that_edge_and_at_the_border_nowhere(
    here: int, right: int | None, left: int | None, down: int | None, up: int | None
) -> None:
    ways = ((1, 0), (-1, 0), (0, 1), (0, -1))
    found = [neighbour(BOXES, BOXES[here], *way) for way in ways]
    assert [there and there.i for there in found] == [right, left, down, up]
