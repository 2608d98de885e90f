"""How one file differs: `diff -u` and `cmp` are the judges."""

from __future__ import annotations

import hashlib
import random
import shutil
import subprocess
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis.strategies import binary, integers, lists, sampled_from

from ocianalyze.report.listings import content_diff as contentdiff
from ocianalyze.report.listings import line_diff as linediff
from ocianalyze.report.listings.content_diff import content_diff
from ocianalyze.report.listings.line_diff import unified

lines = lists(sampled_from(["a", "b", "c", "d", "e", "f"]), max_size=30)


def patched(old: list[str], hunks: list[str]) -> list[str]:
    """What *hunks* make of *old*, applied strictly."""
    result: list[str] = []
    at = 0
    for line in hunks:
        if line.startswith("@@"):
            start, _, length = line.split()[1].removeprefix("-").partition(",")
            wanted = int(start) - (length != "0")
            result += old[at:wanted]
            at = wanted
            continue
        if line[0] in " -":
            assert old[at] == line[1:]
            at += 1
        if line[0] in " +":
            result.append(line[1:])
    return result + old[at:]


@given(lines, lines, sampled_from([0, 4, 1_000_000]))
def test_the_hunks_lead_from_old_to_new(old: list[str], new: list[str], small: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(linediff, "_SMALL", small)
        hunks = list(unified(old, new))
    assert patched(old, hunks) == new
    assert bool(hunks) == (old != new)


@pytest.mark.skipif(shutil.which("patch") is None, reason="needs patch(1)")
def test_patch_takes_it(tmp_path: Path) -> None:
    old = "".join(f"line {number}\n" for number in range(500))
    new = old.replace("line 7\n", "").replace("line 250\n", "other\nlines\n") + "end\n"
    (tmp_path / "file").write_text(old)
    text = "\n".join(content_diff("file", [old.encode()], [new.encode()])) + "\n"
    subprocess.run(["patch", "-p1", "-d", tmp_path], input=text, text=True, check=True, capture_output=True)
    assert (tmp_path / "file").read_text() == new


def test_a_hundred_thousand_lines_take_no_time() -> None:
    rng = random.Random(4)
    old, new = ([f"word {rng.randrange(110)}" for _ in range(100_000)] for _ in range(2))
    start = time.process_time()
    hunks = list(unified(old, new))
    assert time.process_time() - start < 10  # 0.2 s; difflib alone takes 50 s
    assert patched(old, hunks) == new


def cut(data: bytes, length: int) -> Iterator[bytes]:
    yield from (data[at : at + length] for at in range(0, len(data), length))


@given(binary(max_size=200), binary(max_size=200), binary(max_size=200), integers(1, 70), integers(1, 90))
def test_what_is_no_text_says_where_it_differs(head: bytes, one: bytes, other: bytes, step: int, piece: int) -> None:
    old, new = b"\0" + head + one, b"\0" + head + other
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contentdiff, "_PIECE", piece)
        patch.setattr(contentdiff, "LONGEST", 50)
        said = list(content_diff("x", cut(old, step), cut(new, step)))
    if old == new:
        assert said == []
        return
    at = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    start = max(0, at // 16 * 16 - 16)
    assert said[3] == f"the first difference is at byte {at}"
    for data, mark, name, fact in ((old, "-", "old", said[1]), (new, "+", "new", said[2])):
        assert fact == f"{name}: {len(data)} B, sha256:{hashlib.sha256(data).hexdigest()}"
        rows = [line.split("  ") for line in said[4:] if line.startswith(mark)]
        shown = b"".join(bytes.fromhex(row[1]) for row in rows)
        assert shown == data[start : start + len(shown)]
        assert len(shown) == min(48, len(data) - start)


def test_a_long_file_is_not_held_in_memory() -> None:
    def pieces(last: bytes) -> Iterator[bytes]:
        for _ in range(300):
            yield bytes(1 << 20)
        yield last

    tracemalloc.start()
    said = list(content_diff("x", pieces(b"1"), pieces(b"2")))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert said[3] == f"the first difference is at byte {300 << 20:,}"
    assert most < 100 << 20


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"", b"", []),
        (None, b"", ["--- /dev/null", "+++ new/x"]),
        (b"a\n", None, ["--- old/x", "+++ /dev/null", "@@ -1 +0,0 @@", "-a"]),
        (b"a\n", b"a", ["--- old/x", "+++ new/x", "@@ -1 +1 @@", "-a", "+a    (no newline at the end)"]),
        (b"a\x1b[2J\tb\n", b"", ["--- old/x", "+++ new/x", "@@ -1 +0,0 @@", "-a\\x1b[2J    b"]),
    ],
)
def test_the_edges(old: bytes | None, new: bytes | None, expected: list[str]) -> None:
    sides = [None if data is None else [data] for data in (old, new)]
    assert list(content_diff("/x", *sides)) == expected
