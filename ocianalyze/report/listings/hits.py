"""What `grep` found: as grep itself prints it, or as JSON lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from ocianalyze.report import words
from ocianalyze.report.formats import to_json
from ocianalyze.report.layout import painter
from ocianalyze.report.values.listings import HitRow

_WIDTH = 500
"""Characters of a line that people get to see."""


def write(rows: Iterable[HitRow], out: TextIO, *, json: bool, names_only: bool, layers: bool) -> int:
    """*rows* as they come, with *layers* each with its layer; how many there were."""
    count = 0
    paint = painter(out)
    for row in rows:
        count += 1
        if json:
            out.write(to_json.encode(row) + "\n")
            continue
        gone = "" if row.live else " (not in the final view)"
        where = paint(f"layer {row.layer}{gone} ", "dim") if layers else ""
        name = paint(words.safe_name("/" + row.path), "magenta")
        if names_only:
            out.write(f"{where}{name}\n")
        elif row.line:
            out.write(f"{where}{name}:{paint(str(row.line), 'green')}:{_line(row.text)}\n")
        else:
            out.write(f"{where}{name}: binary file matches\n")
    return count


def _line(text: str) -> str:
    shown = "\t".join(words.safe_name(part) for part in text[:_WIDTH].removesuffix("\r").split("\t"))
    return shown + (words.ELLIPSIS if len(text) > _WIDTH else "")
