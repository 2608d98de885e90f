"""How a run ends when something is wrong: the exit code, the message, and nothing on standard output."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from ocianalyze import api
from ocianalyze.cli.app import app
from tests.archive_builders import docker_files, from_json, pack, to_json
from tests.cli.run import SAMPLES, WEBAPP, run


@pytest.mark.parametrize(
    ("args", "message", "hint"),
    [
        (["report", WEBAPP, "--frob"], "No such option: --frob", "ocianalyze report --help explains how it is used"),
        (["report"], "Missing argument 'IMAGE'.", "ocianalyze report --help explains how it is used"),
        (["reprot", WEBAPP], "there is no command or file 'reprot'. Did you mean 'report'?", "ocianalyze --help"),
        (["report", WEBAPP, "--json", "--format", "text"], "--json and --format text exclude each other", ""),
        (["report", WEBAPP, "--files"], "--files needs --json", "ocianalyze changes IMAGE lists the changes as text"),
        (["report", WEBAPP, "--limit", "foo=1"], "--limit foo=1: there is no limit 'foo'", "the limits are entries, "),
        (["report", WEBAPP, "--limit", "entries=many"], "--limit entries=many: expected a whole number", ""),
        (["report", WEBAPP, "--limit", "entries=0"], "--limit entries=0: expected a whole number", ""),
        (["report", WEBAPP, "--base-layers", "-1"], "", "ocianalyze report --help"),
        (["report", WEBAPP, "--format", "xml"], "", "ocianalyze report --help"),
        (["report", WEBAPP, "--base", WEBAPP, "--base-layers", "1"], "--base and --base-layers exclude each other", ""),
        (["report", "-", "--base", "-"], "only one of the image and its base can come from standard input", ""),
        (["ls", WEBAPP, "/srv/ap"], "no such path in the image: /srv/ap", "did you mean /srv/app?"),
        (["ls", WEBAPP, "/srv/app/.env"], "no such path in the image: /srv/app/.env", "layer 6 removed it; --layer 5"),
        (["ls", WEBAPP, "--layer", "99"], "the image has no layer 99", "its layers are 0 to 11"),
        (["changes", WEBAPP, "--layer", "-1"], "the image has no layer -1", "its layers are 0 to 11"),
        (["report", WEBAPP, "-o", "/nowhere/x"], "cannot write /nowhere/x: there is no directory /nowhere", ""),
        (["report", WEBAPP, "-o", "/"], "cannot write /: it is a directory", ""),
        (["report", WEBAPP, "--json", "-o", WEBAPP], f"cannot write {WEBAPP}: it is the image", "choose another name"),
        (["report", WEBAPP, "-o", "/dev/full"], "cannot write /dev/full: No space left on device", ""),
        (["schema", "nothing"], "No such command 'nothing'", "ocianalyze schema --help"),
    ],
)
def test_a_usage_error_is_2(args: list[str], message: str, hint: str) -> None:
    done = run(*args)
    assert done.returncode == 2
    assert done.stdout == ""
    assert f"ocianalyze: error: {message}" in done.stderr
    assert f"hint: {hint}" in done.stderr or not hint
    assert "Traceback" not in done.stderr


def test_a_pattern_that_the_shell_spelled_out_does_not_fill_the_screen() -> None:
    done = run("ls", WEBAPP, *(f"/usr/bin/{number:04}" for number in range(1000)))
    assert done.returncode == 2
    assert "unexpected extra argument" in done.stderr
    assert len(done.stderr) < 600


def test_an_image_that_cannot_be_read_is_3(tmp_path: Path) -> None:
    empty = tmp_path / "empty.tar"
    empty.write_bytes(b"not a tar at all" * 100)
    for image in (str(empty), str(tmp_path / "missing.tar")):
        done = run("report", image, "--json")
        assert (done.returncode, done.stdout) == (3, "")
        assert done.stderr.startswith("ocianalyze: error: ")
        assert image in done.stderr


def test_an_error_in_the_base_image_says_so_and_what_helps(tmp_path: Path) -> None:
    one, other = docker_files(b"\0" * 1024, tags=["a:1"]), docker_files(b"\0" * 2048, tags=["b:1"])
    listed = [*from_json(one["manifest.json"]), *from_json(other["manifest.json"])]
    base = tmp_path / "base.tar"
    base.write_bytes(pack({**one, **other, "manifest.json": to_json(listed)}))
    done = run("report", WEBAPP, "--base", str(base))
    assert done.returncode == 3
    assert f"error: the base image ({base}): the archive holds 2 images" in done.stderr
    assert "hint: give --base an archive of that image alone, or say --base-layers N" in done.stderr
    missing = run("report", WEBAPP, "--base", str(tmp_path / "none.tar"))
    assert f"error: {tmp_path / 'none.tar'}: no such file" in missing.stderr


def test_a_limit_that_is_too_low_is_named() -> None:
    done = run("report", WEBAPP, "--limit", "entries=5")
    assert done.returncode == 3
    assert "entries" in done.stderr


def test_a_choice_of_images_is_listed() -> None:
    done = run("report", str(SAMPLES / "toolbox-multi-platform.tar"), "--platform", "plan9/mips")
    assert done.returncode in {2, 3}
    assert "linux/arm64" in done.stderr


def test_hostile_names_in_messages_do_no_harm() -> None:
    done = run("report", "\x1b[31mred\nline.tar")
    assert done.returncode == 3
    assert "\x1b" not in done.stderr
    assert "\\x1b[31mred\\nline.tar" in done.stderr


def test_a_bug_is_70_and_asks_to_be_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise ZeroDivisionError("on a \x1b[31mwhim")

    monkeypatch.setattr(api, "open_image", broken)
    done = CliRunner().invoke(app, ["report", WEBAPP])
    assert done.exit_code == 70
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert lines[0].startswith("ocianalyze: error: internal error at test_errors.py:")
    assert lines[0].endswith("ZeroDivisionError: on a \\x1b[31mwhim")
    assert "please report it" in lines[1]
    monkeypatch.setenv("OCIANALYZE_DEBUG", "1")
    assert "Traceback" in CliRunner().invoke(app, ["report", WEBAPP]).stderr


def test_no_arguments_show_the_help() -> None:
    done = run()
    assert done.returncode == 2
    assert "Usage: ocianalyze" in done.stdout + done.stderr
