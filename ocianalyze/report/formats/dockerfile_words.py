"""Values of a Dockerfile, spelled so that it builds: pairs with quotes, lists as JSON, times."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

_PLAIN_VALUE = re.compile(r"[\w@%+=:,./-]+", re.ASCII)
_NAME = re.compile(r"[\w./-]+=", re.ASCII)
_NEXT_NAME = re.compile(r" +(?=[A-Za-z_][\w./-]*=)", re.ASCII)
_GO_STRING = re.compile(r'"((?:\\.|[^"\\])*)"')


def joined_pairs(text: str, known: Mapping[str, str]) -> str:
    """`A=b C=d e` with quotes where they belong.

    Where a value ends is what *known* tells of its name; where that does not fit, a value ends before the next
    `NAME=`. Text that has no such pairs is given as it is.
    """
    found: list[str] = []
    at = 0
    while at < len(text):
        name = _NAME.match(text, at)
        if name is None:
            return " ".join([*found, text[at:]])
        key, begin = name.group()[:-1], name.end()
        end = _end_of_value(text, begin, known.get(key))
        found.append(f"{key}={quoted(text[begin:end])}")
        at = len(text) - len(text[end:].lstrip(" "))
    return " ".join(found)


def _end_of_value(text: str, begin: int, value: str | None) -> int:
    if value is not None:
        end = begin + len(value)
        if text.startswith(value, begin) and text[end : end + 1] in ("", " "):
            return end
    following = _NEXT_NAME.search(text, begin)
    return following.start() if following else len(text)


def quoted(value: str) -> str:
    """*value* in quotes, if it has to be."""
    if _PLAIN_VALUE.fullmatch(value):
        return value
    return '"' + re.sub(r'(["\\$])', r"\\\1", value) + '"'


def string_list(text: str) -> str:
    """A list of strings as JSON, if *text* is one as JSON or Go spells it: `["a" "b"]`, `&{["a"]}`, `[a b]`."""
    bare = text.removeprefix("&{").removesuffix("}") if text.startswith("&{") else text
    if not bare.startswith("["):
        return text
    try:
        if isinstance(value := json.loads(bare), list) and all(isinstance(one, str) for one in value):
            return json.dumps(value)
    except (ValueError, RecursionError):
        pass
    strings = _GO_STRING.findall(bare)
    return json.dumps([_unescaped(one) for one in strings] if strings else bare.strip("[]").split())


def _unescaped(text: str) -> str:
    """What a string between quotes stands for, as far as JSON and Go agree."""
    try:
        return str(json.loads(f'"{text}"'))
    except ValueError:
        return text


def listed(text: str, known: Sequence[str]) -> str:
    """Paths as a list in JSON: *known* where *text* is just those, or else each that begins with a slash."""
    if text.startswith('["'):
        return string_list(text)
    bare = text.strip("[]")
    if bare == " ".join(known):
        return json.dumps(list(known))
    return json.dumps(re.split(r" +(?=/)", bare))
