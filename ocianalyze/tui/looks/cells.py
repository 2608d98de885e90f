"""Text in cells of a terminal: bars, and text cut or padded to a width."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

from ocianalyze.report import words


def bar(share: float, width: int) -> str:
    """A bar of *width* cells, filled by *share*; any share above 0 shows."""
    halves = round(min(1.0, max(0.0, share)) * width * 2)
    if share > 0:
        halves = max(1, halves)
    return ("━" * (halves // 2) + "╸" * (halves % 2)).ljust(width)


def fit(text: str, width: int) -> str:
    """*text* in exactly *width* cells, its end cut off if need be."""
    if width <= 0:
        return ""
    if len(text) <= width and text.isascii():
        return text.ljust(width)
    return set_cell_size(text if cell_len(text) <= width else words.cut(text, width), width)


def fit_right(text: str, width: int) -> str:
    """*text* in exactly *width* cells, at their right end."""
    return text.rjust(width) if len(text) <= width else fit(text, width)


def struck_words(cells: list[Segment]) -> list[Segment]:
    """*cells*, with a line through their words where the style has one, and none through the spaces around them."""
    out: list[Segment] = []
    for text, style, _ in cells:
        bare = text.strip(" ")
        if not bare or style is None or not style.strike:
            out.append(Segment(text, style))
            continue
        before, _, after = text.partition(bare)
        quiet = style + Style(strike=False)
        out += [Segment(before, quiet), Segment(bare, style), Segment(after, quiet)]
    return out
