"""The layers that the cache keeps, a row each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from ocianalyze.report import words
from ocianalyze.report.layout import console_for, show, table
from ocianalyze.report.values.documents import Listing
from ocianalyze.report.values.listings import CachedRow


def cached_listing(rows: Sequence[CachedRow]) -> Listing:
    """*rows* in their order."""
    return Listing(row_type=CachedRow, rows=rows, write_text=lambda out: _write(rows, out))


def _write(rows: Sequence[CachedRow], out: TextIO) -> None:
    if not rows:
        out.write("no layers are kept\n")
        return
    result = table(">Kept", ">Layer", ">Entries", "Last used", "Digest")
    for row in rows:
        used = words.clock(row.used * 1_000_000_000)
        result.add_row(words.size(row.stored), words.size(row.tar_size), words.number(row.entries), used, row.digest)
    show(console_for(out), out, result)
