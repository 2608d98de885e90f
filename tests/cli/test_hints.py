"""A command line that is none leads to the one that was meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.run import WEBAPP, run


@pytest.mark.parametrize(
    ("args", "message", "hint"),
    [
        ([WEBAPP, "--json"], "No such option without a command: --json", f"ocianalyze report {WEBAPP} --json"),
        ([WEBAPP, "-o", "r.html"], "No such option without a command: -o", f"ocianalyze report {WEBAPP} -o r.html"),
        ([WEBAPP, "--layer", "3"], "No such option without a command", f"ocianalyze changes {WEBAPP} --layer 3"),
        ([WEBAPP, "--frob"], "No such option without a command: --frob", "ocianalyze --help explains"),
        (["--versoin"], "there is no option '--versoin'. Did you mean '--version'?", "ocianalyze --help explains"),
        (["inspect", WEBAPP], "there is no command or file 'inspect'. Did you mean 'report'?", "ocianalyze --help"),
        (["history", WEBAPP], "Missing argument 'PATH'.", "ocianalyze layers IMAGE lists the steps of the build"),
        (["browse", WEBAPP, "--json"], "No such option: --json", "ocianalyze browse --help explains"),
    ],
)
def test_the_hint_is_the_command_that_was_meant(args: list[str], message: str, hint: str) -> None:
    done = run(*args)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"ocianalyze: error: {message}" in done.stderr
    assert f"\nhint: {hint}" in done.stderr


def test_the_command_of_a_hint_works(tmp_path: Path) -> None:
    hint = run(WEBAPP, "--top", "3").stderr.partition("hint: ocianalyze ")[2].split()
    assert run(*hint).stdout == run("report", WEBAPP, "--top", "3").stdout != ""


def test_help_and_version_are_understood_as_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert run("version").stdout == run("-V").stdout == run("--version").stdout != ""
    assert run("help").stdout == run("--help").stdout != ""
    assert run("help", "ls").stdout == run("ls", "--help").stdout != ""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "version").write_bytes(b"not an image" * 99)
    assert run("version").returncode == 3


def test_ls_prints_names_alone_for_another_program() -> None:
    assert run("ls", WEBAPP, "/etc").stdout.splitlines()[:2] == ["/etc/group", "/etc/passwd"]
    assert run("ls", WEBAPP, "/etc/group", "-l").stdout.startswith("-rw-r--r-- ")
    assert run("ls", WEBAPP, "/etc", "--du").stdout.startswith("-rw-r--r-- ")
