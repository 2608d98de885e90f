"""How text reports are laid out: the console, and cells that never let a name do harm."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TextIO

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement
from rich.style import Style
from rich.table import Table
from rich.text import Text

from ocianalyze.report import words

PIPED_WIDTH = 100
"""Columns of a report that goes to no terminal, unless COLUMNS says otherwise."""
_LEAST = 40
_PLAIN = str.maketrans("█░▏…", "#-|~")
"""ASCII in the place of our own drawing, for an encoding that lacks its characters."""
_SQUEEZED = 16
IN_JSON = "; the JSON report lists them all"


class Cut:
    """A cell of harmless text, cut to the width of its column with an ellipsis at the cut."""

    def __init__(self, text: str, style: str = "", *, by: Callable[[str, int], str] = words.cut) -> None:
        self._text, self._style, self._by = words.safe_name(text), style, by

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Text of one line, never markup."""
        yield Text(self._by(self._text, options.max_width), self._style, no_wrap=True, overflow="crop")

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """At least enough to recognise it; at most all of it."""
        wanted = min(Text(self._text[: options.max_width]).cell_len, options.max_width)
        return Measurement(min(_SQUEEZED, wanted), wanted)


def path_cell(path: str, style: str = "") -> Cut:
    """A path, absolute as it is inside the image; its base name is the last to be cut."""
    return Cut("/" + path, style, by=words.cut_path)


def console_for(out: TextIO) -> Console:
    """A console on *out*: in colour on a terminal that wants it; elsewhere plain, and 100 or COLUMNS wide."""
    columns = os.environ.get("COLUMNS", "")
    piped = int(columns) if columns.isdecimal() and len(columns) < 6 else PIPED_WIDTH
    width = None if out.isatty() else max(piped, _LEAST)
    return Console(file=out, width=width, highlight=False, emoji=False, markup=False, soft_wrap=False)


def show(console: Console, out: TextIO, *parts: RenderableType) -> None:
    """*parts* below each other, without the blanks that tables put at the ends of lines."""
    with console.capture() as capture:
        for part in parts:
            console.print(part)
    text = "\n".join(line.rstrip(" ") for line in capture.get().split("\n"))
    out.write(text if _draws(out) else text.translate(_PLAIN))


def _draws(out: TextIO) -> bool:
    try:
        "█░▏…".encode(out.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def table(*columns: str) -> Table:
    """A plain table. A column that starts with `>` is of numbers; the others share what room is left."""
    result = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for column in columns:
        number = column.startswith(">")
        result.add_column(column.removeprefix(">"), justify="right" if number else "left", no_wrap=number)
    return result


def facts(*rows: tuple[str, str | Text | Cut]) -> Table:
    """Names with a value each, a line each; rows with an empty value are left out."""
    result = Table.grid(padding=(0, 2, 0, 0))
    result.add_column(style="dim", no_wrap=True)
    result.add_column()
    for name, value in rows:
        if value:
            result.add_row(name, Cut(value) if isinstance(value, str) else value)
    return result


def placed(path: str, rest: str, style: str = "") -> Cut:
    """A path followed by *rest*; the path's directories are the first to be cut."""
    tail = words.safe_name(rest)
    return Cut(
        path + rest,
        style,
        by=lambda text, width: (
            words.cut_path(text.removesuffix(tail), width - cell_len(tail)) + tail
            if not tail or width >= _SQUEEZED + cell_len(tail)
            else words.cut(text, width)
        ),
    )


def left_out(left: int, noun: str, rest: str = "", *, indent: str = "") -> Iterator[Text]:
    """A line that says how many rows a table leaves out, and *rest*; no line where it shows all."""
    if left > 0:
        yield Text(f"{indent}{words.more(left, noun)}{rest}", "dim")


def heading(text: str) -> Text:
    """The title of a section."""
    return Text(text, "bold")


def painter(out: TextIO) -> Callable[[str, str], str]:
    """A function that puts text in a style, where *out* is a terminal that shows colours."""
    console = console_for(out)
    if console.color_system is None or console.no_color:
        return lambda text, _style: text
    return lambda text, style: Style.parse(style).render(text, color_system=ColorSystem.STANDARD)
