"""Layers kept between runs, as the command line shows it: which images, where, and how they are dropped."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ocianalyze.cli import caching
from ocianalyze.loading import disk_cache
from tests.archive_builders import docker_files, pack
from tests.cli.run import WEBAPP, environment, run
from tests.tar_builders import layer_tar


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An archive that is just worth keeping."""
    path = tmp_path_factory.mktemp("large") / "image.tar"
    path.write_bytes(pack(docker_files(layer_tar(("zeros", bytes(65 << 20))), layer_tar(("small", b"x")))))
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return str(path)


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The archive was written long ago."""
    monkeypatch.setattr(disk_cache, "_SETTLED", 0)


def listed(*arguments: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in run("cache", "list", "--json", *arguments).stdout.splitlines()]


def test_a_large_image_is_kept_by_itself_and_a_small_one_is_not(large: str) -> None:
    run("report", WEBAPP)
    assert listed() == []
    assert run("cache", "list").stdout == "no layers are kept\n"
    first = run("report", large, "--json")
    assert (first.returncode, first.stderr) == (0, ""), "only a terminal is told where layers are kept"
    [row] = listed()
    assert 65 << 20 < int(str(row["tar_size"])) < 66 << 20
    assert row["entries"] == 1
    assert abs(time.time() - float(str(row["used"]))) < 600
    assert run("report", large, "--json").stdout == first.stdout
    assert "1 layer, " in run("cache", "info").stdout


def test_what_is_kept_is_used_and_a_trusted_blob_is_told(large: str) -> None:
    first = json.loads(run("report", large, "--json").stdout)
    again = json.loads(run("report", large, "--json", "--trust-cache").stdout)
    told = [notice for notice in again["notices"] if notice["code"] == "not-read-again"]
    assert len(told) == 1
    assert "layer 0 " in told[0]["message"]
    again["notices"] = [notice for notice in again["notices"] if notice["code"] != "not-read-again"]
    assert again == first


@pytest.mark.parametrize("how", ["option", "variable", "no home"])
def test_nothing_is_kept_where_nobody_wants_it(large: str, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    base = Path(os.environ["XDG_CACHE_HOME"])
    if how == "variable":
        monkeypatch.setenv(caching.VARIABLE, "off")
    elif how == "no home":

        def homeless() -> Path:
            raise RuntimeError("no home")

        monkeypatch.delenv("XDG_CACHE_HOME")
        monkeypatch.setattr(Path, "home", homeless)
    assert run("report", large, *(["--no-cache"] if how == "option" else [])).returncode == 0
    assert not base.exists()
    if how != "option":
        refused = run("cache", "info")
        assert (refused.returncode, refused.stdout) == (2, "")
        assert "there is no cache" in refused.stderr


def test_where_layers_are_kept_can_be_said(large: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("layers", large, "--cache-dir", str(tmp_path / "option")).returncode == 0
    monkeypatch.setenv(caching.VARIABLE, str(tmp_path / "variable"))
    assert run("diff", large, large).returncode == 0
    for name in ("option", "variable"):
        assert len(list((tmp_path / name).glob("layers-v*/*.layer"))) == 1
    assert len(listed("--cache-dir", str(tmp_path / "option"))) == 1
    monkeypatch.setenv("XDG_CACHE_HOME", "relative/is/ignored")
    monkeypatch.delenv(caching.VARIABLE)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert f"{tmp_path}/home/.cache/ocianalyze/" in run("cache", "info").stdout


def test_what_is_kept_can_be_dropped(large: str) -> None:
    run("report", large)
    assert "0 files dropped" in run("cache", "prune", "--size", "1GB", "--days", "1").stderr
    assert "2 files dropped" in run("cache", "prune", "--size", "0").stderr
    assert listed() == []
    run("report", large)
    assert "2 files dropped" in run("cache", "clear").stderr
    assert not list(Path(os.environ["XDG_CACHE_HOME"]).glob("ocianalyze/*"))


@pytest.mark.parametrize("other", [["--cache-dir", "x"], ["--trust-cache"]])
def test_no_cache_and_a_cache_exclude_each_other(other: list[str]) -> None:
    done = run("report", WEBAPP, "--no-cache", *other)
    assert done.returncode == 2
    assert f"--no-cache and {other[0]} exclude each other" in done.stderr


def test_a_cache_that_others_may_write_to_is_told_by_info(large: str) -> None:
    run("report", large)
    [folder] = Path(os.environ["XDG_CACHE_HOME"]).glob("ocianalyze/*")
    folder.chmod(0o777)
    assert "others may write to it" in run("cache", "info").stdout


def test_a_terminal_is_told_once_where_layers_are_kept(large: str) -> None:
    def on_a_terminal() -> str:
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "ocianalyze", "report", large]
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs, env=environment()
        )
        os.close(theirs)
        said = b""
        try:
            while data := os.read(ours, 4096):
                said += data
        except OSError:  # how Linux tells the end of a terminal
            pass
        os.close(ours)
        assert process.wait(60) == 0
        return said.decode()

    where = os.environ["XDG_CACHE_HOME"]
    assert where in on_a_terminal().replace("\r\n", "")
    assert where not in on_a_terminal()
