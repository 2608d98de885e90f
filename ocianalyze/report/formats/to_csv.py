"""Rows as CSV (RFC 4180) for spreadsheets: UTF-8, a header, the same columns in every row.

What a spreadsheet would take for a formula gets an apostrophe in front, also where `;` or a tab separates the cells
for it; and what a name could do to a terminal is spelled out. So a name may differ from the image's; JSON lines keep
it byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum
from typing import Any, TextIO

import msgspec

from ocianalyze.report.values.documents import Listing
from ocianalyze.report.words import safe_name

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff0b", "\uff0d", "\uff1d", "\uff20")
_SECOND_CELL = re.compile(r';(?=[ "]*[=+\-@\uff0b\uff0d\uff1d\uff20])')
"""Where `;` separates, the start of a formula. Quotes do not help: there they stand in the middle of a cell."""
_NEEDS_QUOTES = re.compile(r'[,;"]|^ | $')


def write(listing: Listing, out: TextIO) -> None:
    """The rows, below a line with the names of their fields; a field that is unset in the rows is left out."""
    kind = listing.row_type
    names: list[str] | None = None
    for row in listing.rows:
        if names is None:
            names = [name for name in kind.__struct_fields__ if getattr(row, name) is not msgspec.UNSET]
            out.write(_line(names))
        out.write(_line(_cell(getattr(row, name)) for name in names))
    if names is None:
        out.write(_line(kind.__struct_fields__))


def _line(cells: Iterable[str]) -> str:
    """A line of *cells*, quoted where they hold what separates cells anywhere."""
    quoted = ('"' + cell.replace('"', '""') + '"' if _NEEDS_QUOTES.search(cell) else cell for cell in cells)
    return ",".join(quoted) + "\n"


def _cell(value: Any) -> str:
    if value is None or value is msgspec.UNSET:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list | tuple):
        return _text(" ".join(map(str, value)))
    return _text(str(value.value if isinstance(value, Enum) else value))


def _text(text: str) -> str:
    # Before escaping: a tab in front is spelled out, and then it is none.
    dangerous = text.lstrip(" ").startswith(_FORMULA)
    return ("'" if dangerous else "") + _SECOND_CELL.sub(";'", safe_name(text))
