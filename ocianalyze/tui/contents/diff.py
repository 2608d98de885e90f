"""How two versions of a file differ: fields, then lines of text or rows of bytes."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import NamedTuple

from ocianalyze.report import words
from ocianalyze.tui.contents.hexdump import WIDTH, hex_line
from ocianalyze.tui.contents.pages import PagedFile
from ocianalyze.tui.contents.sniff import HEAD, is_text

_MOST_TEXT = 1 << 20
_MOST_LINES = 8_000
_MOST_ROWS = 4_000
_MOST_BYTES = 64 << 20


class DiffLine(NamedTuple):
    """One line of a diff."""

    tone: str
    """`added`, `removed`, `hunk`, `same` or `note`."""
    text: str


_SAME = DiffLine("note", "The content is the same, byte for byte.")


def compare_documents(old: PagedFile, new: PagedFile) -> list[DiffLine]:
    """The differences, harmless to show."""
    lines = list(_fields(old, new))
    if _same(old, new):
        return [*lines, _SAME]
    heads = old.read(0, HEAD), new.read(0, HEAD)
    if all(map(is_text, heads)) and max(old.size, new.size) <= _MOST_TEXT:
        texts = _lines_of(old), _lines_of(new)
        if max(map(len, texts)) <= _MOST_LINES:
            return lines + (list(_text_diff(*texts)) or [_SAME])
        lines.append(DiffLine("note", f"More than {words.number(_MOST_LINES)} lines: compared as bytes."))
    return lines + (list(_byte_diff(old, new)) or [_SAME])


def _fields(old: PagedFile, new: PagedFile) -> Iterator[DiffLine]:
    one, other = old.version.entry, new.version.entry
    for label, before, after in (
        ("size", words.exact_size(one.size), words.exact_size(other.size)),
        ("mode", one.octal_mode, other.octal_mode),
        ("owner", f"{one.uid}:{one.gid}", f"{other.uid}:{other.gid}"),
        ("mtime", words.clock(one.mtime_ns), words.clock(other.mtime_ns)),
    ):
        if before != after:
            yield DiffLine("note", f"{label}: {before} → {after}")


def _same(old: PagedFile, new: PagedFile) -> bool:
    one, other = old.version.entry, new.version.entry
    return one.size == other.size and one.content is not None and one.content == other.content


def _lines_of(document: PagedFile) -> list[str]:
    text = document.read(0, document.size).decode("utf-8", "surrogateescape")
    return text.split("\n")


def _text_diff(old: list[str], new: list[str]) -> Iterator[DiffLine]:
    tones = {"+": "added", "-": "removed", "@": "hunk"}
    for number, line in enumerate(difflib.unified_diff(old, new, lineterm="", n=4)):
        if number < 2:
            continue
        shown = line[0] + words.safe_name(line[1:].expandtabs(4)) if line else ""
        yield DiffLine(tones.get(line[:1], "same"), shown)


def _byte_diff(old: PagedFile, new: PagedFile) -> Iterator[DiffLine]:
    end = max(old.size, new.size)
    rows = 0
    for start in range(0, min(end, _MOST_BYTES), 1 << 16):
        one, other = old.read(start, 1 << 16), new.read(start, 1 << 16)
        if one == other:
            continue
        for at in range(0, max(len(one), len(other)), WIDTH):
            before, after = one[at : at + WIDTH], other[at : at + WIDTH]
            if before == after:
                continue
            if rows >= _MOST_ROWS:
                yield DiffLine("note", f"… only the first {words.number(_MOST_ROWS)} different rows are shown")
                return
            rows += 1
            for tone, sign, data in (("removed", "-", before), ("added", "+", after)):
                if data:
                    offset, digits, characters = hex_line(start + at, data)
                    yield DiffLine(tone, f"{sign}{offset}  {digits}  {characters}")
    if end > _MOST_BYTES:
        yield DiffLine("note", f"… compared up to {words.size(_MOST_BYTES)}")
