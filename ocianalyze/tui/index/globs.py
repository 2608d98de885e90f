"""Globs as people write them in ignore files, turned into regular expressions."""

from __future__ import annotations

import re


def glob_pattern(glob: str) -> str:
    """A pattern to `search` a path with. Without a slash the glob is about the base name.

    `*` and `?` stop at a slash, `**` does not; `[a-z]` and `[!a]` are sets; a leading slash is the root.
    """
    whole = "/" in glob.rstrip("/")
    body = "".join(_translated(glob.strip("/")))
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
