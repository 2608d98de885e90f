"""What the scanner finds in a tar: its entries and notices, whatever the chunks it comes in."""

from __future__ import annotations

from ocianalyze.model.entry import Entry
from ocianalyze.model.limits import ReadLimits
from ocianalyze.tar.budget import EntryBudget
from ocianalyze.tar.scanner import TarScanner
from tests.tar_builders import tar


def scan(*chunks: bytes, **limits: int) -> TarScanner:
    """The scanner after it has read *chunks*."""
    allowed = ReadLimits(**limits)
    scanner = TarScanner(limits=allowed, budget=EntryBudget(allowed.entries))
    for chunk in chunks:
        scanner.feed(chunk)
    scanner.finish()
    return scanner


def entries(*members: bytes) -> list[Entry]:
    """The entries of a layer of *members*; the same for the whole tar, for single bytes and for odd chunks."""
    data = tar(*members)
    whole = scan(data).entries
    assert scan(*(data[at : at + 1] for at in range(len(data)))).entries == whole
    assert scan(*(data[at : at + 700] for at in range(0, len(data), 700))).entries == whole
    return whole


def one(*members: bytes) -> Entry:
    [entry] = entries(*members)
    return entry


def codes(*members: bytes) -> list[str]:
    return [notice.code for notice in scan(tar(*members)).notices.freeze()]
