"""Output appears whole or not at all, in every format at once, and a reader that stops early is no error."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from pathlib import Path

import pytest

from ocianalyze.cli.output import opened
from tests.cli.run import COMMAND, WEBAPP, environment, run, spawn


def test_a_file_holds_what_standard_output_would(tmp_path: Path) -> None:
    for args in (["--json", "--files"], []):
        done = run("report", WEBAPP, *args, "-o", str(tmp_path / "out"))
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert (tmp_path / "out").read_text() == run("report", WEBAPP, *args).stdout
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_file_of_the_format_that_is_asked_for_takes_the_place_of_standard_output(tmp_path: Path) -> None:
    out, other = tmp_path / "out.json", tmp_path / "out.md"
    assert run("report", WEBAPP, "--json", "-o", str(out)).stdout == ""
    assert json.loads(out.read_text())["schema"]
    assert run("report", WEBAPP, "--format", "markdown", "-o", str(out), "-o", str(other)).stdout == ""
    assert run("report", WEBAPP, "--json", "-o", str(other)).stdout == out.read_text()
    assert run("report", WEBAPP, "-o", str(out)).stdout == run("report", WEBAPP).stdout


def test_a_dash_is_standard_output() -> None:
    assert run("report", WEBAPP, "-o", "-").stdout == run("report", WEBAPP).stdout


def test_a_failure_leaves_the_old_file_and_no_new_one(tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.write_text("old")

    def fail() -> None:
        with opened(target) as out:
            out.write("half of it")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert run("report", str(tmp_path / "missing.tar"), "-o", str(target)).returncode == 3
    assert target.read_text() == "old"


def test_half_a_report_never_reaches_standard_output(capfd: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        with opened(None, machine=True) as out:
            out.write("half of it")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert capfd.readouterr().out == ""


def test_permissions_are_those_of_the_old_file_or_of_a_new_one(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_text("x")
    old.chmod(0o640)
    previous = os.umask(0o027)
    try:
        for file in (old, new):
            with opened(file) as out:
                out.write("text")
    finally:
        os.umask(previous)
    assert [stat.S_IMODE(file.stat().st_mode) for file in (old, new)] == [0o640, 0o640]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    link.symlink_to(real)
    with opened(link) as out:
        out.write("text")
    assert link.is_symlink()
    assert real.read_text() == "text"


def test_a_pipe_is_written_to_in_place() -> None:
    done = spawn("report", WEBAPP, "-o", "/dev/stdout")
    assert done.stdout == run("report", WEBAPP).stdout


@pytest.mark.parametrize(
    "args",
    [["report", WEBAPP], ["report", WEBAPP, "--json"], ["cat", WEBAPP, "/etc/passwd"], ["--version"], ["--help"]],
)
@pytest.mark.parametrize("target", ["closed", "/dev/full"])
def test_a_standard_output_that_takes_nothing_is_told(args: list[str], target: str) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, *args],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(),
            preexec_fn=(lambda: os.close(1)) if target == "closed" else None,
            check=False,
        )
    reason = "Bad file descriptor" if target == "closed" else "No space left on device"
    assert (done.returncode, done.stderr.decode()) == (
        2,
        f"ocianalyze: error: cannot write standard output: {reason}\n",
    )


def test_closed_standard_streams_leave_files_alone(tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    done = subprocess.run(
        [*COMMAND, "report", WEBAPP, "-o", str(target)],
        env=environment(),
        preexec_fn=lambda: os.closerange(0, 3),
        check=False,
    )
    assert done.returncode == 2  # the text beside the file
    assert target.read_text() == run("report", WEBAPP, "--json").stdout
    nothing = subprocess.run(
        [*COMMAND, "report", "-"],
        stderr=subprocess.PIPE,
        env=environment(),
        preexec_fn=lambda: os.close(0),
        check=False,
    )
    assert nothing.returncode == 3
    assert b"standard input is closed" in nothing.stderr
    assert b"docker save IMAGE | ocianalyze report -" in nothing.stderr


@pytest.mark.parametrize("args", [["ls", WEBAPP, "-R"], ["report", WEBAPP, "--json", "--files"], ["report", WEBAPP]])
def test_a_reader_that_stops_ends_the_run_quietly(args: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*COMMAND, *args], stdout=writer, stderr=subprocess.PIPE, env=environment(), timeout=60, check=False
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.usefixtures("elsewhere")
def test_one_run_writes_every_format_beside_standard_output(tmp_path: Path) -> None:
    names = ("out.json", "out.md", "text:out", "out.sarif", "junit:out.xml", "html:page")
    args = ("--max-layers", "1", *(part for name in names for part in ("-o", name)))
    done = run("report", WEBAPP, *args)
    assert done.returncode == 1
    assert (tmp_path / "out").read_text() == done.stdout == run("report", WEBAPP, "--max-layers", "1").stdout
    assert (tmp_path / "out.json").read_text() == run("report", WEBAPP, "--max-layers", "1", "--json").stdout
    assert (tmp_path / "out.md").read_text() == run(
        "report", WEBAPP, "--max-layers", "1", "--format", "markdown"
    ).stdout
    assert json.loads((tmp_path / "out.sarif").read_text())["version"] == "2.1.0"
    assert (tmp_path / "page").read_text() == run("report", WEBAPP, "--max-layers", "1", "--format", "html").stdout
    assert '<failure type="max-layers"' in (tmp_path / "out.xml").read_text()
    assert run("report", WEBAPP, "-o", "out.json", "-o", "json:out.json").returncode == 2


@pytest.mark.usefixtures("elsewhere")
def test_a_file_whose_name_tells_no_format_is_asked_about(tmp_path: Path) -> None:
    done = run("report", WEBAPP, "-o", "out.xml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("ocianalyze: error: -o out.xml: the name tells no format\nhint: known are .txt, ")
    assert "junit:out.xml" in done.stderr
    assert run("report", WEBAPP, "-o", "out").stdout == ""
    assert (tmp_path / "out").read_text() == run("report", WEBAPP).stdout
    assert run("report", WEBAPP, "-o", "out.xml", "--format", "junit").returncode == 0
    assert (tmp_path / "out.xml").read_text().startswith("<?xml")
