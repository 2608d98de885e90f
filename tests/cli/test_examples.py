"""The examples of the help are true: every one runs."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest

from ocianalyze.cli.commands import COMMANDS
from ocianalyze.cli.examples import EXAMPLES
from tests.cli.run import SAMPLES, WEBAPP, run

EVERY = [(name, line) for name, examples in EXAMPLES.items() for line, _ in examples]


def test_every_command_that_takes_an_image_has_examples_in_its_help() -> None:
    named = {name for names in COMMANDS.values() for name in names} - {"schema", "cache"}
    assert set(EXAMPLES) == named
    assert all(len(examples) in {2, 3} for examples in EXAMPLES.values())
    shown = " ".join(run("find", "--help").stdout.split())
    for line, meaning in EXAMPLES["find"]:
        assert f"{line} {meaning}" in shown


@pytest.mark.parametrize(("name", "line"), EVERY, ids=[line for _, line in EVERY])
def test_an_example_runs(name: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for copy in ("image.tar", "old.tar", "base.tar"):
        shutil.copy(WEBAPP, copy)
    shutil.copy(SAMPLES / "webapp-v2.tar", "new.tar")
    command, *args = shlex.split(line.partition(" >")[0])
    done = run(*args)
    assert command == "ocianalyze"
    assert name == args[0] or name == "browse"
    assert "error: " not in done.stderr
    assert done.returncode == 0 or (done.returncode, name) == (1, "verify")
    assert done.stdout or "-o" in args or name == "verify"
