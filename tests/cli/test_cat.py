"""`cat`: links, deleted files, standard input, terminals."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from ocianalyze.errors import UsageError
from tests.api.making import WEBAPP, archive, ocianalyze, open_layers
from tests.cli.run import ROOT
from tests.tar_builders import info, layer_tar, member, old_sparse, tar


def test_links_are_followed_inside_the_image(tmp_path: Path) -> None:
    layer = layer_tar(
        ("usr/lib/os-release", b"ID=x\n"),
        info("etc/os-release", b"2", linkname="../usr/lib/os-release"),
        info("etc/out", b"2", linkname="../../../../../usr/lib/os-release"),
        info("etc/loop", b"2", linkname="loop"),
    )
    with open_layers(tmp_path, layer) as opened:
        assert b"".join(opened.chunks("/etc/os-release")) == b"ID=x\n"
        assert b"".join(opened.chunks("etc/out")) == b"ID=x\n"
        with pytest.raises(UsageError, match="symbolic links"):
            opened.chunks("/etc/loop")
        with pytest.raises(UsageError, match="directory"):
            opened.chunks("/etc")


def test_a_deleted_file_is_read_from_the_layer_before(tmp_path: Path) -> None:
    opened = open_layers(tmp_path, layer_tar(("secret", b"s")), layer_tar((".wh.secret", b"")), layer_tar(("a", b"")))
    with opened:
        with pytest.raises(UsageError) as caught:
            opened.chunks("/secret")
        assert caught.value.suggestion == "layer 1 removed it; layer=0 shows it as it was before"
        assert b"".join(opened.chunks("/secret", layer=0)) == b"s"


def test_each_layer_shows_its_own_version(tmp_path: Path) -> None:
    opened = open_layers(tmp_path, layer_tar(("f", b"old")), layer_tar(("f", b"new")))
    assert [b"".join(opened.chunks("f", layer=layer)) for layer in (0, 1)] == [b"old", b"new"]


def test_holes_are_zeros(tmp_path: Path) -> None:
    opened = open_layers(tmp_path, tar(old_sparse(b"s", [(2, 1)], 5, b"x"), member(b"f", b"y")))
    assert b"".join(opened.chunks("s")) == b"\0\0x\0\0"


def test_several_files_come_one_after_another_from_standard_input_too() -> None:
    one = ocianalyze("cat", WEBAPP, "/etc/passwd", "/etc/group")
    other = ocianalyze("cat", "-", "/etc/passwd", "/etc/group", stdin=WEBAPP.read_bytes())
    assert one.returncode == other.returncode == 0
    assert one.stdout == other.stdout
    assert b"root:x:0:0" in one.stdout


def test_a_missing_path_writes_nothing_and_ends_with_2() -> None:
    done = ocianalyze("cat", WEBAPP, "/etc/passwd", "/etc/pass")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"did you mean /etc/passwd" in done.stderr


def test_a_closed_pipe_ends_quietly(tmp_path: Path) -> None:
    path = archive(tmp_path, layer_tar(("big", bytes(8 << 20))))
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; '{sys.executable}' -m ocianalyze cat '{path}' /big | head -c 10 >/dev/null"],
        capture_output=True,
        cwd=ROOT,
        check=False,
    )
    assert (done.returncode, done.stderr) == (141, b"")


def test_on_a_terminal_nothing_acts_unless_asked_to(tmp_path: Path) -> None:
    path = archive(tmp_path, layer_tar(("f", "a\tb \x1b]0;title\x07 \u202e é\n".encode() + b"\xff\n")))

    def shown(*options: str) -> bytes:
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "ocianalyze", "cat", str(path), "/f", *options]
        subprocess.run(command, stdout=theirs, stderr=subprocess.DEVNULL, cwd=ROOT, check=True)
        os.close(theirs)
        try:
            return os.read(ours, 1000)
        finally:
            os.close(ours)

    assert shown() == "a\tb \\x1b]0;title\\x07 \\u202e é\r\n\\xff\r\n".encode()
    assert b"\x1b]0;title\x07" in shown("--raw")
