"""SECURITY.md says what is true: its tests exist, its limits are the limits; and what no other test holds."""

from __future__ import annotations

import ast
import dataclasses
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ocianalyze.model.limits import ReadLimits
from tests.cli.run import ROOT, WEBAPP, environment

TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def test_the_limits_are_those_of_the_program() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([\d,]+) \|", TEXT, re.MULTILINE)
    told = {name: int(number.replace(",", "")) for name, number in rows}
    assert told == dataclasses.asdict(ReadLimits())


def test_every_promise_names_tests_that_exist() -> None:
    promises = re.findall(r"^\*\*.*?(?=^\*\*|^## )", TEXT.partition("## Promises")[2], re.MULTILINE | re.DOTALL)
    assert len(promises) >= 8
    for promise in promises:
        named = re.findall(r"^- `(tests/[\w/]+\.py)(?:::(\w+))?`$", promise, re.MULTILINE)
        assert named, promise
        for file, test in named:
            module = ast.parse((ROOT / file).read_text(encoding="utf-8"))
            functions = {node.name for node in ast.walk(module) if isinstance(node, ast.FunctionDef)}
            assert not test or test in functions, (file, test)


_WATCHED = """
import sys
def watch(event, args):
    if event in ("subprocess.Popen", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.system", "os.spawn",
                 "socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto"):
        sys.stderr.write(f"WATCHED {event}\\n")
        sys.stderr.flush()
sys.addaudithook(watch)
if sys.argv[1] == "prove":
    import os
    os.system("true")
else:
    from ocianalyze.cli.start import main
    main()
"""

COMMANDS = (
    ["report", WEBAPP, "--format", "html"],
    ["verify", WEBAPP],
    ["dockerfile", WEBAPP],
    ["grep", WEBAPP, "root"],
    ["diff", WEBAPP, WEBAPP],
    ["extract", WEBAPP, "/", "-o", "out"],
    ["export", WEBAPP, "-o", "out.tar"],
)


def _watched(where: Path, *args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _WATCHED, *args]
    return subprocess.run(command, capture_output=True, text=True, cwd=where, env=environment(), check=False)


@pytest.mark.parametrize("args", COMMANDS, ids=lambda args: str(args[0]))
def test_no_command_starts_a_program_or_opens_a_connection(args: list[str], tmp_path: Path) -> None:
    done = _watched(tmp_path, *args)
    assert done.returncode in (0, 1), done.stderr
    assert "WATCHED" not in done.stderr


def test_the_watch_would_see_a_program(tmp_path: Path) -> None:
    assert "WATCHED os.system" in _watched(tmp_path, "prove").stderr
