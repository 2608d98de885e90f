"""Names, kinds, modes and sizes as text: the glyph, word and colour of each state, bars, key-value lines.

Everything that comes from an image leaves here as `Content` or through `safe_name`: never as a `str` that a
widget would read as markup.
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.content import Content
from textual.style import Style

from ocianalyze.model.image import Layer
from ocianalyze.model.instruction import instruction
from ocianalyze.report import words
from ocianalyze.tui.viewmodel.paths import (
    ABSENT,
    ADDED,
    METADATA,
    MODIFIED,
    PLAIN,
    REMOVED,
    REPLACED,
    UNCHANGED,
)

GLYPH = {
    ABSENT: " ",
    PLAIN: " ",
    ADDED: "+",
    MODIFIED: "~",
    METADATA: "@",
    REPLACED: "!",
    UNCHANGED: "=",
    REMOVED: "-",
}
"""The mark of a state. The same characters are the keys that show and hide it."""

WORD = {
    PLAIN: "unmodified",
    ADDED: "added",
    MODIFIED: "modified",
    METADATA: "metadata",
    REPLACED: "replaced",
    UNCHANGED: "rewritten",
    REMOVED: "removed",
}

COLOUR = {
    ABSENT: "$text-muted",
    PLAIN: "$foreground",
    ADDED: "$text-success",
    MODIFIED: "$text-warning",
    METADATA: "$text-secondary",
    REPLACED: "$text-accent",
    UNCHANGED: "$text-primary",
    REMOVED: "$text-error",
}
"""Theme variables, for `Content`; `ocianalyze.tcss` gives component classes the same ones."""

HANG = "ocianalyze-hang"
"""Where in a span's meta the width of a hanging indent is."""


def bar(share: float, width: int) -> str:
    """A bar of *width* cells, filled by *share*; anything above nothing shows."""
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
    """*cells* with a line through what is written, where their style has one, and not through the space around it."""
    out: list[Segment] = []
    for text, style, _ in cells:
        bare = text.strip(" ")
        if not bare or style is None or not style.strike:
            out.append(Segment(text, style))
            continue
        before, _, after = text.partition(bare)
        quiet = style + RichStyle(strike=False)
        out += [Segment(before, quiet), Segment(bare, style), Segment(after, quiet)]
    return out


def layer_text(layer: Layer) -> str:
    """The layer's instruction on one harmless line."""
    return words.safe_name(instruction(layer.history)) or "(no instruction recorded)"


def plain(text: str, style: str = "") -> Content:
    """Text from an image: harmless, and never markup."""
    return Content.styled(words.safe_name(text), style) if style else Content(words.safe_name(text))


def heading(text: str) -> Content:
    """The title of a section in a pane."""
    return Content.styled(text, "bold $text-accent")


def hanging(text: Content, width: int) -> Content:
    """*text*, to be wrapped by a pane so that further lines begin below its column *width*."""
    return text.stylize(Style.from_meta({HANG: width}), 0, 1)


def field(label: str, value: Content | str, width: int = 11) -> Content:
    """A label and its value on a line."""
    shown = value if isinstance(value, Content) else plain(value)
    return hanging(Content.assemble((label.ljust(width), "$text-muted"), shown), width)


def lines(parts: Iterable[Content]) -> Content:
    """*parts*, a line each."""
    return Content("\n").join(parts)


def kind_mark(state: int) -> Content:
    """Glyph and word of a state, in its colour."""
    return Content.styled(f"{GLYPH[state]} {WORD[state]}", COLOUR[state])
