"""Predicates, patterns, deleted files, and the history of a path."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from ocianalyze.analysis.query import predicates as by
from ocianalyze.analysis.query.duplicates import duplicates
from ocianalyze.analysis.query.glob import path_expression
from ocianalyze.analysis.query.pathhistory import path_history
from ocianalyze.analysis.query.predicates import Predicate
from ocianalyze.analysis.query.select import select
from ocianalyze.analysis.query.usage import usage
from ocianalyze.analysis.union.analyze import Analysis, analyze
from ocianalyze.api.search import find_files
from ocianalyze.errors import UsageError
from tests.api.making import WEBAPP, ocianalyze
from tests.builders import MTIME, build_image, directory, fifo, file, hardlink, layer, opaque, symlink, whiteout


def sample() -> Analysis:
    return analyze(
        build_image(
            layer(
                directory("etc"),
                file("etc/passwd", 900, mode=0o644),
                file("usr/bin/su", 70_000, mode=0o4755),
                file("usr/lib/a.so", 2_000_000, uid=5, gid=6),
                fifo("run/p"),
                symlink("lib", "usr/lib"),
                file("tmp/old", 10, mtime_ns=MTIME - 10**18),
            ),
            layer(whiteout("tmp"), file("etc/passwd", 950, mode=0o644)),
            layer(file("etc/passwd", 950, mode=0o600)),
        )
    )


def found(*tests: Predicate, path: str = "", **options: object) -> list[str]:
    return [match.path for match in find_files(sample(), path, tests, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("test", "paths"),
    [
        (by.by_name("*.so"), ["usr/lib/a.so"]),
        (by.by_path("/usr/*/s?"), ["usr/bin/su"]),
        (by.by_path("/usr/**"), ["usr/bin", "usr/bin/su", "usr/lib", "usr/lib/a.so"]),
        (by.by_path("/**/a.so"), ["usr/lib/a.so"]),
        (by.by_regex(r"^/etc/.*wd$"), ["etc/passwd"]),
        (by.by_size("+1M"), ["usr/lib/a.so"]),
        (by.by_size("-1k"), ["etc/passwd"]),
        (by.by_size("70000"), ["usr/bin/su"]),
        (by.by_size("+1MiB"), ["usr/lib/a.so"]),
        (by.by_kind("l,fifo"), ["lib", "run/p"]),
        (by.by_owner("5"), ["usr/lib/a.so"]),
        (by.by_owner("5:6"), ["usr/lib/a.so"]),
        (by.by_owner(":7"), []),
        (by.by_mode("setuid"), ["usr/bin/su"]),
        (by.by_mode("-4001"), ["usr/bin/su"]),
        (by.by_mode("0600"), ["etc/passwd", "run/p"]),
        (by.by_mode("/6000"), ["usr/bin/su"]),
        (by.by_layer(2), ["etc/passwd"]),
        (by.by_newer("2100-01-01"), []),
    ],
)
def test_each_predicate_finds_what_it_says(test: Predicate, paths: list[str]) -> None:
    assert found(test) == paths


def test_newer_takes_dates_times_and_seconds() -> None:
    everything = set(found(by.by_newer("2000-01-01")))
    assert "etc/passwd" in everything
    assert found(by.by_newer("@1700000000")) == []
    assert set(found(by.by_newer("2023-11-14T22:13:19Z"))) == everything


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (by.by_size, "big"),
        (by.by_mode, "rwx"),
        (by.by_mode, "8"),
        (by.by_kind, "door"),
        (by.by_newer, "yesterday"),
        (by.by_regex, "("),
        (by.by_name, "a/b"),
    ],
)
def test_what_is_no_condition_is_refused_with_a_hint(make: object, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        make(text)  # type: ignore[operator]
    assert text in caught.value.message
    assert caught.value.suggestion


def test_conditions_add_up_below_a_path() -> None:
    assert found(by.by_kind("f"), by.by_size("+1k"), path="/usr/bin") == ["usr/bin/su"]
    assert found(by.by_kind("f"), path="/usr/*/a.so") == ["usr/lib/a.so"]


def test_deleted_files_and_kinds_of_change_are_found() -> None:
    assert found(deleted=True) == ["tmp", "tmp/old"]
    assert found(by.by_kind("f"), deleted=True, path="tmp") == ["tmp/old"]
    assert found(kinds=["modified"]) == ["etc/passwd"]
    assert found(kinds=["metadata", "modified"]) == ["etc/passwd", "etc/passwd"]
    with pytest.raises(UsageError, match="no kind of change"):
        found(kinds=["renamed"])


def test_what_was_deleted_and_is_back_is_not_deleted() -> None:
    analysis = analyze(build_image(layer(file("a", 1)), layer(whiteout("a")), layer(file("a", 2))))
    assert find_files(analysis, "", [], deleted=True) == []


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("/a/*", "a/b", True),
        ("/a/*", "a/b/c", False),
        ("a/**/c", "a/c", True),
        ("a/**/c", "a/x/y/c", True),
        ("[ab]", "b", True),
        ("[!ab]", "b", False),
        ("[!ab]", "/", False),
        ("[]]", "]", True),
        ("[a-c]x", "bx", True),
        ("a.c", "abc", False),
        ("**", "any/thing\nat all", True),
        ("[", "[", True),
    ],
)
def test_patterns_mean_what_shells_mean(pattern: str, path: str, matches: bool) -> None:
    assert bool(path_expression(pattern).fullmatch(path)) is matches


def test_a_name_that_looks_like_a_pattern_is_a_name_first() -> None:
    analysis = analyze(build_image(layer(file("bin/[", 1), file("bin/a", 1))))
    assert [one.path for one in select(analysis.tree, "/bin/[")] == ["bin/["]


def test_a_history_names_writers_killers_and_costs() -> None:
    place, events = path_history(sample(), "/etc/passwd")
    assert place == "etc/passwd"
    told = [(one.change.layer, one.change.kind.value, one.stored, one.wasted, one.killed_by) for one in events]
    assert told == [
        (0, "added", 900, 900, 1),
        (1, "modified", 950, 950, 2),
        (2, "metadata", 950, 0, None),
    ]  # fmt: skip


def test_a_history_of_a_deleted_directory_counts_what_was_below() -> None:
    _, events = path_history(sample(), "tmp")
    assert [(event.change.kind.value, event.below) for event in events] == [("added", 1), ("removed", 1)]


def test_a_history_follows_links_and_hard_links() -> None:
    analysis = analyze(
        build_image(
            layer(file("usr/lib/a", 10), symlink("lib", "usr/lib"), hardlink("usr/lib/b", "usr/lib/a")),
            layer(whiteout("usr/lib/a")),
            layer(opaque("usr/lib")),
        )
    )
    place, events = path_history(analysis, "/lib/a")
    assert place == "usr/lib/a"
    assert [(event.stored, event.wasted, event.killed_by) for event in events] == [(10, 10, 2), (0, 0, None)]
    _, linked = path_history(analysis, "/usr/lib/b")
    assert [(event.stored, event.change.kind.value) for event in linked] == [(0, "added"), (0, "removed")]


def test_the_history_of_nothing_is_an_error_with_what_is_near() -> None:
    with pytest.raises(UsageError) as caught:
        path_history(sample(), "/etc/passw")
    assert "did you mean /etc/passwd" in (caught.value.suggestion or "")


def test_duplicates_are_copies_and_not_hard_links() -> None:
    lower = layer(file("a", b"x" * 9), hardlink("b", "a"), file("e1", b""), file("e2", b""))
    analysis = analyze(build_image(lower, layer(file("c", b"x" * 9))))
    [one] = duplicates(analysis.tree)
    assert (one.size, one.saved, [copy.paths for copy in one.copies]) == (9, 9, [("a", "b"), ("c",)])
    assert duplicates(analysis.tree, least=10) == []


def test_sizes_roll_up_and_hard_links_count_once() -> None:
    analysis = analyze(build_image(layer(file("d/a", 10), hardlink("d/b", "d/a"), file("d/e/f", 5))))
    assert [(one.path, one.size, one.files) for one in usage(analysis.tree)] == [
        ("", 15, 3),
        ("d", 15, 3),
        ("d/a", 10, 1),
        ("d/b", 0, 1),
        ("d/e", 5, 1),
        ("d/e/f", 5, 1),
    ]


QUERIES = {
    "ls": ("/etc", "--long", "--du"),
    "tree": ("/srv",),
    "largest": (),
    "duplicates": (),
    "layers": (),
    "find": ("--deleted",),
    "history": ("/srv/app/.env",),
    "grep": ("root", "/etc"),
}


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not there")
@pytest.mark.parametrize("command", QUERIES)
def test_json_lines_are_what_jq_reads(command: str) -> None:
    done = ocianalyze(command, WEBAPP, *QUERIES[command], "--json")
    assert done.returncode == 0, done.stderr
    judged = subprocess.run(["jq", "-c", "."], input=done.stdout, capture_output=True, check=True)
    assert [json.loads(line) for line in judged.stdout.splitlines()] == [
        json.loads(line) for line in done.stdout.splitlines()
    ]


@pytest.mark.parametrize("command", ["ls", "tree", "largest", "layers", "find", "history"])
def test_csv_has_a_header_and_as_many_rows_as_json_has_lines(command: str) -> None:
    table = ocianalyze(command, WEBAPP, *QUERIES[command], "--csv").stdout.splitlines()
    rows = ocianalyze(command, WEBAPP, *QUERIES[command], "--json").stdout.splitlines()
    assert len(table) == len(rows) + 1
    assert set(table[0].decode().split(",")) == set(json.loads(rows[0]))


def test_layers_are_told_from_either_end() -> None:
    bottom = ocianalyze("layers", WEBAPP, "--json").stdout.splitlines()
    assert ocianalyze("layers", WEBAPP, "--json", "--top-first").stdout.splitlines() == bottom[::-1]
    rows = [json.loads(line) for line in bottom]
    assert [row["layer"] for row in rows if row["layer"] is not None] == list(range(12))
    assert rows[1]["instruction"] == 'CMD ["sh"]'
    assert rows[1]["digest"] is None
    assert rows[0]["diff_id"] == rows[0]["chain_id"]


def test_a_tree_is_drawn_with_its_last_branches() -> None:
    shown = ocianalyze("tree", WEBAPP, "/srv", "-L", "3").stdout.decode()
    assert "└── app/\n" in shown
    assert "        ├── assets/\n" in shown
    assert shown.rstrip().splitlines()[-1].endswith("└── search-index.json")


def test_ls_takes_patterns_and_rolls_sizes_up() -> None:
    names = [json.loads(line)["path"] for line in ocianalyze("ls", WEBAPP, "/etc/pass*", "--json").stdout.splitlines()]
    assert names == ["etc/passwd"]
    first = json.loads(ocianalyze("ls", WEBAPP, "/", "--du", "--sort", "size", "--json").stdout.splitlines()[0])
    assert first["path"] == "bin"
    assert first["total"] > 1_900_000
    assert ocianalyze("ls", WEBAPP, "/nope/*").returncode == 2


def test_options_that_exclude_each_other_end_with_2() -> None:
    for options in (("--json", "--csv"), ("--deleted", "--layer", "1"), ("--change", "added", "--deleted")):
        assert ocianalyze("find", WEBAPP, *options).returncode == 2
