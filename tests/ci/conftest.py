"""Fixtures of the tests of what is published."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.ci.checkout import checkout
from tests.ci.test_ready_made import run


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a checkout whose origin has a password in its address."""
    where = checkout(tmp_path_factory.mktemp("checkout"), origin="https://me:secret@git.example.com/some/where.git")
    made = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(made), str(where)]
    done = run(pip, where)
    assert done.returncode == 0, done.stderr
    (found,) = made.glob("*.whl")
    return found
