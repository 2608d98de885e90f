"""Markdown that no name can break out of: code spans, cells and folded sections, as GitHub and GitLab read them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ocianalyze.report import words

LIMIT = 65_000
"""Characters that a comment may have; GitHub refuses more than 65,536."""
_CUT = "\n(cut here: the rest would not fit)\n"
_END = "\n</details>\n"
_LONGEST = 200
_LINKED = re.compile(r"[@#!~&$%^]\w|://|www\.|mailto:|xmpp:", re.IGNORECASE)
"""Mentions, references to issues and their like, and what is a link without brackets.

GitHub and GitLab look for them in the text that is left when the escapes are gone, and not in code.
"""
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&@:-])")


def code(text: str, *, longest: int = _LONGEST) -> str:
    """*text* as a code span that is safe in a table cell: harmless, cut, and fenced by more back-ticks than it has."""
    shown = words.cut(words.safe_name(text), longest).replace("|", "\\|")
    runs = [len(run) for run in re.findall(r"`+", shown)]
    fence = "`" * (max(runs, default=0) + 1)
    padding = " " if not shown.strip() or shown[:1] in "` " or shown[-1:] in "` " else ""
    return f"{fence}{padding}{shown}{padding}{fence}" if shown else ""


def plain(text: str, *, longest: int = _LONGEST) -> str:
    """*text* with every character escaped that means something in Markdown; a word that would be a link is code."""
    parts = re.split(r"(\s+)", words.cut(words.safe_name(text), longest))
    return "".join(
        code(part, longest=longest) if _LINKED.search(part) else _SPECIAL.sub(r"\\\1", part) for part in parts
    )


def fitting(lines: Iterable[str]) -> Iterator[str]:
    """*lines*, each with its end, up to LIMIT characters; a line outside of folded sections says that some are cut.

    Tables are short enough for every usual name; escapes can make one many times as long.
    """
    is_folded = False
    left = LIMIT - len(_CUT) - len(_END)
    for line in lines:
        left -= len(line) + 1
        if left < 0:
            yield _END if is_folded else ""
            yield _CUT
            return
        is_folded = line.startswith("<details>") or (is_folded and not line.startswith("</details>"))
        yield line + "\n"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Lines of a table. A column that starts with `>` is of numbers. Cells must be safe already."""
    yield "| " + " | ".join(column.removeprefix(">") for column in columns) + " |"
    yield "|" + "|".join(" ---: " if column.startswith(">") else " --- " for column in columns) + "|"
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def left_out(left: int, noun: str, *, kind: str = "more") -> Iterator[str]:
    """Lines below a table that say how many rows it leaves out; none where it shows all."""
    if left > 0:
        yield ""
        yield words.more(left, noun, kind=kind)


def folded(summary: str, lines: Iterable[str]) -> Iterator[str]:
    """*lines* in a section that is folded until the reader opens it."""
    yield f"<details><summary>{summary}</summary>"
    yield ""
    yield from lines
    yield ""
    yield "</details>"
