"""The filter's language, term by term."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from ocianalyze.analysis.query.glob import anchored, is_glob, path_expression
from ocianalyze.analysis.union.analyze import analyze
from ocianalyze.tui.viewmodel.expressions import required_literal, shorter_expression
from ocianalyze.tui.viewmodel.filters import parse_filter
from ocianalyze.tui.viewmodel.path_terms import FilterError, path_test
from ocianalyze.tui.viewmodel.paths import ABSENT, PathIndex
from ocianalyze.tui.viewmodel.timeline import Timeline
from ocianalyze.tui.viewmodel.view import Mode, Views
from tests.builders import build_image, file, layer
from tests.tui.sample import sample


def found(text: str, layer: int = 3) -> set[str]:
    """The paths of the view that pass."""
    index = PathIndex(sample())
    view = Views(index, Timeline(index), 1).get(layer, Mode.LAYER)
    filter_ = parse_filter(text)
    mask = filter_.mask(view, filter_.paths(index))
    return {path for i, path in enumerate(index.paths) if mask[i] and view.states[i] != ABSENT}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PASSWD", {"etc/passwd"}),
        ("pkg 3", {"var/cache/apt/pkg3.deb"}),
        ("*.py", {"srv/app.py"}),
        ("a*.py", {"srv/app.py"}),
        ("etc/*", {"etc/hostname", "etc/passwd"}),
        ("**/pkg[01].deb", {"var/cache/apt/pkg0.deb", "var/cache/apt/pkg1.deb"}),
        ("pkg[!0-3].deb", {"var/cache/apt/pkg4.deb"}),
        ("tool0?", {f"usr/bin/tool0{n}" for n in range(10)}),
        (r"re:tool5[0-3]$", {f"usr/bin/tool5{n}" for n in range(4)}),
        ("pkg re:[12].deb", {"var/cache/apt/pkg1.deb", "var/cache/apt/pkg2.deb"}),
        ("~bnmn", {"srv/bundle.min.js"}),
        (">600k !usr", {""}),
        ("=500", {"usr/bin/su"}),
        (">=100000 <=100001", {"var/cache/apt/pkg0.deb", "var/cache/apt/pkg1.deb"}),
        (">195KiB *.js", {"srv/bundle.js", "srv/bundle.min.js"}),
        ("owner:1000:1000 *.py", {"srv/app.py"}),
        ("owner:1000", {"srv/app.py", "srv/bundle.js", "srv/bundle.min.js"}),
        ("kind:modified,metadata", {"srv/app.py", "srv/three", "usr/bin/su"}),
        ("kind:removed *.bin", {"srv/cache/old.bin"}),
        ("kind:symlink", {"lib", "usr/bin/python"}),
        ("kind:rewritten", {"etc/hostname"}),
        ("mode:setuid", set()),
        ("mode:755 python", {"usr/bin/python"}),
        ("layer:2 *.js", {"srv/bundle.js", "srv/bundle.min.js"}),
        ("!usr !var !etc !srv", {"", "lib"}),
        ("srv !re:bundle|cache|evil", {"srv", "srv/app.py", "srv/three"}),
        ("kind:file !usr/bin !*.deb !kind:added,removed !srv", {"etc/hostname", "etc/passwd"}),
    ],
)
def test_a_term_finds(text: str, expected: set[str]) -> None:
    assert found(text) == expected


def test_a_filter_is_about_the_view_it_is_asked_in() -> None:
    assert found("mode:setuid", layer=2) == {"usr/bin/su"}
    assert found("kind:added *.py", layer=2) == {"srv/app.py"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("re:(", "not a regular expression"),
        ("kind:nonsense", "no such kind: nonsense"),
        ("mode:9", "not an octal mode"),
        ("layer:x", "not a layer's number"),
        ("[z-a]*", "not a glob"),
    ],
)
def test_a_term_that_means_nothing_says_why(text: str, complaint: str) -> None:
    with pytest.raises(FilterError, match=complaint):
        parse_filter(text)


@pytest.mark.parametrize(
    ("expression", "literal"),
    [
        ("abc", "abc"),
        (r"[0-9]+\.map$", ".map"),
        ("ab*cde?f", "cd"),
        ("ab{0,3}cd", "cd"),
        ("ab{,3}", "a"),
        ("x+yz", "yz"),
        ("[]a]bc[^]d]", "bc"),
        ("a|b", ""),
        ("(abc)?d", ""),
        (r"ab\d", "ab"),
        (r"\x41bcdef", ""),
        ("a{b", "b"),
    ],
)
def test_a_literal_that_every_match_contains(expression: str, literal: str) -> None:
    assert required_literal(expression) == literal


@given(
    st.lists(
        st.sampled_from(["a", "b", "ab", ".", "*", "+", "?", "[ab]", "[^a]", r"\.", "{2}", "{0,1}", "^", "$"]),
        max_size=8,
    ),
    st.text("ab.", max_size=12),
)
def test_a_required_literal_never_hides_a_match(parts: list[str], text: str) -> None:
    expression = "".join(parts)
    try:
        found = re.search(expression, text)
    except re.error:
        return
    assert found is None or required_literal(expression) in text


@given(
    st.lists(
        st.sampled_from(
            ["a", "b", ".", ".*", ".*?", "a+", "[ab]+", r"\w+?", "[^a]", "(?:ab)", "|", "+", "{2}", "^", "$"]
        ),
        max_size=8,
    ),
    st.text("ab.\n", max_size=12),
)
def test_a_shorter_expression_is_found_in_the_same_texts(parts: list[str], text: str) -> None:
    expression = "".join(parts)
    try:
        found = re.search(expression, text)
    except re.error:
        return
    assert (re.search(shorter_expression(expression), text) is None) == (found is None)


@pytest.mark.parametrize(
    ("expression", "shorter"),
    [(r".*[0-9]+\.map", r"[0-9]\.map"), (r"\d+x", r"\dx"), ("a++b", "a++b"), ("(ab)+c", "(ab)+c"), ("x*", "x*")],
)
def test_an_expression_does_not_count_what_it_begins_with(expression: str, shorter: str) -> None:
    assert shorter_expression(expression) == shorter


@pytest.mark.parametrize("text", ["pkgs", "~bnmn", "usr.bin", "SRV-x", "tool0", "p", "~"])
def test_a_longer_word_finds_the_same_among_what_the_shorter_one_found(text: str) -> None:
    index = PathIndex(sample())
    for end in range(1, len(text)):
        shorter, longer = parse_filter(text[:end]), parse_filter(text[: end + 1])
        assert longer.narrows(shorter)
        narrowed = b"".join(longer.slices(index, among=shorter.paths(index)))
        assert narrowed == longer.paths(index)


@pytest.mark.parametrize(
    ("shorter", "longer"),
    [
        ("/", "/u"),
        ("re", "re:x"),
        ("!a", "!ab"),
        ("*.d", "*.de"),
        ("ΑΣ", "ΑΣΑ"),
        (">1", ">12"),
        ("a", "a b"),
        ("ab", "xab"),
    ],
)
def test_other_filters_are_not_narrowed(shorter: str, longer: str) -> None:
    assert not parse_filter(longer).narrows(parse_filter(shorter))


@given(
    st.lists(st.sampled_from([*"ab/*?[]", "**", "**/", "[ab]", "[!a]", ".x"]), min_size=1, max_size=6),
    st.text("ab/.x]", min_size=1, max_size=10),
)
@example(["**/", "*", "/", "*"], "a")
@example(["**/", "a"], "a")
def test_what_is_looked_for_first_never_hides_what_a_glob_matches(parts: list[str], path: str) -> None:
    glob = "".join(parts)
    assume(is_glob(glob))
    index = PathIndex(analyze(build_image(layer(file("/".join(filter(None, path.split("/"))) or "a", 1)))))
    found = path_test(glob)(index, range(len(index)))
    matches = path_expression(anchored(glob)).fullmatch
    assert list(found)[1:] == [matches(known) is not None for known in index.lower[1:]]
