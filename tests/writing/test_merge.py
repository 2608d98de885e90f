"""Merging into a directory that others may write in: only what was put there is touched, and nothing gets lost."""

from __future__ import annotations

import contextlib
import itertools
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from ocianalyze.errors import UsageError
from ocianalyze.writing import directory_fds, merge
from ocianalyze.writing.staged_tree import staged
from tests.writing.judging import let_others_in


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """A directory that nobody asked to be touched, with a file in it."""
    victim = tmp_path / "victim"
    victim.mkdir(mode=0o711)
    (victim / "file").write_text("mine")
    return victim


@pytest.fixture
def out(tmp_path: Path) -> Path:
    out = tmp_path / "out"
    out.mkdir()
    return out


def merged(out: Path, files: dict[str, str], modes: dict[str, int], *, force: bool = False) -> None:
    """Put *files* into *out*: text by path, and modes of directories. A path that ends in a slash is a directory."""
    with staged(out, force=force) as staging:
        root = Path(f"/proc/self/fd/{staging.root}")
        for path, text in files.items():
            if path.endswith("/"):
                (root / path).mkdir(parents=True, exist_ok=True)
            else:
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text)
        staging.modes += modes.items()


def failing_at(name: str, first: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Do *first* when *name* is to be put into place, and fail then."""
    real = merge.place

    def place(moved: str, source: int, there: int, new_name: str | None = None) -> None:
        if moved == name:
            first()
            raise OSError(28, "No space left on device")
        real(moved, source, there, new_name)

    monkeypatch.setattr(merge, "place", place)


def test_modes_of_directories_are_those_asked_for_at_any_depth(out: Path) -> None:
    (out / "there").mkdir(mode=0o755)
    merged(
        out,
        {"a/b/c/f": "x", "a-b/f": "y", "there/new/f": "z"},
        {"a": 0o511, "a-b": 0o555, "a/b": 0o500, "a/b/c": 0o111, "there": 0o500, "there/new": 0o300},
    )
    found = {str(path.relative_to(out)): mode(path) for path in out.rglob("*") if path.is_dir()}
    assert found == {
        "a": 0o511,
        "a-b": 0o555,
        "a/b": 0o500,
        "a/b/c": 0o111,
        "there": 0o755,
        "there/new": 0o300,
    }


def test_a_directory_that_is_swapped_for_a_link_has_nobody_chmodded(out: Path, victim: Path) -> None:
    names = [f"d{number}" for number in range(300)]
    done = threading.Event()
    swapped: list[str] = []

    def swap() -> None:
        for turn in itertools.count():
            for name in names:
                with contextlib.suppress(OSError):
                    (out / name).rename(out / f"away{turn}-{name}")
                    (out / name).symlink_to(victim)
                    swapped.append(name)
            if done.is_set():
                return

    attacker = threading.Thread(target=swap)
    attacker.start()
    try:
        with contextlib.suppress(UsageError):
            merged(out, {f"{name}/": "" for name in names}, dict.fromkeys(names, 0o511))
    finally:
        done.set()
        attacker.join()
    assert swapped
    assert mode(victim) == 0o711
    assert (victim / "file").read_text() == "mine"


def test_what_is_swapped_in_is_no_more_taken_back_than_chmodded(
    out: Path, victim: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def swap() -> None:
        (out / "linked").rename(out / "away")
        (out / "linked").symlink_to(victim)
        (out / "exchanged").rename(out / "away2")
        victim.rename(out / "exchanged")
        (out / "f").unlink()
        (out / "f").write_text("theirs")

    failing_at("z", swap, monkeypatch)
    with pytest.raises(UsageError, match="No space left"):
        merged(out, {"exchanged/": "", "f": "ours", "linked/": "", "z": ""}, {"exchanged": 0o500, "linked": 0o500})
    assert mode(out / "exchanged") == 0o711
    assert (out / "exchanged/file").read_text() == "mine"
    assert (out / "linked").is_symlink()
    assert (out / "f").read_text() == "theirs"
    assert sorted(path.name for path in out.iterdir()) == ["away", "away2", "exchanged", "f", "linked"]


def test_what_cannot_be_put_back_is_kept_and_named(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (out / "a").write_text("old a")
    (out / "b").write_text("old b")

    def take_the_place() -> None:
        (out / "a").unlink()
        (out / "a").write_text("theirs")

    failing_at("z", take_the_place, monkeypatch)
    with pytest.raises(UsageError, match=r"\.ocianalyze-.* could not be removed: .* could not be put back") as caught:
        merged(out, {"a": "new", "b": "new", "z": ""}, {}, force=True)
    assert "by hand" in str(caught.value.hint)
    assert (out / "a").read_text() == "theirs"
    assert (out / "b").read_text() == "old b"
    (left,) = out.glob(".ocianalyze-*/old/*")
    assert left.read_text() == "old a"
    with pytest.raises(UsageError, match="holds what a run replaced that was killed"):
        merged(out, {"c": ""}, {})
    assert left.read_text() == "old a"


def test_a_directory_that_comes_to_be_in_the_way_is_put_back(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (out / "a").write_text("old")
    real = directory_fds.is_directory

    def exchanging(name: str, directory: int) -> bool:
        found = real(name, directory)
        if name == "a" and (out / "a").is_file():
            (out / "a").unlink()
            (out / "a/inner").mkdir(parents=True)
            return False
        return found

    monkeypatch.setattr(merge, "is_directory", exchanging)
    with pytest.raises(UsageError, match="is a directory, and stays one"):
        merged(out, {"a": "new"}, {}, force=True)
    assert [str(path.relative_to(out)) for path in out.rglob("*")] == ["a", "a/inner"]


@pytest.mark.skipif(os.geteuid() != 0, reason="takes another user to be refused anything")
def test_a_user_takes_back_directories_that_let_nobody_in(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    let_others_in(out)
    os.chown(out, 65534, 65534)
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setgid(65534)
            os.setuid(65534)
            failing_at("z", lambda: None, monkeypatch)
            with pytest.raises(UsageError, match="No space left"):
                merged(out, {"a/": "", "b/c/d/": "", "z": ""}, {"a": 0, "b": 0o500, "b/c": 0o111, "b/c/d": 0})
            status = 0 if not list(out.iterdir()) else 2
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
