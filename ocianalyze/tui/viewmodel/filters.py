"""The language of filters: terms, all of which a path must pass. `LANGUAGE` lists the terms."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import repeat

from ocianalyze.analysis.union.tree import FileNode
from ocianalyze.model.entry import IMPLIED, SPECIAL_BITS, Entry, EntryKind
from ocianalyze.tui.viewmodel.path_terms import FilterError, Mask, PathTest, every, narrowed, negated, path_test
from ocianalyze.tui.viewmodel.paths import (
    ADDED,
    METADATA,
    MODIFIED,
    PLAIN,
    REMOVED,
    REPLACED,
    UNCHANGED,
    PathIndex,
)
from ocianalyze.tui.viewmodel.view import View, both, either, inverted, mask_of

ViewTest = Callable[[View], Mask]

_SLICE = 4_096
"""Paths that are looked at in one go."""
_PLAIN = re.compile(r"~?\w[\w.-]*", re.ASCII)
"""A filter that is one word, of which each further letter finds less. (A sigma changes with the letter after it.)"""
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
"""Each kind of term, and its meaning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A parsed filter. The tests of paths alone come first, and their result is kept for every view."""

    text: str
    path_tests: tuple[PathTest, ...]
    view_tests: tuple[ViewTest, ...]

    def paths(self, index: PathIndex) -> Mask:
        """1 for each path that passes the tests of paths alone."""
        return b"".join(self.slices(index))

    def slices(self, index: PathIndex, among: Mask | None = None) -> Iterator[Mask]:
        """The mask that `paths` gives, in slices, so that a search can be given up between two; among *among* alone."""
        test = every(self.path_tests)
        for start in range(0, len(index), _SLICE):
            numbers = range(start, min(start + _SLICE, len(index)))
            if among is None:
                yield test(index, numbers)
            else:
                yield narrowed(among[start : numbers.stop], test, index, numbers)

    def mask(self, view: View, found: Mask) -> Mask:
        """The part of *found* that passes all other tests in *view*."""
        for test in self.view_tests:
            found = both(found, test(view))
        return found

    def narrows(self, other: Filter) -> bool:
        """Whether the paths that this filter finds are plainly among those of *other*."""
        return self.text.startswith(other.text) and _PLAIN.fullmatch(self.text) is not None


def parse_filter(text: str) -> Filter:
    """The filter that *text* spells. Raises FilterError for a term that means nothing."""
    path_tests: list[PathTest] = []
    view_tests: list[ViewTest] = []
    for term in _terms(text):
        forbids = term.startswith("!") and len(term) > 1
        bare = term[1:] if forbids else term
        view_test = _view_test(bare)
        if view_test is not None:
            view_tests.append(_not_here(view_test) if forbids else view_test)
        else:
            test = path_test(bare)
            path_tests.append(negated(test) if forbids else test)
    return Filter(text=text.strip(), path_tests=tuple(path_tests), view_tests=tuple(view_tests))


def _terms(text: str) -> list[str]:
    """The terms of *text*; from `re:` on, the rest is one expression, spaces included."""
    before, marker, expression = text.partition("re:")
    if marker and (not before or before[-1] in " !"):
        sign = "!" if before.endswith("!") else ""
        return [*before.removesuffix("!").split(), f"{sign}re:{expression}"]
    return text.split()


def _view_test(term: str) -> ViewTest | None:
    """The test of a file in a view that *term* asks for; None for a term about paths."""
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

    return lambda view: bytes(map(passes, view.sizes(), repeat(limit)))


_COMPARE = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, "=": operator.eq}


def _owner_test(value: str) -> ViewTest:
    user, _, group = value.partition(":")
    by_user, by_group = _id_test(user, "uid", "uname"), _id_test(group, "gid", "gname")
    if not user or not group:
        return _entry_test(by_user if user else by_group) if value.strip(":") else _everything
    return _entry_test(lambda entry: by_user(entry) and by_group(entry))


def _id_test(wanted: str, number: str, name: str) -> Callable[[Entry], bool]:
    """A test of one of the owner's halves. Implied directories are root's."""
    of_root = wanted in ("0", "root")
    value: int | str = int(wanted) if wanted.isdecimal() else wanted
    field = operator.attrgetter(number if wanted.isdecimal() else name)
    return lambda entry: of_root if entry is IMPLIED else field(entry) == value


def _entry_test(passes: Callable[[Entry], bool]) -> ViewTest:
    return _node_test(lambda node: passes(node.header if node is not None else IMPLIED))


def _node_test(passes: Callable[[FileNode | None], bool]) -> ViewTest:
    """A test of headers, made once for each class of headers."""

    def test(view: View) -> Mask:
        verdicts = [passes(node) for node in view.index.classes]
        return bytes(map(verdicts.__getitem__, view.classes()))

    return test


def _everything(view: View) -> Mask:
    return b"\1" * len(view.index)


def _kind_test(value: str) -> ViewTest:
    asked = [word for word in value.casefold().split(",") if word]
    states = frozenset(_KINDS[word] for word in asked if word in _KINDS)
    types = tuple(EntryKind(word) for word in asked if word in _TYPES)
    if unknown := [word for word in asked if word not in _KINDS and word not in _TYPES]:
        raise FilterError(f"no such kind: {unknown[0]} (try {', '.join([*_KINDS, *_TYPES])})")

    by_state = mask_of(states)
    if not types:
        return lambda view: view.states.translate(by_state)
    of_type = _node_test(lambda node: (node.kind if node is not None else EntryKind.DIRECTORY) in types)
    return lambda view: either(view.states.translate(by_state), of_type(view))


def _mode_test(value: str) -> ViewTest:
    bits = SPECIAL_BITS.get(value)
    if bits is None:
        try:
            bits = int(value or "0", 8)
        except ValueError:
            raise FilterError(f"not an octal mode: {value} (try 4000, 644 or setuid)") from None
    wanted = bits
    return _entry_test(lambda entry: entry.mode & wanted == wanted)


def _layer_test(value: str) -> ViewTest:
    if value and not value.isdecimal():
        raise FilterError(f"not a layer's number: {value}")
    layer = int(value) if value else -1

    return _node_test(lambda node: node is not None and node.stored_at is not None and node.stored_at.layer == layer)


def _not_here(test: ViewTest) -> ViewTest:
    return lambda view: inverted(test(view))
