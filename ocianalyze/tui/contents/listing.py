"""The members of an archive inside a layer, a harmless line each."""

from __future__ import annotations

import stat

from ocianalyze.api import ArchiveMember, ListingEnd, inflated_head, list_members
from ocianalyze.report import words
from ocianalyze.tui.contents.pages import PagedFile
from ocianalyze.tui.contents.sniff import HEAD, is_text

_MOST_PREVIEW = 256 << 10
"""Bytes of a compressed text that are shown."""


def member_lines(file: PagedFile) -> list[str]:
    """A line for each member of *file*; the last line names the reason where not all are listed."""
    members, end, problem, limit = list_members(file)
    lines = list(map(_line, members))
    match end:
        case ListingEnd.MORE:
            return [*lines, f"… and more: only the first {words.number(limit)} are listed"]
        case ListingEnd.LARGE:
            return [*lines, f"… the listing ends here: stopped after {words.size(limit)}"]
        case ListingEnd.DAMAGED:
            return [*lines, f"… the listing ends here: {words.safe_name(problem)}"]
        case ListingEnd.NO_ARCHIVE:
            text = [] if lines else _inflated_text(file)
            return text or [*lines, f"… not an archive that can be listed: {words.safe_name(problem)}"]
        case ListingEnd.WHOLE:
            return lines or ["(no members)"]


def _inflated_text(file: PagedFile) -> list[str]:
    """The first lines of a compressed text; none if *file* is no such text."""
    data = inflated_head(file, _MOST_PREVIEW)
    if data is None or not is_text(data[:HEAD]):
        return []
    text = data.decode("utf-8", "replace").split("\n")
    return ["… compressed text:", *(words.safe_name(line.expandtabs(4)) for line in text)]


def _line(member: ArchiveMember) -> str:
    mode, size, name, target, depth = member
    link = f" → {words.safe_name(target)}" if target else ""
    return f"{'    ' * depth}{stat.filemode(mode)} {words.size(size):>10}  {words.safe_name(name)}{link}"
