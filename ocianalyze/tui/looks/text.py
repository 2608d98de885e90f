"""Text of an image as `Content`: harmless, and never markup. Lines, headings, and labels with their values.

Everything that comes from an image leaves here as `Content` or through `safe_name`: never as a `str` that a
widget would read as markup.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content
from textual.style import Style

from ocianalyze.model.image import Layer
from ocianalyze.model.instruction import instruction
from ocianalyze.report import words
from ocianalyze.tui.looks.states import COLOUR, GLYPH, WORD

HANG = "ocianalyze-hang"
"""Where in a span's meta the width of a hanging indent is."""


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
