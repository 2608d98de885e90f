"""A document as lines for a pager: text, hex, a listing, a diff."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from itertools import pairwise

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_for_filename, guess_lexer
from pygments.token import Comment, Keyword, Name, Number, String
from pygments.util import ClassNotFound
from rich.cells import cell_len

from ocianalyze.report import words
from ocianalyze.tui.contents.hexdump import WIDTH, hex_line
from ocianalyze.tui.contents.pages import PAGE, PagedFile

Pieces = Sequence[tuple[str, str]]

_WIDEST = 2_000
"""Bytes of a line that are shown; the rest of longer lines is for the hex view."""
_MOST_LINES = 2_000_000
_MOST_COLOURED = 96 << 10
"""Bytes of a text that are coloured: a lexer may take its time, and may not be interrupted."""


class TextLines:
    """A text in pages. Where lines begin is found bit by bit, by `index_more`."""

    def __init__(self, document: PagedFile) -> None:
        self._document = document
        self._starts = array("Q", [0] if document.size else [])
        self._looked = 0
        self.width = 0

    @property
    def count(self) -> int:
        """How many lines are known so far."""
        return len(self._starts)

    @property
    def complete(self) -> bool:
        """Whether all lines are known, or as many as are kept."""
        return self._looked >= self._document.size or len(self._starts) >= _MOST_LINES

    def index_more(self) -> None:
        """Look through one more page. Reads."""
        data = self._document.read(self._looked, PAGE)
        found = []
        at = data.find(b"\n")
        while at >= 0:
            found.append(self._looked + at + 1)
            at = data.find(b"\n", at + 1)
        self._looked += len(data) or PAGE
        if found and found[-1] >= self._document.size:
            found.pop()
        edges = [self._starts[-1], *found, min(self._looked, self._document.size)] if self._starts else []
        longest = max((b - a for a, b in pairwise(edges)), default=0)
        if b"\t" in data:
            longest = max(longest, *(len(line) + 3 * line.count(b"\t") for line in data.split(b"\n")))
        self.width = max(self.width, min(longest, _WIDEST))
        self._starts.extend(found)

    def place(self, number: int) -> tuple[int, int]:
        """Where line *number* is: its first byte and its length."""
        start = self._starts[number]
        end = self._starts[number + 1] if number + 1 < len(self._starts) else self._document.size
        return start, min(end - start, _WIDEST)

    def line(self, number: int) -> Pieces | None:
        """See `Lines`."""
        data = self._document.read_kept(*self.place(number))
        return None if data is None else [("plain", shown(data.decode("utf-8", "surrogateescape")))]


class HexLines:
    """Any document, sixteen bytes a line."""

    width = 76

    def __init__(self, document: PagedFile) -> None:
        self._document = document

    @property
    def count(self) -> int:
        """How many lines there are."""
        return -(-self._document.size // WIDTH)

    def place(self, number: int) -> tuple[int, int]:
        """Where line *number* is: its first byte and its length."""
        return number * WIDTH, WIDTH

    def line(self, number: int) -> Pieces | None:
        """See `Lines`."""
        data = self._document.read_kept(*self.place(number))
        if data is None:
            return None
        offset, digits, characters = hex_line(number * WIDTH, data)
        return [("margin", offset + "  "), ("plain", digits + "  "), ("syntax-string", characters)]


class ReadyLines:
    """Lines that are all there."""

    def __init__(self, lines: Iterable[Pieces]) -> None:
        self._lines = list(lines)
        self.width = max((sum(cell_len(text) for _, text in line) for line in self._lines), default=0)

    @property
    def count(self) -> int:
        """How many lines there are."""
        return len(self._lines)

    def line(self, number: int) -> Pieces:
        """See `Lines`."""
        return self._lines[number]


def shown(line: str) -> str:
    """A line of a file, without its end, with tabs as spaces, harmless."""
    return words.safe_name(line.rstrip("\r\n").expandtabs(4))


def coloured(document: PagedFile) -> ReadyLines | None:
    """A short text with its syntax coloured; None for a long text, or one in no known language. Reads."""
    if document.size > _MOST_COLOURED:
        return None
    text = document.read(0, document.size).decode("utf-8", "surrogateescape")
    lexer = _lexer(document.version.path, text)
    if lexer is None:
        return None
    lines: list[list[tuple[str, str]]] = [[]]
    for token, value in lexer.get_tokens(text):
        tone = _tone(token)
        first, *more = value.split("\n")
        lines[-1].append((tone, shown(first)))
        lines.extend([(tone, shown(part))] for part in more)
    while lines and not any(text for _, text in lines[-1]):
        lines.pop()
    return ReadyLines(lines)


def _lexer(path: str, text: str) -> Lexer | None:
    name = path.rpartition("/")[2]
    try:
        return get_lexer_for_filename(name, stripnl=False)
    except ClassNotFound:
        pass
    if not text.startswith("#!"):
        return None
    try:
        return guess_lexer(text[:200], stripnl=False)
    except ClassNotFound:
        return None


def _tone(token: object) -> str:
    return next((tone for kind, tone in _TONES if token in kind), "plain")


_TONES = (
    (Comment, "syntax-comment"),
    (Keyword, "syntax-keyword"),
    (String, "syntax-string"),
    (Number, "syntax-number"),
    (Name.Tag, "syntax-keyword"),
    (Name.Function, "syntax-name"),
    (Name.Class, "syntax-name"),
    (Name.Attribute, "syntax-name"),
    (Name.Builtin, "syntax-keyword"),
)
