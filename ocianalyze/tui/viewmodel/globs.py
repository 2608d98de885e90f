"""Globs as regular expressions, and the text that whatever matches must contain."""

from __future__ import annotations

import re


def glob_pattern(glob: str) -> str:
    """A pattern to `search` a path with. Without a slash the glob is about the base name.

    `*` and `?` stop at a slash, `**` does not; `[a-z]` and `[!a]` are sets; a leading slash is the root.
    """
    whole = "/" in glob.rstrip("/")
    # Any directories and then any start of a name (not a whole one) is anything at all, which is found faster.
    body = "".join(_translated(re.sub(r"\*\*/\*(?![*/])", "**", glob.strip("/"))))
    return f"{'^' if whole else '(?:^|/)'}{body}$"


def _translated(glob: str) -> list[str]:
    parts: list[str] = []
    i = 0
    while i < len(glob):
        if glob.startswith("**/", i):
            parts.append("(?:.*/)?")
            i += 3
        elif glob.startswith("**", i):
            parts.append(".*")
            i += 2
        elif glob[i] == "[" and (end := glob.find("]", i + 2)) > 0:
            inside = glob[i + 1 : end].replace("\\", r"\\").replace("[", r"\[").replace("^", r"\^")
            parts.append(f"[^/{inside[1:]}]" if inside.startswith("!") else f"[{inside}]")
            i = end + 1
        else:
            parts.append({"*": "[^/]*", "?": "[^/]"}.get(glob[i]) or re.escape(glob[i]))
            i += 1
    return parts


def longest_literal(glob: str) -> str:
    """The longest text that whatever matches must contain: cheap to look for first."""
    plain = re.sub(r"\[.[^\]]*\]", "*", glob.strip("/")).replace("**/", "*")
    return max(re.split(r"[*?\[]", plain), key=len)


def last_literal(glob: str) -> str:
    """The text that whatever matches must end with. The slash after `**` is not part of it: there may be none."""
    return re.split(r"[*?\]]", glob.rstrip("/").replace("**/", "*"))[-1]


def shorter_expression(expression: str) -> str:
    """A regular expression that is found in the same texts as *expression*, in less time.

    Whether something is found does not depend on how many there are of what the expression begins with; to
    count them at every place takes the square of their number.
    """
    bare = re.sub(r"^(?:\.\*\??(?![*+?]))+", "", expression)
    return re.sub(r"^(\[\^?[^\]\[\\^]+\]|\\[dDsSwW]|[\w.])\+\??(?![*+?])", r"\1", bare)


def required_literal(expression: str) -> str:
    """Text that every match of the regular *expression* contains; `""` when that is not plain to see.

    Groups and alternatives are not looked into.
    """
    if set("|(") & set(expression):
        return ""
    best = run = ""
    i = 0
    while i < len(expression):
        character = expression[i]
        i += 1
        if character == "\\" and i < len(expression) and not expression[i].isalnum():
            run += expression[i]
            i += 1
        elif character in "*?{":
            # The one before may be there or not.
            best, run = max(best, run[:-1], key=len), ""
            i = expression.find("}", i) + 1 if character == "{" and "}" in expression[i:] else i
        elif character in ".^$+\\[":
            best, run = max(best, run, key=len), ""
            i = _past(expression, i, character)
        else:
            run += character
    return max(best, run, key=len)


def _past(expression: str, i: int, character: str) -> int:
    """Where what *character* begins is over."""
    if character == "\\":
        return len(expression)
    if character == "[":
        end = expression.find("]", i + 1 + expression.startswith("^", i))
        return end + 1 if end >= 0 else len(expression)
    return i
