"""A listing for people, which lays itself out: see report.listings."""

from __future__ import annotations

from typing import TextIO

from ocianalyze.report.values.documents import Listing


def write(listing: Listing, out: TextIO) -> None:
    """The text of *listing*."""
    listing.write_text(out)
