"""The findings of `verify`, a line each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from ocianalyze.report import words
from ocianalyze.report.layout import painter
from ocianalyze.report.values.documents import Listing
from ocianalyze.report.values.listings import FindingRow


def finding_listing(rows: Sequence[FindingRow]) -> Listing:
    """*rows* in their order; for people with the place of each finding."""
    return Listing(row_type=FindingRow, rows=rows, write_text=lambda out: _write(rows, out))


def _write(rows: Sequence[FindingRow], out: TextIO) -> None:
    paint = painter(out)
    for row in rows:
        where = [
            words.safe_name(row.image) if row.image else "",
            "" if row.layer is None else f"layer {row.layer}",
            "" if row.path is None else words.safe_name("/" + row.path),
        ]
        level = paint(f"{row.level:<7}", "bold red" if row.level == "error" else "yellow")
        place = ", ".join(part for part in where if part)
        out.write(f"{level} {row.code:<20} {place + ': ' if place else ''}{words.safe_name(row.message)}\n")
