"""A listing as JSON lines: one object a line."""

from __future__ import annotations

from typing import TextIO

from ocianalyze.report.formats.to_json import encode
from ocianalyze.report.values.documents import Listing


def write(listing: Listing, out: TextIO) -> None:
    """The rows as they come."""
    for row in listing.rows:
        out.write(encode(row))
        out.write("\n")
