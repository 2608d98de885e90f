"""Fixtures of the tests that run in a directory of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.judging import Write


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in a directory without rules, and not as a workflow of GitHub's."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    return tmp_path


@pytest.fixture
def write(elsewhere: Path) -> Write:
    """Write a file of that name into the directory where the test runs."""

    def write(name: str, text: str) -> None:
        (elsewhere / name).write_text(text)

    return write
