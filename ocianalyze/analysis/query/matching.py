"""Globs matched in a tree or among paths: many globs in one walk, which goes no further than the globs lead.

The globs are merged into a trie of names, and the walk keeps the places in the trie that lead to the directory at
hand. So a name costs one look-up in each of those places, however many globs there are, and one comparison for each
glob of an odd form, such as `*a*`, that goes on from there.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import takewhile

from ocianalyze.analysis.query.glob import is_glob, name_expression, parse_name, split_glob
from ocianalyze.analysis.union.lookup import find_path
from ocianalyze.analysis.union.tree import FileNode, UnionTree
from ocianalyze.errors import LimitExceededError

MOST_STEPS = 20_000_000
"""Steps that a set of globs out of a file may take: about 10 seconds."""
_COMPILING = 400
"""Steps that are as long as to compile the expression of a glob."""

_SLASH = "\0"
"""The character that stands for a slash in a name that is no path."""


def matching(tree: UnionTree, pattern: str) -> Iterator[tuple[str, FileNode]]:
    """The (path, node) pairs that the glob *pattern* matches in *tree*; see `match_all`."""
    yield from match_all(tree, [pattern])[0]


def match_all(tree: UnionTree, patterns: Sequence[str], steps: Steps | None = None) -> list[list[tuple[str, FileNode]]]:
    """For each of *patterns* the (path, node) pairs that it matches in *tree*, in the order of `UnionTree.walk`.

    Links in the names before the first glob of a name are followed, as a shell does: where `/bin` is a link, `/bin/*`
    are the files of `/usr/bin`. Raises LimitExceededError when the globs take more than *steps* allow.
    """
    steps = steps or Steps()
    found: list[list[tuple[str, FileNode]]] = [[] for _ in patterns]
    root = _TriePlace()
    for number, pattern in enumerate(patterns):
        parts = split_glob(pattern)
        fixed = list(takewhile(lambda part: not is_glob(part), parts))
        steps.spend(len(parts))
        if len(fixed) == len(parts):
            one = find_path(tree, "/".join(fixed)) if fixed else None
            found[number] += [one] if one and one.path else []
            continue
        start = find_path(tree, "/".join(fixed) + "/")
        if start is not None and start.node.children:
            real = start.path.split("/") if start.path else []
            root.add_names(real).add(parts[len(fixed) :], number)
    if not root.is_empty:
        _walk(tree.root, root, steps, found)
    return found


def match_names(names: Iterable[str], patterns: Sequence[str], steps: Steps | None = None) -> list[list[str]]:
    """For each of *patterns* the *names* that it matches, in their order; see `match_all`.

    The names are no paths: a slash in them is a character like any other.
    """
    steps = steps or Steps()
    found: list[list[str]] = [[] for _ in patterns]
    root = _TriePlace()
    for number, pattern in enumerate(patterns):
        root.add([pattern.replace("/", _SLASH)], number)
    for name in names:
        for place in _next(root.with_stars(), name.replace("/", _SLASH), steps):
            steps.spend(len(place.ends))
            for number in place.ends:
                found[number].append(name)
    return found


class Steps:
    """Counts the steps that the matching of globs takes; past a limit the matching stops with LimitExceededError."""

    def __init__(self, limit: int = sys.maxsize) -> None:
        self.limit = limit
        self.spent = 0

    def spend(self, count: int) -> None:
        """Count *count* more steps."""
        self.spent += count
        if self.spent > self.limit:
            raise LimitExceededError(
                f"the globs take more than {self.limit:,} comparisons with names of the image",
                hint="fewer globs, or globs that begin with the name of a directory",
            )


class GlobSet:
    """Several globs as one test of paths."""

    def __init__(self, patterns: Iterable[str], steps: Steps | None = None) -> None:
        self._root = _TriePlace()
        self._steps = steps or Steps()
        for pattern in patterns:
            self._root.add(split_glob(pattern), 0)

    def covers(self, path: str) -> bool:
        """Whether one of the globs matches *path* or a directory above it."""
        places = self._root.with_stars()
        for name in path.split("/"):
            places = _next(places, name, self._steps)
            if any(place.ends for place in places):
                return True
            if not places:
                return False
        return False


class _TriePlace:
    """A place in the trie: the names that globs go on with from here, and the globs that end here."""

    __slots__ = ("ends", "forms", "is_star", "names", "odd", "star")

    def __init__(self, *, is_star: bool = False) -> None:
        self.is_star = is_star
        """Whether any further name leads back here: the place of a `**`."""
        self.ends: list[int] = []
        """Numbers of the globs that end here."""
        self.names: dict[str, _TriePlace] = {}
        """The places that one name leads to, by that name."""
        self.forms: dict[tuple[int, int], dict[tuple[str, str], _TriePlace]] = {}
        """The places of globs such as `a*b`: by the lengths of the texts beside the star, then by the texts."""
        self.odd: dict[str, tuple[Callable[[str], re.Match[str] | None] | None, _TriePlace]] = {}
        """The places of globs of any other form, by glob; an expression is compiled when the first name comes."""
        self.star: _TriePlace | None = None
        """The place of a `**` that follows."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing leads on."""
        return not (self.names or self.forms or self.odd or self.star)

    @property
    def takes_only_names(self) -> bool:
        """Whether only plain names lead on, which are looked up in a directory without a walk through it."""
        return not (self.is_star or self.forms or self.odd)

    def add_names(self, names: Iterable[str]) -> _TriePlace:
        """The place that plain *names* lead to."""
        place = self
        for name in names:
            place = place.names.setdefault(name, _TriePlace())
        return place

    def add(self, parts: Sequence[str], number: int) -> None:
        """Let the glob *number*, whose names are *parts*, begin here."""
        place = self
        for part in parts:
            place = place._star() if part == "**" else place._lead(part)
        if not place.is_star:
            place.ends.append(number)
        else:
            # All paths below the directory match, and the directory itself does not.
            place.forms.setdefault((0, 0), {}).setdefault(("", ""), _TriePlace()).ends.append(number)

    def with_stars(self) -> list[_TriePlace]:
        """The place itself, and that of a `**` that follows, which may stand for no directory."""
        return [self] if self.star is None else [self, self.star]

    def _star(self) -> _TriePlace:
        if self.is_star:
            return self
        if self.star is None:
            self.star = _TriePlace(is_star=True)
        return self.star

    def _lead(self, part: str) -> _TriePlace:
        """The place that a name leads to which the glob *part* matches."""
        if not is_glob(part):
            return self.names.setdefault(part, _TriePlace())
        texts = parse_name(part).texts
        if len(texts) == 2 and None not in texts:
            key = (texts[0] or "", texts[1] or "")
            return self.forms.setdefault((len(key[0]), len(key[1])), {}).setdefault(key, _TriePlace())
        return self.odd.setdefault(part, (None, _TriePlace()))[1]


def _next(places: Sequence[_TriePlace], name: str, steps: Steps) -> list[_TriePlace]:
    """The places that *name* leads to from *places*."""
    found: list[_TriePlace] = []
    for place in places:
        steps.spend(1 + len(place.forms) + len(place.odd))
        if place.is_star:
            found.append(place)
        if place.names and (led := place.names.get(name)) is not None:
            found += led.with_stars()
        for (before, after), texts in place.forms.items():
            if len(name) >= before + after:
                led = texts.get((name[:before], name[len(name) - after :]))
                found += led.with_stars() if led is not None else ()
        for part, (fullmatch, led) in place.odd.items():
            if fullmatch is None:
                steps.spend(_COMPILING)
                fullmatch = name_expression(part).fullmatch
                place.odd[part] = (fullmatch, led)
            if fullmatch(name):
                found += led.with_stars()
    # A name that stands before a `**` and comes again leads to the place of that `**` a second time.
    return list(dict.fromkeys(found)) if len(found) > 1 else found


def _walk(root: FileNode, start: _TriePlace, steps: Steps, found: list[list[tuple[str, FileNode]]]) -> None:
    """Add to *found*, by the numbers of the globs, the paths below *root* that come to an end in the trie."""
    pending = [("", _inside(root, start.with_stars()), start.with_stars())]
    while pending:
        prefix, siblings, places = pending[-1]
        for name, node in siblings:
            led = _next(places, name, steps)
            for place in led:
                if place.ends:
                    steps.spend(len(place.ends))
                    one = (prefix + name, node)
                    for number in place.ends:
                        found[number].append(one)
            if node.children and (further := [place for place in led if not place.is_empty]):
                pending.append((prefix + name + "/", _inside(node, further), further))
                break
        else:
            pending.pop()


def _inside(directory: FileNode, places: Sequence[_TriePlace]) -> Iterator[tuple[str, FileNode]]:
    """The children of *directory*, by name, that may lead on from *places*."""
    children = directory.children or {}
    names = sum(len(place.names) for place in places)
    if names < len(children) and all(place.takes_only_names for place in places):
        wanted = {name for place in places for name in place.names}
        return iter(sorted((name, children[name]) for name in wanted if name in children))
    return iter(sorted(children.items()))
