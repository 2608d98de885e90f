"""Globs, as gitignore and fnmatch read them: the one meaning of a pattern, for every command, rule and filter.

`*` stands for any part of a name, `?` for one character, `[a-c]` for one of a set, `[!a-c]` and `[^a-c]` for one
character outside it; none of them matches a slash. A name that is `**` stands for any number of directories, and at
the end for all that is below. There are no escapes: `[*]` is a star.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ocianalyze.errors import UsageError

MOST_CHARACTERS = 4096
"""Characters of a glob, as many as Linux allows a path."""
_MAGIC = re.compile(r"[*?\[]")


class Name(NamedTuple):
    """The glob of one name, cut at its stars into pieces: one more than there are stars, some of them empty."""

    pieces: tuple[str, ...]
    """A regular expression for each piece."""
    texts: tuple[str | None, ...]
    """The text of each piece; None for a piece that has a `?` or a set in it."""

    @property
    def expression(self) -> str:
        """A regular expression that matches the whole name, in time that grows with the name alone.

        A piece between two stars matches where it first can, for good (`(?>...)`): a later place would leave no
        more for the rest.
        """
        if len(self.pieces) == 1:
            return self.pieces[0]
        first, *middle, last = self.pieces
        return first + "".join(f"(?>[^/]*?{piece})" for piece in middle if piece) + "[^/]*" + last


def is_glob(text: str) -> bool:
    """Whether *text* has a character that means something in a glob."""
    return _MAGIC.search(text) is not None


def split_glob(pattern: str) -> list[str]:
    """The names of *pattern*, an absolute glob with or without its slash. UsageError when it is too long."""
    if len(pattern) > MOST_CHARACTERS:
        raise UsageError(
            f"a glob of {len(pattern):,} characters: {pattern[:40]}…", hint=f"a glob has at most {MOST_CHARACTERS:,}"
        )
    return [part for part in pattern.split("/") if part not in ("", ".")]


def anchored(pattern: str) -> str:
    """*pattern* as a .gitignore reads it: without a slash before its end, the glob of a name in any directory."""
    return pattern if "/" in pattern.rstrip("/") else f"**/{pattern}"


def path_expression(pattern: str) -> re.Pattern[str]:
    """The expression that matches, with `fullmatch`, a whole path (spelled as `Entry.path`) that *pattern* means.

    No pattern is slow, whatever the path: the names between two `**` match where they first can, for good.
    """
    segments: list[list[str]] = [[]]
    for part in split_glob(pattern):
        if part == "**":
            segments.append([])
        else:
            segments[-1].append(parse_name(part).expression)
    first, *others = ["".join(f"{name}/" for name in segment) for segment in segments]
    if not others:
        return re.compile(first.removesuffix("/"), re.DOTALL)
    *middle, last = others
    between = "".join(f"(?>(?:[^/]+/)*?{one})" for one in middle if one)
    end = "(?:[^/]+/)*" + last.removesuffix("/") if last else ".+"
    return re.compile(first + between + end, re.DOTALL)


def check_glob(pattern: str) -> None:
    """Raise UsageError if *pattern* is no glob."""
    for part in split_glob(pattern):
        parse_name(part)


def name_expression(pattern: str) -> re.Pattern[str]:
    """The expression that matches, with `fullmatch`, a whole name that *pattern* means."""
    return re.compile(parse_name(pattern).expression, re.DOTALL)


def required_texts(pattern: str) -> tuple[str, str]:
    """The longest text that every path contains that *pattern* means, and the text that each ends with."""
    runs = [""]
    for part in split_glob(pattern):
        if part == "**":
            runs.append("")
            continue
        for number, text in enumerate(_plain_texts(part)):
            if number:
                runs.append("")
            runs[-1] += text
        runs[-1] += "/"
    runs[-1] = runs[-1].removesuffix("/")
    return max(runs, key=len), runs[-1]


def _plain_texts(part: str) -> list[str]:
    """The plain texts between the stars, question marks and sets in the glob of a name."""
    return re.split("[*?\0]", _SET.sub("\0", part.replace("\0", "?")))


_SET = re.compile(r"\[[!^]?+.[^]]*\]", re.DOTALL)
"""A set in the glob of a name: a `]` that comes first in a set is one of its characters."""


def parse_name(part: str) -> Name:
    """The glob *part* of one name. UsageError for a set that is none, such as `[z-a]`."""
    pieces, texts = [""], [""]
    plain = [True]
    position = 0
    while position < len(part):
        character = part[position]
        found = _SET.match(part, position)
        position = found.end() if found else position + 1
        if character == "*":
            pieces.append("")
            texts.append("")
            plain.append(True)
        elif character == "?" or found:
            pieces[-1] += _one_of(found[0][1:-1]) if found else "[^/]"
            plain[-1] = False
        else:
            pieces[-1] += re.escape(character)
            texts[-1] += character
    return Name(tuple(pieces), tuple(text if is_plain else None for text, is_plain in zip(texts, plain, strict=True)))


def _one_of(inside: str) -> str:
    """The expression for a set of characters: *inside* is the text between its brackets."""
    negated = inside[0] in "!^"
    members = inside[negated:].replace("\\", "\\\\").replace("[", "\\[").replace("^", "\\^").replace("]", "\\]")
    for doubled in ("--", "&&", "||", "~~"):
        members = members.replace(doubled, "\\" + doubled[0] + "\\" + doubled[0])
    expression = f"(?!/)[{'^' if negated else ''}{members}]"
    try:
        re.compile(expression)
    except re.error as error:
        raise UsageError(f"[{inside}] is no set of characters: {error}") from error
    return expression
