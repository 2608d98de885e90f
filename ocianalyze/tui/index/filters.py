"""The filter's little language: words that a path must satisfy, all of them. `LANGUAGE` says which."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ocianalyze.model.entry import Entry, EntryKind
from ocianalyze.tui.index.globs import glob_pattern, longest_literal, required_literal
from ocianalyze.tui.index.paths import (
    ADDED,
    METADATA,
    MODIFIED,
    PLAIN,
    REMOVED,
    REPLACED,
    UNCHANGED,
    PathIndex,
)
from ocianalyze.tui.index.view import View

Numbers = Sequence[int]
PathTest = Callable[[PathIndex, Numbers], list[int]]
ViewTest = Callable[[View, Numbers], list[int]]

_SLICE = 8_192
"""Paths between two looks at whether the answer is still wanted."""
_SIZE = re.compile(r"([<>]=?|=)(\d+(?:\.\d+)?)([kmgt]?)(i?b?)", re.IGNORECASE)
_KINDS = {
    "added": ADDED,
    "modified": MODIFIED,
    "metadata": METADATA,
    "replaced": REPLACED,
    "removed": REMOVED,
    "unchanged": UNCHANGED,
    "rewritten": UNCHANGED,
    "unmodified": PLAIN,
}
_TYPES = ("file", "dir", "symlink", "char", "block", "fifo")
_MODES = {"setuid": 0o4000, "setgid": 0o2000, "sticky": 0o1000}


LANGUAGE = (
    ("word", "the path contains it, in upper or lower case"),
    ("*.py  usr/**/x", "glob: on the base name, or with a slash on the whole path"),
    ("re:EXPR", "regular expression, anywhere in the path; up to the end of the line"),
    ("~word", "fuzzy: these letters in the base name, in this order"),
    (">1M  <=20k  =0", "size of the file, or of all below the directory; k M G, or KiB MiB GiB"),
    ("owner:0", "uid, uid:gid, or names as the layer records them"),
    ("kind:added", "added, modified, metadata, replaced, removed, rewritten, unmodified,"),
    ("kind:file,dir", "or file, dir, symlink, char, block, fifo; several with a comma"),
    ("mode:4000", "all these permission bits are set; also setuid, setgid, sticky"),
    ("layer:3", "the content is stored in layer 3"),
    ("!term", "not that"),
)
"""Each kind of term, and what it asks for."""


class FilterError(ValueError):
    """A term that means nothing; the message is for the person who types it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A filter, understood. Those of paths alone are tried first, and kept for every view."""

    text: str
    path_tests: tuple[PathTest, ...]
    view_tests: tuple[ViewTest, ...]

    def paths(
        self, index: PathIndex, among: Numbers | None = None, *, cancelled: Callable[[], bool] = lambda: False
    ) -> list[int]:
        """Numbers of the paths that pass the tests of paths alone; looks now and then whether it is *cancelled*."""
        whole: Numbers = range(len(index)) if among is None else among
        passed: list[int] = []
        for start in range(0, len(whole), _SLICE):
            if cancelled():
                break
            found = whole[start : start + _SLICE]
            for test in self.path_tests:
                found = test(index, found)
            passed.extend(found)
        return passed

    def mask(self, view: View, found: Numbers) -> bytearray:
        """1 for each of *found* that is in *view* and passes all other tests."""
        if self.view_tests:
            states = view.states
            found = [i for i in found if states[i]]
        for test in self.view_tests:
            found = test(view, found)
        mask = bytearray(len(view.index))
        for i in found:
            mask[i] = 1
        return mask


def parse_filter(text: str) -> Filter:
    """The filter that *text* spells; FilterError says what is wrong with it."""
    path_tests: list[PathTest] = []
    view_tests: list[ViewTest] = []
    for term in _terms(text):
        negated = term.startswith("!") and len(term) > 1
        bare = term[1:] if negated else term
        view_test = _view_test(bare)
        if view_test is not None:
            view_tests.append(_not_here(view_test) if negated else view_test)
        else:
            path_test = _path_test(bare)
            path_tests.append(_not_among(path_test) if negated else path_test)
    return Filter(text=text.strip(), path_tests=tuple(path_tests), view_tests=tuple(view_tests))


def _terms(text: str) -> list[str]:
    """The words of *text*; from `re:` on it is one expression, spaces and all."""
    before, marker, expression = text.partition("re:")
    if marker and (not before or before[-1] in " !"):
        sign = "!" if before.endswith("!") else ""
        return [*before.removesuffix("!").split(), f"{sign}re:{expression}"]
    return text.split()


def _view_test(term: str) -> ViewTest | None:
    """The test of a file in a view that *term* asks for, or None if it is about the path."""
    if size := _SIZE.fullmatch(term):
        return _size_test(size)
    key, colon, value = term.partition(":")
    if not colon:
        return None
    if key in ("owner", "uid"):
        return _owner_test(value)
    if key in ("kind", "type"):
        return _kind_test(value)
    if key == "mode":
        return _mode_test(value)
    if key == "layer":
        return _layer_test(value)
    return None


def _size_test(term: re.Match[str]) -> ViewTest:
    sign, number, unit, suffix = term.groups()
    base = 1024 if suffix.lower().startswith("i") else 1000
    limit = float(number) * base ** " kmgt".index(unit.lower() or " ")
    passes = _COMPARE[sign]

    def test(view: View, among: Numbers) -> list[int]:
        if view.gone is not None:
            return [i for i in among if passes(view.size(i), limit)]
        totals, ends = view.totals, view.index.ends
        return [i for i in among if passes(totals[ends[i]] - totals[i], limit)]

    return test


_COMPARE = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, "=": operator.eq}


def _owner_test(value: str) -> ViewTest:
    user, _, group = value.partition(":")
    by_user, by_group = _id_test(user, "uid", "uname"), _id_test(group, "gid", "gname")
    if not user or not group:
        return _entry_test(by_user if user else by_group) if value.strip(":") else lambda _, among: list(among)
    return _entry_test(lambda entry: by_user(entry) and by_group(entry))


def _id_test(wanted: str, number: str, name: str) -> Callable[[Entry | None], bool]:
    """A test of one of the owner's halves. Implied directories are root's."""
    of_root = wanted in ("0", "root")
    value: int | str = int(wanted) if wanted.isdecimal() else wanted
    field = operator.attrgetter(number if wanted.isdecimal() else name)
    return lambda entry: of_root if entry is None else field(entry) == value


def _entry_test(passes: Callable[[Entry | None], bool]) -> ViewTest:
    def test(view: View, among: Numbers) -> list[int]:
        nodes = view.nodes()
        return [i for i in among if passes(node.entry if (node := nodes[i]) is not None else None)]

    return test


def _kind_test(value: str) -> ViewTest:
    asked = [word for word in value.casefold().split(",") if word]
    states = frozenset(_KINDS[word] for word in asked if word in _KINDS)
    types = tuple(EntryKind(word) for word in asked if word in _TYPES)
    if unknown := [word for word in asked if word not in _KINDS and word not in _TYPES]:
        raise FilterError(f"no such kind: {unknown[0]} (try {', '.join([*_KINDS, *_TYPES])})")

    def test(view: View, among: Numbers) -> list[int]:
        marks = view.states
        if not types:
            return [i for i in among if marks[i] in states]
        nodes, directory = view.nodes(), EntryKind.DIRECTORY
        return [
            i
            for i in among
            if marks[i] in states
            or (node.entry.kind if (node := nodes[i]) is not None and node.entry is not None else directory) in types
        ]

    return test


def _mode_test(value: str) -> ViewTest:
    bits = _MODES.get(value)
    if bits is None:
        try:
            bits = int(value or "0", 8)
        except ValueError:
            raise FilterError(f"not an octal mode: {value} (try 4000, 644 or setuid)") from None
    wanted = bits
    return _entry_test(lambda entry: (entry.mode if entry is not None else 0o755) & wanted == wanted)


def _layer_test(value: str) -> ViewTest:
    if value and not value.isdecimal():
        raise FilterError(f"not a layer's number: {value}")
    layer = int(value) if value else -1

    def test(view: View, among: Numbers) -> list[int]:
        nodes = view.nodes()
        return [
            i
            for i in among
            if (node := nodes[i]) is not None and (at := node.stored_at) is not None and at.layer == layer
        ]

    return test


def _path_test(term: str) -> PathTest:
    if term.startswith("re:"):
        return _expression_test(term[3:])
    if term.startswith("~"):
        return _fuzzy_test(term[1:].lower())
    low = term.lower()
    if set("*?[") & set(low):
        return _glob_test(low)
    needle = low.strip("/") or low
    return lambda index, among: [i for i in among if needle in index.lower[i]]


def _expression_test(expression: str) -> PathTest:
    try:
        # A leading `.*` changes nothing about whether there is a match, and costs the square of the length.
        search = re.compile(re.sub(r"^(?:\.\*\??)+", "", expression)).search
    except (re.error, OverflowError, RecursionError) as error:
        raise FilterError(f"not a regular expression: {error}") from None
    literal = required_literal(expression)
    return lambda index, among: [i for i in among if literal in (path := index.paths[i]) and search(path)]


def _fuzzy_test(letters: str) -> PathTest:
    if not letters:
        return lambda _, among: list(among)
    steps = (f"[^{re.escape(letter)}]*{re.escape(letter)}" for letter in letters[1:])
    search = re.compile(re.escape(letters[0]) + "".join(steps)).search

    def test(index: PathIndex, among: Numbers) -> list[int]:
        lower, bases = index.lower, index.bases
        return [i for i in among if search(lower[i], bases[i])]

    return test


def _glob_test(glob: str) -> PathTest:
    if glob[0] == "*" and not set("*?[/") & set(ending := glob[1:]):
        return lambda index, among: [i for i in among if index.lower[i].endswith(ending)]
    try:
        match = re.compile(glob_pattern(glob), re.DOTALL).search
    except re.error as error:
        raise FilterError(f"not a glob: {error}") from None
    literal = longest_literal(glob)
    return lambda index, among: [i for i in among if literal in (path := index.lower[i]) and match(path) is not None]


def _not_among(test: PathTest) -> PathTest:
    def negated(index: PathIndex, among: Numbers) -> list[int]:
        hit = set(test(index, among))
        return [i for i in among if i not in hit]

    return negated


def _not_here(test: ViewTest) -> ViewTest:
    def negated(view: View, among: Numbers) -> list[int]:
        hit = set(test(view, among))
        return [i for i in among if i not in hit]

    return negated
