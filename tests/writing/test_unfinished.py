"""What a killed run leaves is told from what a running one writes, and from what is somebody else's."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ocianalyze.errors import UsageError
from ocianalyze.writing import unfinished
from ocianalyze.writing.atomic_file import replacing
from ocianalyze.writing.staged_tree import staged
from ocianalyze.writing.unfinished import home, new_directory, new_file, undisturbed
from tests.cli.run import ROOT
from tests.writing.judging import let_others_in

DIRECTORY, FILE = ".ocianalyze-0123456789abcdef", ".ocianalyze-fedcba9876543210"


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def leave(directory: Path) -> None:
    """As runs do that are killed."""
    (directory / DIRECTORY / "new" / "d").mkdir(parents=True)
    (directory / DIRECTORY / "new" / "d" / "f").write_text("half")
    (directory / DIRECTORY / "new" / "d").chmod(0o100)
    (directory / DIRECTORY / "old").mkdir()
    (directory / FILE).write_text("half")


def test_the_next_run_removes_what_a_killed_one_left(tmp_path: Path) -> None:
    leave(tmp_path)
    with staged(tmp_path / "out") as staging:
        os.mkdir("d", dir_fd=staging.root)
    assert names(tmp_path) == ["out"]
    leave(tmp_path)
    with replacing(tmp_path / "file") as out:
        out.write(b"whole")
    assert names(tmp_path) == ["file", "out"]
    leave(tmp_path / "out")
    with staged(tmp_path / "out"):
        pass
    assert names(tmp_path / "out") == ["d"]


def test_a_directory_with_nothing_but_what_was_left_is_empty(tmp_path: Path) -> None:
    leave(tmp_path)
    with staged(tmp_path, only_if_empty=True):
        pass
    assert names(tmp_path) == []
    (tmp_path / "f").touch()
    with pytest.raises(UsageError, match="already there"), staged(tmp_path, only_if_empty=True):
        pass


def test_what_a_run_is_writing_is_left_alone(tmp_path: Path) -> None:
    with home(tmp_path) as parent, new_directory(parent) as (directory, _), new_file(parent) as (file, _):
        with replacing(tmp_path / "other") as out:
            out.write(b"x")
        with staged(tmp_path / "out"):
            pass
        assert names(tmp_path) == sorted([directory, file, "other", "out"])
    assert names(tmp_path) == ["other", "out"]


def test_what_somebody_else_made_is_left_alone(tmp_path: Path) -> None:
    kept = [".ocianalyze-baseline", ".ocianalyze.toml", f"{FILE}.txt", f"x{FILE}", FILE.upper()]
    for name in kept:
        (tmp_path / name).write_text("mine")
    (tmp_path / FILE).symlink_to(kept[0])
    os.mkfifo(tmp_path / DIRECTORY)
    with replacing(tmp_path / "out"):
        pass
    assert names(tmp_path) == sorted([*kept, FILE, DIRECTORY, "out"])


@pytest.mark.skipif(os.geteuid() != 0, reason="takes root to make a file of another user")
def test_what_another_user_left_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("theirs")
    os.chown(tmp_path / FILE, 65534, 65534)
    with replacing(tmp_path / "out"):
        pass
    assert names(tmp_path) == [FILE, "out"]


def test_what_a_killed_run_had_replaced_is_kept(tmp_path: Path) -> None:
    leave(tmp_path)
    (tmp_path / DIRECTORY / "old" / "0").write_text("precious")
    with replacing(tmp_path / "file"):
        pass
    assert names(tmp_path) == [DIRECTORY, "file"]
    with pytest.raises(UsageError, match=f"{DIRECTORY} holds what a run replaced"), staged(tmp_path):
        pass
    assert (tmp_path / DIRECTORY / "old" / "0").read_text() == "precious"


def test_a_name_that_is_taken_for_left_before_it_is_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = fcntl.flock
    taken: list[str] = []

    def late(descriptor: int, how: int) -> None:
        if not taken:
            taken.extend(names(tmp_path))
            (tmp_path / taken[0]).unlink()
        real(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", late)
    with home(tmp_path) as parent, new_file(parent) as (name, _):
        assert taken
        assert taken != [name]
        assert names(tmp_path) == [name]


def test_a_directory_that_may_not_be_listed_is_written_in(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from ocianalyze.writing.atomic_file import replacing\n"
        "os.setuid(65534) if not os.geteuid() else None\n"
        "with replacing(Path(sys.argv[1]) / 'file') as out: out.write(b'x')\n"
    )
    let_others_in(tmp_path)
    tmp_path.chmod(0o333)
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, capture_output=True, check=False)
    tmp_path.chmod(0o755)
    assert (done.returncode, done.stderr) == (0, b"")
    assert names(tmp_path) == ["file"]


def test_what_cannot_be_removed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def remove_tree(parent: int, name: str) -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(unfinished, "remove_tree", remove_tree)
    with (
        pytest.raises(UsageError, match=r"\.ocianalyze-.* could not be removed: Too many open files"),
        staged(tmp_path),
    ):
        pass
    monkeypatch.undo()
    with staged(tmp_path):
        pass
    assert names(tmp_path) == []


def test_a_directory_that_cannot_be_opened_is_not_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unfinished, "OPEN", os.O_WRONLY)  # which no directory can be opened for
    with pytest.raises(UsageError, match="Is a directory"), staged(tmp_path):
        pass
    assert names(tmp_path) == []


def test_an_interrupt_waits_until_the_block_is_done() -> None:
    reached = []
    with pytest.raises(KeyboardInterrupt), undisturbed():  # noqa: PT012 - that the block goes on is what is tested
        signal.raise_signal(signal.SIGINT)
        reached.append("the end")
    assert reached == ["the end"]


def test_what_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with undisturbed():
            signal.raise_signal(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
