"""Fixtures of the tests of archive/."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.archive.loading import Loader


@pytest.fixture
def load(tmp_path: Path) -> Loader:
    return Loader(tmp_path)


@pytest.fixture(autouse=True)
def _no_descriptor_leaks() -> Iterator[None]:
    """Every test, whatever fails in it, gives back the files that it opened."""
    table = Path("/proc/self/fd")
    if not table.is_dir():
        yield
        return
    before = len(list(table.iterdir()))
    yield
    assert len(list(table.iterdir())) <= before
