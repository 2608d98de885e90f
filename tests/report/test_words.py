"""Words for people: sizes, ratios, times, and names that cannot hurt."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from ocianalyze.model.entry import IMPLIED, Entry
from ocianalyze.report import words
from tests.builders import char_device, file, symlink


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (1_219_813, "1.2 MB"),
        (2_500_000_000, "2.5 GB"),
        (-1500, "-1.5 kB"),
    ],
)
def test_sizes_are_in_si_units(count: int, expected: str) -> None:
    assert words.size(count) == expected


def test_a_list_that_was_cut_says_what_it_leaves_out() -> None:
    assert words.more(1, "path") == "and 1 more path"
    assert words.more(32_000, "path") == "and 32,000 more paths"
    assert words.more(3, "layer", kind="smaller") == "and 3 smaller layers"
    assert words.more(5) == "and 5 more"


def test_a_change_of_size_has_its_sign() -> None:
    assert [words.signed_size(count) for count in (1500, 0, -532)] == ["+1.5 kB", "0 B", "-532 B"]
    assert words.exact_size(1_219_813) == "1,219,813 B"


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [
        (0.0, "0%"),
        (0.000001, "<0.1%"),
        (0.00051, "0.1%"),
        (0.5, "50%"),
        (0.98442, "98.4%"),
        (0.99949, "99.9%"),
        (0.999999, ">99.9%"),
        (1.0, "100%"),
        (1.5, "150%"),
    ],
)
def test_a_percentage_is_whole_only_when_it_is_exact(ratio: float, expected: str) -> None:
    assert words.percent(ratio) == expected


def test_counts_agree_with_their_noun() -> None:
    assert words.counted(1, "layer") == "1 layer"
    assert words.counted(1234, "layer") == "1,234 layers"
    assert words.counted(0, "entry", "entries") == "0 entries"


@pytest.mark.parametrize(
    ("created", "expected"),
    [
        ("2019-08-14T00:22:12.288915269Z", "2019-08-14 00:22 UTC"),
        ("2019-08-14T02:22:12+02:00", "2019-08-14 00:22 UTC"),
        ("1970-01-01T00:00:00Z", "1970-01-01 00:00 UTC"),
        ("0001-01-01T00:00:00Z", ""),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
        ("2019-13-44T00:22:12Z", "2019-13-44T00:22:12Z"),
        ("soon\x1b[31m", "soon\\x1b[31m"),
        ("", ""),
        (None, ""),
    ],
)
def test_a_created_time_reads_the_same_every_day(created: str | None, expected: str) -> None:
    assert words.moment(created) == expected


@pytest.mark.parametrize(
    ("mtime_ns", "expected"),
    [
        (1_700_000_000_000_000_000, "2023-11-14 22:13"),
        (-1, "1969-12-31 23:59"),
        (0, "1970-01-01 00:00"),
        (10**30, "@1000000000000000000000"),
    ],
)
def test_a_modification_time_may_be_anything(mtime_ns: int, expected: str) -> None:
    assert words.clock(mtime_ns) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("usr/bin/env", "usr/bin/env"),
        ("naïve/日本語/emoji-🎉.txt", "naïve/日本語/emoji-🎉.txt"),
        ("\x1b]0;pwned\x07", "\\x1b]0;pwned\\x07"),
        ("two\nlines\tand\rmore", "two\\nlines\\tand\\rmore"),
        ("\x9b31m", "\\x9b31m"),
        ("gpj.\u202eexe", "gpj.\\u202eexe"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("latin-\udce9", "latin-\\xe9"),
        ("lone-\ud800", "lone-\\ud800"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("[red]x[/red]", "[red]x[/red]"),
        ("system-getty\\x2dpre.slice", "system-getty\\x2dpre.slice"),
        ("\x7f\x00", "\\x7f\\x00"),
        ("fill\u3164er", "fill\\u3164er"),
    ],
)
def test_a_name_is_made_harmless_and_stays_readable(name: str, expected: str) -> None:
    assert words.safe_name(name) == expected


def test_no_invisible_or_controlling_character_survives() -> None:
    everything = "".join(map(chr, range(0x110000)))
    left = {unicodedata.category(character) for character in words.safe_name(everything)}
    assert not left & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(st.text(st.characters()), st.integers(1, 60))
def test_a_cut_text_fits_its_width(text: str, width: int) -> None:
    safe = words.safe_name(text)
    for cut in (words.cut(safe, width), words.cut_path(safe, width)):
        assert cell_len(cut) <= width
        assert cut == safe or words.ELLIPSIS in cut


@pytest.mark.parametrize(
    ("path", "width", "expected"),
    [
        ("usr/share/doc/a.txt", 19, "usr/share/doc/a.txt"),
        ("usr/share/doc/very/deep/a.txt", 20, "usr/share/doc…/a.txt"),
        ("a-very-long-base-name-without-a-directory.tar.gz", 20, "a-very-…ctory.tar.gz"),
        ("日本語/日本語/日本語.txt", 16, "日本…/日本語.txt"),
        ("var/lib/", 8, "var/lib/"),
    ],
)
def test_a_path_keeps_its_base_name_when_it_is_cut(path: str, width: int, expected: str) -> None:
    assert words.cut_path(path, width) == expected


def test_a_command_loses_its_end() -> None:
    assert words.cut("RUN apt-get update", 10) == "RUN apt-g…"
    assert words.cut("RUN", 3) == "RUN"
    assert len(words.cut("a" + "\u0301" * 30_000, 10)) <= 41


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [
        (0.032, "+3.2%"),
        (-0.4, "-40%"),
        (3.62, "+362%"),
        (0.0001, "below +0.1%"),
        (-0.9999, "over -99.9%"),
        (-1, "-100%"),
    ],
)
def test_a_change_by_a_ratio_has_a_sign(ratio: float, expected: str) -> None:
    assert words.signed_percent(ratio) == expected


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (IMPLIED, "drwxr-xr-x"),
        (file("a", mode=0o4755), "-rwsr-xr-x"),
        (symlink("a", "b"), "lrwxrwxrwx"),
        (char_device("a", 1, 3), "crw-------"),
    ],
)
def test_a_mode_reads_as_in_a_long_listing(entry: Entry, expected: str) -> None:
    assert words.mode(entry) == expected
