"""The lines that `grep` found, laid out as grep itself prints them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from ocianalyze.report import words
from ocianalyze.report.layout import painter
from ocianalyze.report.values.documents import Listing
from ocianalyze.report.values.listings import HitRow

_WIDTH = 500
"""Characters of a line that people get to see."""


def hit_listing(rows: Iterable[HitRow], *, names_only: bool, layers: bool) -> Listing:
    """*rows* as they come; for people with *names_only* the paths alone, and with *layers* each with its layer."""
    return Listing(
        row_type=HitRow, rows=rows, write_text=lambda out: _write(rows, out, names_only=names_only, layers=layers)
    )


def _write(rows: Iterable[HitRow], out: TextIO, *, names_only: bool, layers: bool) -> None:
    paint = painter(out)
    for row in rows:
        gone = "" if row.live else " (not in the final view)"
        where = paint(f"layer {row.layer}{gone} ", "dim") if layers else ""
        name = paint(words.safe_name("/" + row.path), "magenta")
        if names_only:
            out.write(f"{where}{name}\n")
        elif row.line:
            out.write(f"{where}{name}:{paint(str(row.line), 'green')}:{_line(row.text)}\n")
        else:
            out.write(f"{where}{name}: binary file matches\n")


def _line(text: str) -> str:
    shown = "\t".join(words.safe_name(part) for part in text[:_WIDTH].removesuffix("\r").split("\t"))
    return shown + (words.ELLIPSIS if len(text) > _WIDTH else "")
