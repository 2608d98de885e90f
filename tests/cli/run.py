"""The program as its users run it, with two pipes: in this process, or in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from ocianalyze.cli.app import app

ROOT = Path(__file__).parent.parent.parent
SAMPLES = ROOT / "sample-images"
WEBAPP = str(SAMPLES / "webapp-v1.tar")
COMMAND = (sys.executable, "-m", "ocianalyze")


def environment(**more: str) -> dict[str, str]:
    """This process's, without what would change the output."""
    kept = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "NO_COLOR", "FORCE_COLOR"}}
    return kept | {"PYTHONPATH": str(ROOT)} | more


def run(*args: str) -> subprocess.CompletedProcess[str]:
    """What ocianalyze does with *args*, in this process: the quick way."""
    plain = {"COLUMNS": None, "NO_COLOR": None, "FORCE_COLOR": None}
    done = CliRunner(env=plain).invoke(app, args, prog_name="ocianalyze")
    return subprocess.CompletedProcess(args, done.exit_code, done.stdout, done.stderr)


def spawn(*args: str, stdin: bytes = b"", env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """The same in a process of its own, for what only that can show."""
    done = subprocess.run(
        [*COMMAND, *args],
        input=stdin,
        capture_output=True,
        env=environment(**(env or {})),
        timeout=60,
        check=False,
    )
    return subprocess.CompletedProcess(args, done.returncode, done.stdout.decode(), done.stderr.decode())
