"""The terms of a filter that are about paths alone: words, globs, regular expressions, fuzzy words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from ocianalyze.tui.index.globs import glob_pattern, longest_literal, required_literal
from ocianalyze.tui.index.paths import PathIndex

T = TypeVar("T")
Numbers = Sequence[int]
PathTest = Callable[[PathIndex, Numbers], list[int]]


class FilterError(ValueError):
    """A term that means nothing; the message is for the person who types it."""


def path_test(term: str) -> PathTest:
    """The test that *term* asks for; FilterError says what is wrong with it."""
    if term.startswith("re:"):
        return _expression_test(term[3:])
    if term.startswith("~"):
        return _fuzzy_test(term[1:].lower())
    low = term.lower()
    if set("*?[") & set(low):
        return _glob_test(low)
    needle = low.strip("/") or low
    return lambda index, among: [i for i, path in zip(among, _of(index.lower, among), strict=True) if needle in path]


def _expression_test(expression: str) -> PathTest:
    try:
        # A leading `.*` changes nothing about whether there is a match, and costs the square of the length.
        search = re.compile(re.sub(r"^(?:\.\*\??)+", "", expression)).search
    except (re.error, OverflowError, RecursionError) as error:
        raise FilterError(f"not a regular expression: {error}") from None
    literal = required_literal(expression)
    return lambda index, among: [
        i for i, path in zip(among, _of(index.paths, among), strict=True) if literal in path and search(path)
    ]


def _fuzzy_test(letters: str) -> PathTest:
    if not letters:
        return lambda _, among: list(among)
    steps = (f"[^{re.escape(letter)}]*{re.escape(letter)}" for letter in letters[1:])
    search = re.compile(re.escape(letters[0]) + "".join(steps)).search

    def test(index: PathIndex, among: Numbers) -> list[int]:
        columns = zip(among, _of(index.lower, among), _of(index.bases, among), strict=True)
        return [i for i, path, base in columns if search(path, base)]

    return test


def _glob_test(glob: str) -> PathTest:
    if glob[0] == "*" and not set("*?[/") & set(ending := glob[1:]):
        return lambda index, among: [
            i for i, path in zip(among, _of(index.lower, among), strict=True) if path.endswith(ending)
        ]
    try:
        match = re.compile(glob_pattern(glob), re.DOTALL).search
    except re.error as error:
        raise FilterError(f"not a glob: {error}") from None
    literal = longest_literal(glob)
    ending = re.split(r"[*?\]]", glob.rstrip("/"))[-1]
    return lambda index, among: [
        i
        for i, path in zip(among, _of(index.lower, among), strict=True)
        if path.endswith(ending) and literal in path and match(path)
    ]


def _of(column: Sequence[T], among: Numbers) -> Iterable[T]:
    """What *column* has for each of *among*."""
    if isinstance(among, range):
        return column[among.start : among.stop]
    return map(column.__getitem__, among)


def not_among(test: PathTest) -> PathTest:
    """What *test* does not let through."""

    def negated(index: PathIndex, among: Numbers) -> list[int]:
        hit = set(test(index, among))
        return [i for i in among if i not in hit]

    return negated
