"""A repository made of this working tree, with what a build needs: its commits are the test's own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.cli.run import ROOT

FILES = ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE", "CHANGELOG.md", ".pre-commit-hooks.yaml")


def checkout(where: Path, *, origin: str | None = None) -> Path:
    """*where*, after the package was committed there."""
    shutil.copytree(ROOT / "ocianalyze", where / "ocianalyze", ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, where)
    author = ("-c", "user.name=test", "-c", "user.email=test@localhost")
    git(where, "init", "-q", ".")
    git(where, "add", ".")
    git(where, *author, "commit", "-q", "-m", "all")
    if origin:
        git(where, "remote", "add", "origin", origin)
    return where


def git(where: Path, *words: str) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(["git", *words], cwd=where, env=kept, check=True, capture_output=True)
