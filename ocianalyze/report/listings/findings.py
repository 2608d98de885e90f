"""What `verify` found, a line each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TextIO

from ocianalyze.errors import Remedy
from ocianalyze.model.finding import Finding, Level
from ocianalyze.report import words
from ocianalyze.report.formats import to_json
from ocianalyze.report.layout import painter
from ocianalyze.report.values.listings import FindingRow


def finding_rows(
    found: Iterable[Finding], *, errors_only: bool = False, worded: Callable[[Remedy], str] = str
) -> list[FindingRow]:
    """*found* as rows, errors first; *worded* puts a remedy into words for whoever reads them."""
    rows = [
        FindingRow(
            level=one.level.value,
            code=one.code,
            message=f"{one.message}; {worded(one.remedy)}" if isinstance(one.remedy, Remedy) else one.message,
            image=one.image,
            layer=one.layer,
            path=one.path,
        )
        for one in found
        if not errors_only or one.level is Level.ERROR
    ]
    return sorted(rows, key=lambda row: row.level)


def write(rows: Sequence[FindingRow], out: TextIO, *, json: bool) -> None:
    """*rows* as JSON lines or as text."""
    if json:
        to_json.write_lines(rows, out)
        return
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
