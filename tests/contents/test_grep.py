"""grep: judged by GNU grep on the extracted files, and by a plain loop on any data and any chunks."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.api import open_image
from ocianalyze.api.search import Scope, grep_files
from ocianalyze.contents import grep as module
from ocianalyze.contents.grep import _file, compile_search
from ocianalyze.contents.required_text import needles_of
from ocianalyze.errors import UsageError
from ocianalyze.layers.reader import Piece
from ocianalyze.model.placed import Placed
from tests.api.making import WEBAPP, ocianalyze, open_layers
from tests.builders import file
from tests.cli.run import SAMPLES
from tests.tar_builders import layer_tar


def hits(
    data: bytes, expression: str, *cuts: int, text: bool = True, ignore_case: bool = False
) -> list[tuple[int, bytes]]:
    """The hits in *data*, given in pieces that end at *cuts*."""
    ends = [*sorted({cut for cut in cuts if 0 < cut < len(data)}), len(data)]
    pieces = [Piece(start, data[start:end]) for start, end in zip([0, *ends], ends, strict=False) if end > start]
    one = Placed("f", file("f", data), (0, 0))
    search = compile_search(expression, ignore_case=ignore_case)
    return [(hit.line, hit.text) for hit in _file(one, pieces, search, text=text)]


def numbered(data: bytes) -> list[tuple[int, bytes]]:
    lines = data.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    return list(enumerate(lines, 1))


def by_lines(data: bytes, expression: str) -> list[tuple[int, bytes]]:
    return [(number, line) for number, line in numbered(data) if re.search(expression.encode(), line)]


@given(
    st.lists(st.sampled_from([b"key", b"KEY", b"id=", b"x", b"\n", b" ", b"12"]), max_size=40).map(b"".join),
    st.sampled_from(
        [
            "key",
            "key|id=",
            "(key)+ ?id=",
            "^key",
            "id=$",
            "key\\s+id=",
            "x?key[ x]",
            "(?i:key)",
            "(key|x)id=",
            "(?=key)k",
        ]
    ),
    st.booleans(),
    st.lists(st.integers(1, 60), max_size=4),
)
def test_looking_for_needles_first_finds_the_same(data: bytes, expression: str, fold: bool, cuts: list[int]) -> None:
    flags = re.IGNORECASE if fold else 0
    expected = [(number, line) for number, line in numbered(data) if re.search(expression.encode(), line, flags)]
    assert hits(data, expression, *cuts, ignore_case=fold) == expected


@pytest.mark.parametrize(
    ("expression", "needles"),
    [
        ("PRIVATE KEY|AKIA[0-9A-Z]{16}", (b"PRIVATE KEY", b"AKIA")),
        ("ab|key", ()),
        ("(password|secret)=.*", (b"password", b"secret")),
        ("a*", ()),
        ("(abc)?def", (b"def",)),
        ("(?i:abc)", ()),
        ("[ab]cde{2}", ()),
    ],
)
def test_needles_are_in_every_match(expression: str, needles: tuple[bytes, ...]) -> None:
    assert needles_of(re.compile(expression.encode())) == needles


@given(
    st.lists(st.sampled_from([b"a", b"b", b"ab", b"\n", b"\0", b"\xff", b"\r"]), max_size=40).map(b"".join),
    st.sampled_from(["a", "ab", "a.b", "^a", "b$", "a\\s*b", "[^b]b", "(a|b)b", "\\S", "x*", "^$"]),
    st.lists(st.integers(1, 60), max_size=4),
)
def test_it_finds_the_lines_that_a_plain_loop_finds(data: bytes, expression: str, cuts: list[int]) -> None:
    assert hits(data, expression, *cuts) == by_lines(data, expression)


def test_very_long_lines_are_searched_in_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LONGEST", 1000)
    monkeypatch.setattr(module, "_OVERLAP", 100)
    data = b"x" * 5000 + b"needle" + b"y" * 5000 + b"\nneedle\n"
    cuts = range(700, len(data), 700)
    found = hits(data, "needle", *cuts)
    assert [line for line, _ in found] == [1, 2]
    assert hits(data, "nope", *cuts) == []


def test_a_binary_file_is_one_hit_unless_asked_for_text() -> None:
    assert hits(b"\0\nneedle\nneedle\n", "needle", text=False)[0] == (0, b"")
    assert hits(b"\0\nneedle\n", "needle") == [(2, b"needle")]


def test_plain_text_and_case() -> None:
    assert compile_search("a.b", fixed=True)(b"axb a.b", 0) == (4, 7)
    search = compile_search("a.b", fixed=True, ignore_case=True)
    assert search(b"A.B", 0) == (0, 3)
    with pytest.raises(UsageError, match="no regular expression"):
        compile_search("(")


def test_copies_of_every_layer_are_searched_with_their_fate(tmp_path: Path) -> None:
    opened = open_layers(tmp_path, layer_tar(("secret", b"key=1\n")), layer_tar((".wh.secret", b""), ("f", b"key=2\n")))
    search = compile_search("key")
    assert [hit.place.path for hit, _ in grep_files(opened, search)] == ["f"]
    every = [
        (hit.place.layer, hit.place.path, live) for hit, live in grep_files(opened, search, Scope(all_layers=True))
    ]
    assert every == [(0, "secret", False), (1, "f", True)]
    assert [hit.place.path for hit, _ in grep_files(opened, search, Scope(stored_by=0))] == ["secret"]
    assert [hit.place.path for hit, _ in grep_files(opened, search, Scope(layer=0))] == ["secret"]
    assert list(grep_files(opened, search, Scope(paths=("/f",), stored_by=0))) == []


def test_gnu_grep_finds_the_same_lines(tmp_path: Path) -> None:
    if shutil.which("grep") is None:
        pytest.skip("grep is not there")
    sample = SAMPLES / "webapp-v2.tar"
    open_image(str(sample)).extract("/usr", "/etc", "/srv", to=tmp_path / "out")
    command = ["grep", "-rnaE", "[Ll]icen[sc]e", "."]
    theirs = subprocess.run(
        command, cwd=tmp_path / "out", capture_output=True, check=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}
    )
    ours = ocianalyze("grep", sample, "[Ll]icen[sc]e", "/usr", "/etc", "/srv", "--json")
    found = {(row["path"], row["line"]) for row in map(json.loads, ours.stdout.splitlines())}
    expected = set()
    for line in theirs.stdout.decode("utf-8", "replace").rstrip("\n").split("\n"):
        path, number, _ = line.split(":", 2)
        expected.add((path.removeprefix("./"), int(number)))
    assert found
    assert found == expected


def test_it_ends_with_1_when_nothing_is_found() -> None:
    assert ocianalyze("grep", WEBAPP, "no such words anywhere").returncode == 1
    assert ocianalyze("grep", WEBAPP, "(").returncode == 2
    found = ocianalyze("grep", WEBAPP, "^root:x:", "/etc/passwd").stdout
    assert found == b"/etc/passwd:1:root:x:0:0:root:/root:/bin/sh\n"


def test_the_text_form_says_where_a_copy_went() -> None:
    done = ocianalyze("grep", WEBAPP, "AWS_SECRET", "-A", "-i")
    assert done.returncode == 0
    assert done.stdout.startswith(b"layer 5 (not in the final view) /srv/app/.env:")
    assert ocianalyze("grep", WEBAPP, "AWS_SECRET", "-A", "-l").stdout.count(b"\n") == 1
