"""A glob means the same wherever one is taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from ocianalyze.analysis.compare.imagediff import DiffOptions, compare
from ocianalyze.analysis.query.find import find
from ocianalyze.analysis.query.glob import name_expression, path_expression
from ocianalyze.analysis.query.matching import GlobSet
from ocianalyze.analysis.query.predicates import by_name, by_path
from ocianalyze.analysis.query.select import list_matches, select, select_all
from ocianalyze.analysis.rules.given import Given
from ocianalyze.analysis.rules.judge import judge
from ocianalyze.analysis.rules.ruleset import make_ruleset
from ocianalyze.analysis.union.analyze import Analysis, analyze
from ocianalyze.analysis.union.lookup import Found
from ocianalyze.errors import UsageError
from ocianalyze.model.documents import Runtime
from ocianalyze.tui.viewmodel.path_terms import path_test
from ocianalyze.tui.viewmodel.paths import PathIndex
from tests.builders import build_image, file, layer

NAMES = [
    ("[!p]x", "ax", True),
    ("[!p]x", "px", False),
    ("[^p]x", "ax", True),
    ("[^p]x", "px", False),
    ("[^p]*", "hosts", True),
    ("[^p]*", "passwd", False),
    ("[p^]x", "^x", True),
    ("[p!]x", "!x", True),
    ("[]]", "]", True),
    ("[!]]", "]", False),
    ("[!]]", "a", True),
    ("[^]a]x", "bx", True),
    ("[^]a]x", "]x", False),
    ("[a-c]x", "bx", True),
    ("[a-c]x", "dx", False),
    ("[-a]x", "-x", True),
    ("[!-a]x", "+x", True),
    ("[!-a]x", "-x", False),
    ("[a-]x", "-x", True),
    ("[*]", "*", True),
    ("[*]", "a", False),
    ("[[]x", "[x", True),
    ("[\\]x", "\\x", True),
    ("\\*", "\\a", True),
    ("\\*", "*", False),
    ("[", "[", True),
    ("[!", "[!", True),
    ("[!]", "[!]", True),
    ("[ab", "[ab", True),
    ("[^*", "[^x", True),
    ("*", "a", True),
    ("*", ".hidden", True),
    ("*", "two\nlines", True),
    ("*.conf", "my.conf", True),
    ("*.conf", "myconf", False),
    ("a*b", "ab", True),
    ("a*a", "a", False),
    ("a*b*c", "a-b-b-c", True),
    ("a**c", "abc", True),
    ("?", "a", True),
    ("?", "ab", False),
    ("?*", "a", True),
    ("a.c", "abc", False),
    ("[ab]*[!c]", "a-d", True),
    ("[ab]*[!c]", "a-c", False),
]
"""(glob, base name, whether it matches)."""

PATHS = [
    ("/*", "a", True),
    ("/*", "a/b", False),
    ("/a?b", "a/b", False),
    ("/a[/]b", "a/b", False),
    ("/a[!x]b", "a/b", False),
    ("/etc/[^p]*", "etc/hosts", True),
    ("/etc/[^p]*", "etc/passwd", False),
    ("/a/*", "a/b/c", False),
    ("/a/**/c", "a/c", True),
    ("/a/**/c", "a/x/y/c", True),
    ("/a/**/c", "a/x/y/d", False),
    ("/**/c", "c", True),
    ("/**/c", "a/b/c", True),
    ("/**", "a/b", True),
    ("/a/**", "a/b/c", True),
    ("/a/**", "a", False),
    ("/a/**", "b/a/c", False),
    ("/**/*/b", "b", False),
    ("/**/*/b", "a/b", True),
    ("/a/**/*/b", "a/b", False),
    ("/a/**/*/b", "a/y/z/b", True),
    ("/**/b/**/d", "a/b/c/d", True),
    ("/**/b/**/b/*", "a/b/b/c", True),
    ("/a**/b", "ax/b", True),
    ("/a**/b", "a/x/b", False),
    ("/a/./b*/", "a/bc", True),
    ("a/b?", "a/bc", True),
    ("a/b?", "x/a/bc", False),
]
"""(glob, path, whether it matches)."""


def image_of(path: str) -> Analysis:
    return analyze(build_image(layer(file(path, 1)), runtime=Runtime()))


def by_expression(glob: str, path: str) -> bool:
    return path_expression(glob).fullmatch(path) is not None


def by_select(glob: str, path: str) -> bool:
    try:
        return path in {found.path for found in select(image_of(path).tree, glob)}
    except UsageError:
        return False


def by_select_all(glob: str, path: str) -> bool:
    return path in {found.path for found in select_all(image_of(path).tree, [glob])[0]}


def by_ls(glob: str, path: str) -> bool:
    try:
        return path in {listed.path for listed in list_matches(image_of(path).tree, glob, recursive=False)}
    except UsageError:
        return False


def by_find(glob: str, path: str) -> bool:
    found = find([Found("", image_of(path).tree.root)], [by_path(glob)])
    return path in {match.path for match in found}


def by_rule(rule: str, glob: str, path: str) -> bool:
    value = {"forbidden-path": [glob], "budget": {glob: "0"}, "required-path": [glob]}[rule]
    rules = make_ruleset({rule: Given(value=value, where="here")}, None)
    failures = judge(image_of(path), rules, today=date(2025, 1, 1)).failures
    return not failures if rule == "required-path" else any(path in failure.paths for failure in failures)


def by_filter(glob: str, path: str) -> bool:
    index = PathIndex(image_of(path))
    return bool(path_test(glob)(index, range(len(index)))[index.paths.index(path)])


def by_ignore(glob: str, path: str) -> bool:
    options = DiffOptions(ignore=(glob,))
    changes = compare(analyze(build_image()), image_of(path), options).changes
    return path not in {change.path for change in changes}


def exactly(test: Callable[[str], bool], path: str) -> bool:
    """Whether *test* is about *path* and no directory above it."""
    return test(path) and not test(path.rpartition("/")[0])


def by_set(glob: str, path: str) -> bool:
    return exactly(GlobSet([glob, "/not/there"]).covers, path)


USERS: list[Callable[[str, str], bool]] = [
    by_expression,
    by_select,
    by_select_all,
    by_ls,
    by_find,
    lambda glob, path: by_rule("forbidden-path", glob, path),
    lambda glob, path: by_rule("budget", glob, path),
    by_filter,
]


@pytest.mark.parametrize(("glob", "path", "matches"), PATHS)
def test_a_glob_of_a_path_means_one_thing(glob: str, path: str, matches: bool) -> None:
    assert [user(glob, path) for user in USERS] == [matches] * len(USERS)
    is_there = matches or any(by_expression(glob, above) for above in directories(path))
    assert by_rule("required-path", glob, path) is is_there


@pytest.mark.parametrize(("glob", "name", "matches"), NAMES)
def test_a_glob_of_a_name_means_one_thing(glob: str, name: str, matches: bool) -> None:
    assert [user(f"/a/{glob}", f"a/{name}") for user in USERS] == [matches] * len(USERS)
    assert by_set(f"/a/{glob}", f"a/{name}") is matches
    assert (name_expression(glob).fullmatch(name) is not None) is matches
    assert by_name(glob)(f"a/{name}", image_of(name).tree.root) is matches
    # Without a slash, a filter and what a comparison ignores are about a name in any directory.
    for path in (name, f"pp/pp/{name}"):
        if any(character in glob for character in "*?["):
            assert by_filter(glob, path) is matches
        assert by_ignore(glob, path) is matches


@pytest.mark.parametrize(("glob", "path", "matches"), PATHS)
def test_what_a_comparison_ignores_is_ignored_with_all_below(glob: str, path: str, matches: bool) -> None:
    covered = matches or any(by_expression(glob, above) for above in directories(path))
    assert by_ignore(glob, path) is covered
    assert GlobSet([glob]).covers(path) is covered


def directories(path: str) -> list[str]:
    names = path.split("/")
    return ["/".join(names[:count]) for count in range(1, len(names))]


@pytest.mark.parametrize(("glob", "name", "matches"), [*NAMES, ("*", "a/b", True), ("a?b", "a/b", True)])
def test_a_glob_of_a_variable_means_the_same(glob: str, name: str, matches: bool) -> None:
    image = analyze(build_image(runtime=Runtime(env=[f"{name}=1"])))
    rules = make_ruleset({"forbidden-env": Given(value=[glob], where="here")}, None)
    assert bool(judge(image, rules, today=date(2025, 1, 1)).failures) is matches


@pytest.mark.parametrize("glob", ["/[z-a]", "/" + "a" * 4096])
def test_what_is_no_glob_is_said_to_be_none(glob: str) -> None:
    with pytest.raises(UsageError):
        path_expression(glob)
